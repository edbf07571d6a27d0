import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configurationOf } from '../src/configuration.ts'
import { type Item, itemsOf, type State, StateBuilder, sizeOf } from '../src/kv/state.ts'
import {
  chunkOf,
  entriesBetween,
  entriesInMemory,
  isIntact,
  questionOf,
  type Snapshot,
} from '../src/snapshot.ts'
import { asIndex, asTerm } from '../src/term.ts'
import { Assembly, SnapshotTransfer } from '../src/snapshot-transfer.ts'
import { mutant } from './mutant.ts'

function keyItem(key: string, value: string): Item & { type: 'key' } {
  const kv = { key, value, createRevision: 1, modRevision: 1, version: 1, lease: 0 }
  return { type: 'key', kv }
}

const item = fc.oneof(
  fc.tuple(fc.string(), fc.string()).map(([key, value]) => keyItem(key, value)),
  fc.record({
    type: fc.constant('session' as const),
    session: fc.integer({ min: 1, max: 9 }).map(asIndex),
    uses: fc.record({
      received: fc.nat(9),
      results: fc.constant([]),
      used: fc.nat(1000),
      at: fc.nat(1000),
    }),
  }),
)
const state = fc
  .uniqueArray(item, { selector: (one) => (one.type === 'key' ? one.kv.key : one.session) })
  .map((items) =>
    stateWith([{ type: 'store', revision: 3, compacted: 0, now: 7, first: 0 }, ...items]),
  )

function stateWith(items: readonly Item[]): State {
  const builder = new StateBuilder()
  for (const one of items) builder.add(one)
  return builder.build()
}

function snapshotOf(of: State): Snapshot {
  return { index: asIndex(7), term: asTerm(2), configuration: configurationOf(['n1']), state: of }
}

function stateOf(keys: number): State {
  return stateWith(Array.from({ length: keys }, (_, i) => keyItem(`k${i}`, 'v')))
}

/** Whatever is lost and doubled on the way, the state arrives whole. */
function arrives(answer: (assembly: Assembly) => number) {
  const fates = fc.array(fc.constantFrom('lost', 'once', 'twice'), { maxLength: 20 })
  return fc.property(state, fc.integer({ min: 1, max: 200 }), fates, (of, bytes, fate) => {
    const transfer = new SnapshotTransfer(snapshotOf(of))
    const assembly = new Assembly(questionOf(transfer.snapshot))
    for (let round = 0; round < 500; round++) {
      transfer.waited()
      const chunk = transfer.answered(answer(assembly), bytes)?.chunk
      if (chunk === undefined || fate[round] === 'lost') continue
      const whole = assembly.take(chunk)
      if (fate[round] === 'twice') assembly.take(chunk)
      if (whole === undefined) continue
      expect([...itemsOf(whole)]).toEqual([...itemsOf(of)])
      return
    }
    throw new Error('the state never arrived')
  })
}

describe('a snapshot', () => {
  it('arrives in pieces, whatever is lost and doubled on the way', () => {
    fc.assert(arrives((assembly) => assembly.received))
  })

  it('does not when the follower counts what it has wrongly', () => {
    const wrong = arrives((assembly) => Math.max(0, assembly.received - 1))
    expect(fc.check(wrong, mutant).failed).toBe(true)
  })

  it('is cut into pieces of at most so many bytes, and of at least one item', () => {
    const snapshot = snapshotOf(stateOf(10))
    expect(chunkOf(snapshot, 0, 1).items).toHaveLength(1)
    expect(chunkOf(snapshot, 1, 110).items).toHaveLength(2)
    expect(chunkOf(snapshot, 8, 1000)).toMatchObject({ offset: 8, done: true })
    expect(chunkOf(snapshot, 0, 1000)).toMatchObject({ items: { length: 11 }, done: true })
    expect(chunkOf(snapshotOf(stateOf(0)), 0, 1)).toMatchObject({
      items: [{ type: 'store' }],
      done: true,
    })
  })

  it('says of a piece that something happened to it', () => {
    const chunk = chunkOf(snapshotOf(stateOf(3)), 0, 1000)
    expect(isIntact(chunk)).toBe(true)
    expect(isIntact(JSON.parse(JSON.stringify(chunk)))).toBe(true)
    expect(isIntact({ ...chunk, items: chunk.items.slice(1) })).toBe(false)
    expect(isIntact({ ...chunk, index: asIndex(8) })).toBe(false)
    expect(isIntact({ ...chunk, done: false })).toBe(false)
  })

  it('costs each entry about one item at most, however large the state is', () => {
    const itemsAnEntry = (between: typeof entriesBetween): readonly number[] =>
      [0, 10, 100, 3000].map((items) => items / between(10, items))
    expect(Math.max(...itemsAnEntry(entriesBetween))).toBeLessThanOrEqual(1)
    expect(Math.max(...itemsAnEntry((entriesMin) => entriesMin))).toBeGreaterThan(1)
    expect(entriesBetween(10, 0)).toBe(10)
  })

  it('in memory lets each entry copy the places of ten keys at most, however many there are', () => {
    const placesAnEntry = (between: typeof entriesInMemory): readonly number[] =>
      [0, 10, 100, 3000].map((keys) => keys / between(10, keys))
    expect(Math.max(...placesAnEntry(entriesInMemory))).toBeLessThanOrEqual(10)
    expect(Math.max(...placesAnEntry((entriesMin) => entriesMin))).toBeGreaterThan(10)
    expect(entriesInMemory(10, 0)).toBe(10)
  })

  it('skips to an item as one that reads all before it does', () => {
    const of = stateOf(300)
    const all = [...itemsOf(of)]
    expect(sizeOf(of)).toBe(301)
    for (const skip of [0, 1, 31, 32, 150, 299, 300, 301]) {
      expect([...itemsOf(of, skip)]).toEqual(all.slice(skip))
    }
  })
})

describe('a transfer', () => {
  it('has one piece under way at a time, and sends it again after two heartbeats', () => {
    const transfer = new SnapshotTransfer(snapshotOf(stateOf(10)))
    const answered = (received: number): string | undefined => transfer.answered(received, 120)?.is
    expect([answered(0), answered(0)]).toEqual(['first', undefined])
    expect([answered(2), answered(0), answered(2)]).toEqual(['next', undefined, undefined])
    transfer.waited()
    expect(answered(2)).toBeUndefined()
    transfer.waited()
    expect(answered(2)).toBe('resumed')
  })

  it('goes on where another leader stopped', () => {
    const transfer = new SnapshotTransfer(snapshotOf(stateOf(10)))
    expect(transfer.answered(6, 60)).toMatchObject({ is: 'resumed', chunk: { offset: 6 } })
  })
})
