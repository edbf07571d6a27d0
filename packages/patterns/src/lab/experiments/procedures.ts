import { AsyncSequence } from '../../behavioral/async-iterator.ts'
import {
  chain,
  handler,
  type Handler,
  type Link,
} from '../../behavioral/chain-of-responsibility.ts'
import { Sequence } from '../../behavioral/iterator.ts'
import { type Candidate, StrategySelector } from '../../behavioral/strategy.ts'
import { Procedure } from '../../behavioral/template-method.ts'
import { type FileTree, walk } from '../../behavioral/visitor.ts'
import type { TracedExperiment } from '../experiment.ts'
import { rejected } from './refused.ts'

interface Account {
  debit(cents: number): void
  close(): void
}

const templateMethod: TracedExperiment = {
  id: 'pattern-template-method',
  title: 'Template method: the order stands, the steps are filled in',
  group: 'behavioral',
  story:
    'A transfer takes an account, works on it, settles the work and gives the account back. The procedure holds this order and nobody can change it; the subclass says what each step means. When the work fails, settling well gives way to settling badly, and the account is given back all the same.',
  watch: [
    'The steps run in the order of the base class, one after the other.',
    'After the failure: failed in the place of succeeded.',
    'release is the last step, both times.',
  ],
  participants: {
    client: 'Client',
    procedure: 'Procedure',
    transfer: 'Transfer',
    account: 'Account',
  },
  types: {
    Procedure: { kind: 'abstract class' },
    Transfer: { kind: 'class', extends: 'Procedure', has: ['Account'] },
    Account: { kind: 'interface' },
  },
  async run(trace) {
    const account: Account = trace.between('transfer', 'account', {
      debit: (cents) => {
        if (cents > 100) throw new RangeError('not enough')
      },
      close: () => undefined,
    })
    class Transfer extends Procedure<number, Account, string> {
      protected acquire(): Account {
        return account
      }
      protected perform(taken: Account, cents: number): string {
        taken.debit(cents)
        return 'paid'
      }
      protected release(taken: Account): void {
        taken.close()
      }
    }
    const steps = ['acquire', 'perform', 'succeeded', 'failed', 'release']
    const transfer = trace.hooks('procedure', 'transfer', new Transfer(), steps)
    const procedure = trace.between('client', 'procedure', transfer)
    trace.scene('it goes well')
    await procedure.run(40)
    trace.scene('it fails')
    await rejected(procedure.run(400))
  },
  calls: `
    == it goes well ==
    client -> procedure.run(40)
      procedure -> transfer.acquire(40): account
      procedure -> transfer.perform(account, 40)
        transfer -> account.debit(40)
      procedure <- transfer: 'paid'
      procedure -> transfer.succeeded(account, 'paid')
      procedure -> transfer.release(account)
        transfer -> account.close()
      procedure <- transfer
    client <- procedure: 'paid'
    == it fails ==
    client -> procedure.run(400)
      procedure -> transfer.acquire(400): account
      procedure -> transfer.perform(account, 400)
        transfer -> account.debit(400) ! RangeError: not enough
      procedure <- transfer ! RangeError: not enough
      procedure -> transfer.failed(account, RangeError: not enough)
      procedure -> transfer.release(account)
        transfer -> account.close()
      procedure <- transfer
    client <- procedure ! RangeError: not enough
  `,
}

const strategy: TracedExperiment = {
  id: 'pattern-strategy',
  title: 'Strategy: the way is chosen by what is to be packed',
  group: 'behavioral',
  story:
    'There are two ways to pack, and each says for itself what it supports. The selector asks them by priority and takes the first that says yes. A third way would be one more entry in the list; neither the selector nor the client would change.',
  watch: [
    'deflate is asked first, since its priority is higher.',
    'For something small it says no, and store is taken.',
    'The client calls the way that it was given, and does not know which it is.',
  ],
  participants: {
    client: 'Client',
    selector: 'StrategySelector',
    deflate: 'Deflate',
    store: 'Store',
  },
  types: {
    StrategySelector: { kind: 'class', has: ['Candidate'] },
    Candidate: { kind: 'interface' },
    Deflate: { kind: 'object', implements: ['Candidate'] },
    Store: { kind: 'object', implements: ['Candidate'] },
  },
  run(trace) {
    type Pack = (bytes: number) => string
    const candidate = (name: string, priority: number, least: number): Candidate<number, Pack> => ({
      name,
      priority,
      supports: trace.calling('selector', name, (bytes: number) => bytes >= least, 'supports'),
      way: trace.calling('client', name, (bytes: number) => `${bytes} by ${name}`, 'pack'),
    })
    const ways = [candidate('store', 0, 0), candidate('deflate', 1, 1_000)]
    const selector = trace.between('client', 'selector', new StrategySelector(ways))
    for (const bytes of [5_000, 10]) selector.select(bytes)(bytes)
  },
  calls: `
    client -> selector.select(5000)
      selector -> deflate.supports(5000): true
    client <- selector: function
    client -> deflate.pack(5000): '5000 by deflate'
    client -> selector.select(10)
      selector -> deflate.supports(10): false
      selector -> store.supports(10): true
    client <- selector: function
    client -> store.pack(10): '10 by store'
  `,
}

const chainOfResponsibility: TracedExperiment = {
  id: 'pattern-chain-of-responsibility',
  title: 'Chain of responsibility: in by one way, out by the other',
  group: 'behavioral',
  story:
    'A request passes a log, a guard and an answer. Each link may answer, hand on, or look at what comes back. On the way in they run in order, on the way out in reverse, and an error takes the same way out. A link that called the rest twice would run it twice; the chain does not let it.',
  watch: [
    'The guard answers a request without a token itself: the rest is not asked.',
    'A request with a token reaches the answer and comes back through all.',
    'The impatient link calls next twice: the second call is refused.',
  ],
  participants: { client: 'Client', log: 'Link', guard: 'Link', answer: 'Link' },
  types: { Link: { kind: 'function' } },
  async run(trace) {
    type Text = Link<string, string>
    /** The chain hands each link its way on; what a link says to the next is what is recorded. */
    const seen =
      (by: string, of: string, link: Text): Text =>
      (request, next) =>
        trace.calling(by, of, (text: string) => Promise.resolve(link(text, next)))(request)
    const log = seen('client', 'log', (request, next) => next(request))
    const guard = seen('log', 'guard', (request, next) =>
      request.startsWith('token ') ? next(request.slice(6)) : 'who are you?',
    )
    const twice = seen('log', 'guard', async (request, next) => {
      await next(request)
      return next(request)
    })
    const answer = seen('guard', 'answer', (request) => request.toUpperCase())
    const ask = handler(chain(log, guard, answer)) satisfies Handler<string, string>
    await ask('hello')
    await ask('token hello')
    await rejected(handler(chain(log, twice, answer))('hello'))
  },
  calls: `
    client -> log('hello')
      log -> guard('hello'): 'who are you?'
    client <- log: 'who are you?'
    client -> log('token hello')
      log -> guard('token hello')
        guard -> answer('hello'): 'HELLO'
      log <- guard: 'HELLO'
    client <- log: 'HELLO'
    client -> log('hello')
      log -> guard('hello')
        guard -> answer('hello'): 'HELLO'
      log <- guard ! ChainError: link 1 called next a second time
    client <- log ! ChainError: link 1 called next a second time
  `,
}

const iterator: TracedExperiment = {
  id: 'pattern-iterator',
  title: 'Iterator: nothing is pulled before it is wanted',
  group: 'behavioral',
  story:
    'The client wants the first two odd numbers of a source that has no end. Each step of the pipeline pulls one element when it is asked for one, so the source is asked just as often as it must be. When the client has enough, the way back closes the source.',
  watch: [
    'One next of the client is as many of the source as it takes to find one that fits.',
    'After the second number the source is closed and not asked again.',
  ],
  participants: { client: 'Client', sequence: 'Sequence', odd: 'isOdd', source: 'Source' },
  types: {
    Sequence: { kind: 'class', has: ['isOdd', 'Source'] },
    isOdd: { kind: 'function' },
    Source: { kind: 'interface' },
  },
  run(trace) {
    function* naturals(): Generator<number, void, undefined> {
      for (let n = 1; ; n++) yield n
    }
    const source = {
      [Symbol.iterator]: () => trace.between('sequence', 'source', naturals()),
    }
    const isOdd = trace.calling('sequence', 'odd', (n: number) => n % 2 === 1)
    const firstTwo = Sequence.from(source)
      .filter((n) => isOdd(n))
      .take(2)
    const pass = trace.between('client', 'sequence', firstTwo[Symbol.iterator]())
    while (pass.next().done !== true);
  },
  calls: `
    client -> sequence.next()
      sequence -> source.next(): { value: 1, done: false }
      sequence -> odd(1): true
    client <- sequence: { value: 1, done: false }
    client -> sequence.next()
      sequence -> source.next(): { value: 2, done: false }
      sequence -> odd(2): false
      sequence -> source.next(): { value: 3, done: false }
      sequence -> odd(3): true
    client <- sequence: { value: 3, done: false }
    client -> sequence.next()
      sequence -> source.return(): { value: undefined, done: true }
    client <- sequence: { value: undefined, done: true }
  `,
}

const asyncIterator: TracedExperiment = {
  id: 'pattern-iterator-async',
  title: 'Iterator, asynchronous: two at work, in order',
  group: 'behavioral',
  story:
    'Three pages are fetched, two at a time. The first takes longest, so the second is done before it, and waits: results come in the order of the source. What is under way is bounded by what the reader takes, so the third waits for its turn.',
  watch: [
    'a and b are under way together; c is not.',
    'b is back first, and a is handed out first.',
    'c is fetched when there is room again.',
  ],
  participants: { client: 'Client', sequence: 'AsyncSequence', fetch: 'fetch' },
  types: {
    AsyncSequence: { kind: 'class', has: ['fetch'] },
    fetch: { kind: 'function' },
  },
  async run(trace) {
    const turns = new Map([
      ['a', 40],
      ['b', 10],
      ['c', 10],
    ])
    const slow = async (page: string): Promise<string> => {
      for (let turn = turns.get(page) ?? 0; turn > 0; turn--) await Promise.resolve()
      return page.toUpperCase()
    }
    const fetch = trace.calling('sequence', 'fetch', slow)
    const pages = AsyncSequence.from(['a', 'b', 'c']).mapConcurrent((page) => fetch(page), 2)
    const pass = trace.between('client', 'sequence', pages[Symbol.asyncIterator]())
    while ((await pass.next()).done !== true);
  },
  calls: `
    client -> sequence.next()
      sequence -> fetch('a')
      sequence -> fetch('b'): 'B'
      sequence <- fetch: 'A'
    client <- sequence: { value: 'A', done: false }
    client -> sequence.next(): { value: 'B', done: false }
    sequence -> fetch('c')
    client -> sequence.next()
    sequence <- fetch: 'C'
    client <- sequence: { value: 'C', done: false }
    client -> sequence.next(): { value: undefined, done: true }
  `,
}

const visitor: TracedExperiment = {
  id: 'pattern-visitor',
  title: 'Visitor: one walk, and who says where it goes on',
  group: 'behavioral',
  story:
    'The walk knows the tree: its order, its links, its errors. The visitor knows what is to be done at each place, and answers where the walk goes on. So any number of operations need no other walk, and no operation needs to know the tree.',
  watch: [
    'A directory is met before what is in it, and once more after.',
    'The visitor skips old: the walk lists it and goes into nothing.',
    'The walk ends where the visitor says so; d.ts is never visited.',
  ],
  participants: { client: 'Client', walk: 'walk', tree: 'FileTree', visitor: 'Visitor' },
  types: {
    walk: { kind: 'function', has: ['FileTree', 'Visitor'] },
    FileTree: { kind: 'interface' },
    Visitor: { kind: 'interface' },
  },
  async run(trace) {
    const files: FileTree = {
      stat: async (path) => {
        const type = path.includes('.') ? 'file' : 'directory'
        return trace.called(type, { type, id: path })
      },
      list: async (path) => (path === 'src' ? ['a.ts', 'old', 'c.ts', 'd.ts'] : ['b.ts']),
    }
    const visit = trace.between('walk', 'visitor', {
      preVisitDirectory: (path: string) => (path === 'src/old' ? 'skip-subtree' : 'continue'),
      visitFile: (path: string) => (path === 'src/c.ts' ? 'terminate' : 'continue'),
    } as const)
    const tree = trace.between('walk', 'tree', files)
    const go = (root: string): Promise<void> => walk(tree, root, visit)
    await trace.calling('client', 'walk', go)('src')
  },
  calls: `
    client -> walk('src')
      walk -> tree.stat('src', false): directory
      walk -> tree.list('src'): ['a.ts', 'old', 'c.ts', 'd.ts']
      walk -> visitor.preVisitDirectory('src', directory): 'continue'
      walk -> tree.stat('src/a.ts', false): file
      walk -> visitor.visitFile('src/a.ts', file): 'continue'
      walk -> tree.stat('src/old', false): directory
      walk -> tree.list('src/old'): ['b.ts']
      walk -> visitor.preVisitDirectory('src/old', directory): 'skip-subtree'
      walk -> tree.stat('src/c.ts', false): file
      walk -> visitor.visitFile('src/c.ts', file): 'terminate'
    client <- walk
  `,
}

/**
 * Behavioral patterns of work that goes step by step.
 *
 * @example
 * ```ts
 * import { experiments } from '@lockstep/patterns/lab'
 *
 * if (!experiments.some(({ id }) => id === 'pattern-template-method')) throw new Error('not there')
 * ```
 */
export const procedures: readonly TracedExperiment[] = [
  templateMethod,
  strategy,
  chainOfResponsibility,
  iterator,
  asyncIterator,
  visitor,
]
