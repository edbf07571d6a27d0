import { LoadingCache, RecentStorage, type Storage } from '../../structural/bridge.ts'
import { Branch, fold, Leaf } from '../../structural/composite.ts'
import { InternPool } from '../../structural/flyweight.ts'
import { ObjectPool } from '../../structural/object-pool.ts'
import type { TracedExperiment } from '../experiment.ts'
import { refused } from './refused.ts'

const bridge: TracedExperiment = {
  id: 'pattern-bridge',
  title: 'Bridge: one cache over two ways to keep',
  group: 'structural',
  story:
    'What a cache promises and where it keeps things vary apart from each other. The loading cache is the same object code over a map and over a storage that keeps the last used entry alone. Only what is kept differs, and with it how often the cache must load.',
  watch: [
    'Over the map, a comes from the storage the second time.',
    'Over the small storage, b has pushed a out, and it is loaded again.',
    'The storage knows nothing of loading, and the cache nothing of dropping.',
  ],
  participants: { client: 'Client', cache: 'LoadingCache', storage: 'Storage', load: 'load' },
  types: {
    LoadingCache: { kind: 'class', has: ['Storage', 'load'] },
    Storage: { kind: 'interface' },
    Map: { kind: 'class', implements: ['Storage'] },
    RecentStorage: { kind: 'class', implements: ['Storage'] },
    load: { kind: 'function' },
  },
  run(trace) {
    const over = (title: string, storage: Storage<number>): void => {
      trace.scene(title)
      const load = trace.calling('cache', 'load', (key: string) => key.length)
      const cache = new LoadingCache(trace.between('cache', 'storage', storage), load)
      const client = trace.between('client', 'cache', cache)
      for (const key of ['a', 'b', 'a']) client.get(key)
    }
    over('over a map', new Map<string, number>())
    over('over the last one used', new RecentStorage<number>(1))
  },
  calls: `
    == over a map ==
    client -> cache.get('a')
      cache -> storage.get('a')
      cache -> load('a'): 1
      cache -> storage.set('a', 1): storage
    client <- cache: 1
    client -> cache.get('b')
      cache -> storage.get('b')
      cache -> load('b'): 1
      cache -> storage.set('b', 1): storage
    client <- cache: 1
    client -> cache.get('a')
      cache -> storage.get('a'): 1
    client <- cache: 1
    == over the last one used ==
    client -> cache.get('a')
      cache -> storage.get('a')
      cache -> load('a'): 1
      cache -> storage.set('a', 1)
    client <- cache: 1
    client -> cache.get('b')
      cache -> storage.get('b')
      cache -> load('b'): 1
      cache -> storage.set('b', 1)
    client <- cache: 1
    client -> cache.get('a')
      cache -> storage.get('a')
      cache -> load('a'): 1
      cache -> storage.set('a', 1)
    client <- cache: 1
  `,
}

const composite: TracedExperiment = {
  id: 'pattern-composite',
  title: 'Composite: a menu within a menu',
  group: 'structural',
  story:
    'A menu holds commands and menus, and both are put in and counted the same way. fold goes down to the leaves and computes upwards: what a leaf is worth, what a branch makes of its parts. A menu within itself would have no end, so it is refused when it is put in.',
  watch: [
    'add takes a command and a menu alike.',
    'fold asks for the leaves of the inner menu before the menu itself.',
    'The cycle is refused, two levels down.',
  ],
  participants: {
    client: 'Client',
    file: 'Branch',
    recent: 'Branch',
    fold: 'fold',
    sum: 'Counting',
  },
  types: {
    Component: { kind: 'interface' },
    Branch: { kind: 'class', implements: ['Component'], has: ['Component'] },
    Leaf: { kind: 'class', implements: ['Component'] },
    fold: { kind: 'function' },
    Counting: { kind: 'object' },
  },
  run(trace) {
    const leaf = (name: string): Leaf<string> =>
      trace.called(`leaf ${name}`, new Leaf<string>(name))
    const file = new Branch<string>('file')
    const recent = new Branch<string>('recent')
    const inFile = trace.between('client', 'file', file)
    const inRecent = trace.between('client', 'recent', recent)
    inFile.add(leaf('open'))
    inFile.add(recent)
    inRecent.add(leaf('a.txt'))
    inRecent.add(leaf('b.txt'))
    const ofLeaf = trace.calling('fold', 'sum', (_name: string) => 1, 'leaf')
    const plus = (_name: string, parts: readonly number[]): number =>
      parts.reduce((a, b) => a + b, 0)
    const ofBranch = trace.calling('fold', 'sum', plus, 'branch')
    const count = (menu: Branch<string>): number => fold(menu, ofLeaf, ofBranch)
    trace.calling('client', 'fold', count)(file)
    refused(() => inRecent.add(file))
  },
  calls: `
    client -> file.add(leaf open): file
    client -> file.add(recent): file
    client -> recent.add(leaf a.txt): recent
    client -> recent.add(leaf b.txt): recent
    client -> fold(file)
      fold -> sum.leaf('open'): 1
      fold -> sum.leaf('a.txt'): 1
      fold -> sum.leaf('b.txt'): 1
      fold -> sum.branch('recent', [1, 1]): 2
      fold -> sum.branch('file', [1, 2]): 3
    client <- fold: 3
    client -> recent.add(file) ! CompositeError: a branch cannot hold itself or …
  `,
}

const flyweight: TracedExperiment = {
  id: 'pattern-flyweight',
  title: 'Flyweight: three letters, two glyphs',
  group: 'structural',
  story:
    'A text of three letters needs two shapes. What a letter looks like is the same wherever it stands, so it lies in one shared, frozen glyph; where it stands is told to the glyph at each call. The pool makes a glyph for a key once and gives the same one to all who ask.',
  watch: [
    'The second a makes no glyph.',
    'The place is an argument, not a property.',
    'A glyph that was shared cannot be changed.',
  ],
  participants: { editor: 'Editor', pool: 'InternPool', a: 'Glyph', b: 'Glyph' },
  types: { InternPool: { kind: 'class', has: ['Glyph'] }, Glyph: { kind: 'class' } },
  run(trace) {
    class Glyph {
      letter: string
      constructor(letter: string) {
        this.letter = letter
      }
      draw(x: number): string {
        return `${this.letter} at ${x}`
      }
    }
    const pool = trace.between('editor', 'pool', new InternPool<Glyph>(({ letter }) => letter))
    for (const [x, letter] of ['a', 'b', 'a'].entries()) {
      const make = trace.creating('pool', letter, () => new Glyph(letter))
      const glyph = pool.of(letter, make)
      trace.between('editor', letter, glyph).draw(x)
    }
    const shared: Glyph = pool.of('a', () => new Glyph('a'))
    const set = (letter: string): boolean => Reflect.set(shared, 'letter', letter)
    trace.calling('editor', 'a', set, 'set')('z')
  },
  calls: `
    editor -> pool.of('a', function)
      pool -> new a(): a
    editor <- pool: a
    editor -> a.draw(0): 'a at 0'
    editor -> pool.of('b', function)
      pool -> new b(): b
    editor <- pool: b
    editor -> b.draw(1): 'b at 1'
    editor -> pool.of('a', function): a
    editor -> a.draw(2): 'a at 2'
    editor -> pool.of('a', function): a
    editor -> a.set('z'): false
  `,
}

const objectPool: TracedExperiment = {
  id: 'pattern-object-pool',
  title: 'Object pool: one buffer after the other',
  group: 'structural',
  story:
    'A relative of the flyweight: there many share one object at the same time, here they use it one after the other. The pool lends each buffer to one user, wipes it when it comes back, and makes a new one only when all are lent. What it did not lend it does not take.',
  watch: [
    'The second buffer is made because the first is out.',
    'What comes back is wiped, and is lent again.',
    'A buffer that was given back before is refused.',
  ],
  participants: { user: 'User', pool: 'ObjectPool', buffer: 'Buffer' },
  types: { ObjectPool: { kind: 'class', has: ['Buffer'] }, Buffer: { kind: 'object' } },
  run(trace) {
    const create = trace.creating('pool', 'buffer', (): number[] => [])
    const reset = (buffer: number[]): void => void (buffer.length = 0)
    const wipe = trace.calling('pool', 'buffer', reset, 'wipe')
    const buffers = new ObjectPool({ create, reset: (buffer) => wipe(buffer), sizeMax: 2 })
    const pool = trace.between('user', 'pool', buffers)
    const one = pool.acquire()
    pool.acquire()
    refused(() => pool.acquire())
    pool.release(one)
    pool.acquire()
    refused(() => pool.release([]))
  },
  calls: `
    user -> pool.acquire()
      pool -> new buffer(): buffer
    user <- pool: buffer
    user -> pool.acquire()
      pool -> new buffer(): buffer
    user <- pool: buffer
    user -> pool.acquire() ! PoolError: all objects of the pool are lent: re…
    user -> pool.release(buffer)
      pool -> buffer.wipe(buffer)
    user <- pool
    user -> pool.acquire(): buffer
    user -> pool.release([]) ! PoolError: this object is not lent by the pool:…
  `,
}

/**
 * Structural patterns of many objects: trees, shared ones, lent ones.
 *
 * @example
 * ```ts
 * import { experiments } from '@lockstep/patterns/lab'
 *
 * if (!experiments.some(({ id }) => id === 'pattern-bridge')) throw new Error('not there')
 * ```
 */
export const sharing: readonly TracedExperiment[] = [bridge, composite, flyweight, objectPool]
