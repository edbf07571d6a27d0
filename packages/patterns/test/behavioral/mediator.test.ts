import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rendezvous } from '../../src/behavioral/balancing.ts'
import {
  type Change,
  type Clock,
  every,
  heartbeat,
  NoInstance,
  ServiceRegistry,
  WatchersFailed,
} from '../../src/behavioral/mediator.ts'

/** A clock that moves when it is told to. */
class ManualClock implements Clock {
  #now = 0
  #sleepers: { readonly at: number; readonly wake: () => void }[] = []

  elapsed(): number {
    return this.#now
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ at: this.#now + ms, wake }))
  }

  /** Moves millisecond by millisecond, and lets those who wake up do what they want to do. */
  async advance(ms: number): Promise<void> {
    await new Promise(setImmediate)
    for (let step = 0; step < ms; step += 1) {
      this.#now += 1
      const due = this.#sleepers.filter(({ at }) => at <= this.#now)
      this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now)
      for (const { wake } of due) wake()
      await new Promise(setImmediate)
    }
  }
}

const TTL_MS = 5
const services = fc.constantFrom('store', 'queue')
const ids = fc.constantFrom('n1', 'n2', 'n3')
const action = fc.oneof(
  fc.record({
    type: fc.constantFrom('register', 'register', 'renew', 'deregister', 'sick', 'well'),
    service: services,
    id: ids,
  }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.nat(4) }),
  fc.record({ type: fc.constant('watch' as const), service: services }),
)

interface Registration {
  readonly service: string
  readonly id: string
  expiresAt: number
  healthy: boolean
}

/** The registry as a list, with what each watcher has to see. */
class Model {
  now = 0
  list: Registration[] = []
  readonly watchers: { readonly service: string; readonly seen: string[] }[] = []

  note(service: string, line: string): void {
    for (const watcher of this.watchers) if (watcher.service === service) watcher.seen.push(line)
  }

  remove(leaves: (each: Registration) => boolean, reason: string): boolean {
    const gone = this.list.filter(leaves)
    this.list = this.list.filter((each) => !leaves(each))
    for (const each of gone) {
      if (each.healthy) this.note(each.service, `down ${each.id} ${reason}`)
    }
    return gone.length > 0
  }
}

function lineOf(change: Change<string>): string {
  const reason = change.type === 'down' ? ` ${change.reason}` : ''
  return `${change.type} ${change.instance.id}${reason}`
}

type Make = (clock: Pick<Clock, 'elapsed'>) => ServiceRegistry<string>

function behavesAsTheModel(make: Make): boolean {
  const property = fc.property(fc.array(action, { maxLength: 25, size: 'max' }), (actions) => {
    const model = new Model()
    const registry = make({ elapsed: () => model.now })
    const views: string[][] = []
    for (const act of actions) {
      if (act.type === 'wait') model.now += act.ms
      model.remove(({ expiresAt }) => expiresAt <= model.now, 'expired')
      registry.sweep()
      if (act.type === 'watch') {
        const view: string[] = []
        views.push(view)
        registry.watch(act.service, (change) => view.push(lineOf(change)))
        const there = model.list.filter((each) => each.service === act.service && each.healthy)
        model.watchers.push({ service: act.service, seen: there.map((each) => `up ${each.id}`) })
      } else if ('id' in act) {
        const same = (each: Registration): boolean =>
          each.service === act.service && each.id === act.id
        const known = model.list.find(same)
        const expiresAt = model.now + TTL_MS
        if (act.type === 'register') {
          model.remove(same, 'replaced')
          model.list.push({ service: act.service, id: act.id, expiresAt, healthy: true })
          model.note(act.service, `up ${act.id}`)
          registry.register(act.service, act.id, 'host')
        } else if (act.type === 'sick' || act.type === 'well') {
          const healthy = act.type === 'well'
          if (known !== undefined && known.healthy !== healthy) {
            known.healthy = healthy
            model.note(act.service, healthy ? `up ${act.id}` : `down ${act.id} unhealthy`)
          }
          const done = registry.report(act.service, act.id, healthy)
          if (done !== (known !== undefined)) throw new Error(`${act.type} gave ${done}`)
        } else {
          if (act.type === 'renew' && known !== undefined) known.expiresAt = expiresAt
          if (act.type === 'deregister') model.remove(same, 'deregistered')
          const done =
            act.type === 'renew'
              ? registry.renew(act.service, act.id)
              : registry.deregister(act.service, act.id)
          if (done !== (known !== undefined)) throw new Error(`${act.type} gave ${done}`)
        }
      }
      for (const name of ['store', 'queue']) {
        const expected = model.list.filter((each) => each.service === name && each.healthy)
        const alive = registry.instances(name).map((each) => each.id)
        expect(alive).toEqual(expected.map((each) => each.id))
      }
      expect(views).toEqual(model.watchers.map(({ seen }) => seen))
    }
  })
  return !fc.check(property, { numRuns: 400 }).failed
}

class Forgiving extends ServiceRegistry<string> {
  override renew(name: string, who: string): boolean {
    if (!super.renew(name, who)) this.register(name, who, 'host')
    return true
  }
}

class Stoic extends ServiceRegistry<string> {
  override report(name: string, who: string): boolean {
    return super.report(name, who, true)
  }
}

class OnlyNews extends ServiceRegistry<string> {
  override watch(name: string, see: (change: Change<string>) => void): () => void {
    let begun = false
    const stop = super.watch(name, (change) => begun && see(change))
    begun = true
    return stop
  }
}

describe('a registry', () => {
  test('gives out who is alive, and shows each change once and in order', () => {
    expect(behavesAsTheModel((clock) => new ServiceRegistry(clock, TTL_MS))).toBe(true)
  })

  test.each<[string, Make]>([
    ['gives out the expired', (clock) => new ServiceRegistry(clock, TTL_MS + 1)],
    ['renews what is not there', (clock) => new Forgiving(clock, TTL_MS)],
    ['gives out the unhealthy', (clock) => new Stoic(clock, TTL_MS)],
    ['shows a watcher only what is new', (clock) => new OnlyNews(clock, TTL_MS)],
  ])('that %s is noticed', (_, mutant) => {
    expect(behavesAsTheModel(mutant)).toBe(false)
  })

  test('tells what a watcher causes after what it was just told', () => {
    const registry = new ServiceRegistry<string>({ elapsed: () => 0 }, TTL_MS)
    const seen: string[] = []
    registry.watch('store', ({ type, instance }) => {
      if (type === 'up' && instance.id === 'n1') registry.deregister('store', 'n1')
    })
    const stop = registry.watch('store', (change) => seen.push(lineOf(change)))
    registry.register('store', 'n1', 'host')
    stop()
    registry.register('store', 'n2', 'host')
    expect(seen).toEqual(['up n1', 'down n1 deregistered'])
  })

  test('tells all others when a watcher throws', () => {
    const registry = new ServiceRegistry<string>({ elapsed: () => 0 }, TTL_MS)
    const seen: string[] = []
    registry.watch('store', () => {
      throw new RangeError('no')
    })
    registry.watch('store', (change) => seen.push(lineOf(change)))
    expect(() => registry.register('store', 'n1', 'host')).toThrow(WatchersFailed)
    expect(() => registry.deregister('store', 'n1')).toThrow(WatchersFailed)
    expect(seen).toEqual(['up n1', 'down n1 deregistered'])
  })

  test('picks each in turn, and says so if nobody is there', () => {
    const registry = new ServiceRegistry<string>({ elapsed: () => 0 }, TTL_MS)
    expect(() => registry.pick('store')).toThrow(NoInstance)
    for (const name of ['n1', 'n2', 'n3']) registry.register('store', name, 'host')
    const picked = Array.from({ length: 6 }, () => registry.pick('store').id)
    expect(picked).toEqual(['n1', 'n2', 'n3', 'n1', 'n2', 'n3'])
    const home = registry.pick('store', rendezvous('key')).id
    expect(registry.pick('store', rendezvous('key')).id).toBe(home)
    registry.report('store', home, false)
    expect(registry.pick('store', rendezvous('key')).id).not.toBe(home)
    registry.report('store', home, true)
    expect(registry.pick('store', rendezvous('key')).id).toBe(home)
  })
})

describe('heartbeats', () => {
  test('keep an instance alive until they stop, and bring it back if it was forgotten', async () => {
    const clock = new ManualClock()
    const registry = new ServiceRegistry<string>(clock, TTL_MS)
    const seen: string[] = []
    registry.watch('store', (change) => seen.push(lineOf(change)))
    const instance = { service: 'store', id: 'n1', address: 'host' }
    const beats = heartbeat(registry, clock, instance, 2)
    await clock.advance(20)
    expect(seen).toEqual(['up n1'])
    registry.deregister('store', 'n1')
    await clock.advance(2)
    expect(seen).toEqual(['up n1', 'down n1 deregistered', 'up n1'])
    beats.stop()
    expect(registry.instances('store')).toEqual([])
    await clock.advance(2)
    await beats.done
  })

  test('that come too late are noticed by the watchers, without a call', async () => {
    const clock = new ManualClock()
    const registry = new ServiceRegistry<string>(clock, TTL_MS)
    const seen: string[] = []
    registry.watch('store', (change) => seen.push(`${clock.elapsed()} ${lineOf(change)}`))
    const sweeps = every(clock, 1, () => registry.sweep())
    const instance = { service: 'store', id: 'n1', address: 'host' }
    const beats = heartbeat(registry, clock, instance, TTL_MS + 2)
    await clock.advance(TTL_MS + 2)
    sweeps.stop()
    beats.stop()
    await clock.advance(TTL_MS + 2)
    await Promise.all([sweeps.done, beats.done])
    expect(seen).toEqual(['0 up n1', '5 down n1 expired', '7 up n1', '7 down n1 deregistered'])
  })

  test('end with what their act throws', async () => {
    const fails = every(new ManualClock(), 1, () => {
      throw new RangeError('no')
    })
    await expect(fails.done).rejects.toThrow(RangeError)
  })
})
