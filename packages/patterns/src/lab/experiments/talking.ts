import { Expression } from '../../behavioral/interpreter/expression.ts'
import { ServiceRegistry } from '../../behavioral/mediator.ts'
import { EventBus } from '../../behavioral/observer.ts'
import type { TracedExperiment } from '../experiment.ts'
import { refused } from './refused.ts'

const mediator: TracedExperiment = {
  id: 'pattern-mediator',
  title: 'Mediator: services that find each other',
  group: 'behavioral',
  story:
    'Two instances of a store register and keep themselves alive by heartbeats; a client asks the registry for one. None of them knows another. One falls silent, and from the end of its time on it is never given out again. Who watches hears every change once, in order.',
  watch: [
    'The client gets the instances in turn.',
    'n1 sends no heartbeat, and the next call of anybody tells the watcher that it is down.',
    'After that there is n2 alone.',
  ],
  participants: {
    n1: 'Instance',
    n2: 'Instance',
    registry: 'ServiceRegistry',
    client: 'Client',
    watcher: 'Watcher',
  },
  types: {
    ServiceRegistry: { kind: 'class', has: ['Watcher'] },
    Instance: { kind: 'object' },
    Watcher: { kind: 'function' },
  },
  run(trace) {
    let now = 0
    const registry = new ServiceRegistry<string>({ elapsed: () => now }, 1_000)
    const as = (name: string): ServiceRegistry<string> => trace.between(name, 'registry', registry)
    const [n1, n2, client] = [as('n1'), as('n2'), as('client')]
    const see = trace.calling('registry', 'watcher', (_change: string) => undefined)
    registry.watch('store', ({ instance, type }) => {
      trace.called(instance.id, instance)
      see(`${instance.id} ${type}`)
    })
    n1.register('store', 'n1', 'host-1')
    n2.register('store', 'n2', 'host-2')
    const pick = (): string => client.pick('store').id
    trace.scene('both are alive')
    pick()
    pick()
    now = 900
    n2.renew('store', 'n2')
    trace.scene('n1 has been silent for too long')
    now = 1_000
    pick()
  },
  calls: `
    n1 -> registry.register('store', 'n1', 'host-1')
      registry -> watcher('n1 up')
    n1 <- registry
    n2 -> registry.register('store', 'n2', 'host-2')
      registry -> watcher('n2 up')
    n2 <- registry
    == both are alive ==
    client -> registry.pick('store'): n1
    client -> registry.pick('store'): n2
    n2 -> registry.renew('store', 'n2'): true
    == n1 has been silent for too long ==
    client -> registry.pick('store')
      registry -> watcher('n1 down')
    client <- registry: n2
  `,
}

const interpreter: TracedExperiment = {
  id: 'pattern-interpreter',
  title: 'Interpreter: a condition that comes as text',
  group: 'behavioral',
  story:
    'A shop lets people write down when an order is shipped for free. The text is read once into a tree, and the tree is evaluated against many orders. It reaches own data and named functions and nothing else, and a mistake points at its column.',
  watch: [
    'The expression calls the total of the order, and the function only if it needs to.',
    'The way to prototypes is closed.',
    'What is not there is an error with a place, and not undefined.',
  ],
  participants: { shop: 'Shop', expression: 'Expression', order: 'Order', member: 'isMember' },
  types: {
    Expression: { kind: 'class', has: ['Tree'] },
    Tree: { kind: 'object' },
    Order: { kind: 'object' },
    isMember: { kind: 'function' },
  },
  run(trace) {
    const orderOf = (cents: number): object =>
      trace.called('order', {
        customer: 'Ada',
        total: trace.calling('expression', 'order', () => cents, 'total'),
      })
    const isMember = trace.calling('expression', 'member', (name: string) => name === 'Ada')
    const holds = (text: string, order: object): boolean =>
      new Expression(text).holds(order, { variables: { isMember } })
    const seen = trace.calling('shop', 'expression', holds, 'holds')
    const ask = (text: string, cents: number): boolean => seen(text, orderOf(cents))
    ask('total() > 50 || #isMember(customer)', 99)
    ask('total() > 50 || #isMember(customer)', 20)
    refused(() => ask('customer.constructor', 20))
    refused(() => ask('total() > limit', 20))
  },
  calls: `
    shop -> expression.holds('total() > 50 || #isMember(customer)', order)
      expression -> order.total(): 99
    shop <- expression: true
    shop -> expression.holds('total() > 50 || #isMember(customer)', order)
      expression -> order.total(): 20
      expression -> member('Ada'): true
    shop <- expression: true
    shop -> expression.holds('customer.constructor', order) ! ExpressionError: constructor leads to prototype…
    shop -> expression.holds('total() > limit', order)
      expression -> order.total(): 20
    shop <- expression ! ExpressionError: there is no property limit (co…
  `,
}

const observer: TracedExperiment = {
  id: 'pattern-observer',
  title: 'Observer: the bus goes on when a listener fails',
  group: 'behavioral',
  story:
    'A node announces its leaders on a bus and does not know who listens. The log hears first, by priority; the welcome hears once; one listener is broken. It keeps nobody from hearing: the failures come out of emit when everybody was called.',
  watch: [
    'The order is by priority, and then by subscription.',
    'The broken listener throws in the middle, and the last one hears all the same.',
    'The second event does not reach the one that listened once.',
  ],
  participants: {
    node: 'Node',
    bus: 'EventBus',
    log: 'Listener',
    broken: 'Listener',
    welcome: 'Listener',
  },
  types: { EventBus: { kind: 'class', has: ['Listener'] }, Listener: { kind: 'function' } },
  run(trace) {
    const bus = new EventBus<{ elected: string }>()
    const hear = (who: string, listener: (leader: string) => void) =>
      trace.calling('bus', who, listener)
    bus.on(
      'elected',
      hear('broken', () => {
        throw new RangeError('no ears')
      }),
    )
    bus.on(
      'elected',
      hear('welcome', () => undefined),
      { once: true },
    )
    bus.on(
      'elected',
      hear('log', () => undefined),
      { priority: 1 },
    )
    const node = trace.between('node', 'bus', bus)
    refused(() => node.emit('elected', 'n1'))
    refused(() => node.emit('elected', 'n2'))
  },
  calls: `
    node -> bus.emit('elected', 'n1')
      bus -> log('n1', 'elected')
      bus -> broken('n1', 'elected') ! RangeError: no ears
      bus -> welcome('n1', 'elected')
    node <- bus ! ListenersFailed: 1 listeners of elected failed:…
    node -> bus.emit('elected', 'n2')
      bus -> log('n2', 'elected')
      bus -> broken('n2', 'elected') ! RangeError: no ears
    node <- bus ! ListenersFailed: 1 listeners of elected failed:…
  `,
}

/**
 * Behavioral patterns of who tells what to whom.
 *
 * @example
 * ```ts
 * import { experiments } from '@lockstep/patterns/lab'
 *
 * if (!experiments.some(({ id }) => id === 'pattern-mediator')) throw new Error('not there')
 * ```
 */
export const talking: readonly TracedExperiment[] = [mediator, interpreter, observer]
