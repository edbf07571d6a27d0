import type { History } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyValue, type KvOp, type KvValue, type Model, type Operation } from '../src/index.ts'
import type { LinearizedSet } from '../src/linearized-set.ts'
import { Memo } from '../src/memo.ts'
import { operationsOf } from '../src/operation.ts'
import { PartitionSearch } from '../src/partition-search.ts'
import { isLinearizableByBruteForce } from './brute-force.ts'
import { mutex, queue } from './models.ts'
import { kvCall, mutexCall, queueCall, smallHistory } from './small-histories.ts'

type KvOperation = Operation<KvOp, KvValue>
type Kv = Model<KvOp, KvValue, string | null>

const kvHistory = smallHistory(kvCall(['x']))
const keyValueWithoutEffects: Kv = {
  init: keyValue.init,
  step: (state, op, outcome) => keyValue.step(state, op, outcome),
  equal: (a, b) => a === b,
  hash: (state) => keyValue.hash(state),
  describe: () => '',
}

function isLegal<Op, Value, State>(
  model: Model<Op, Value, State>,
  operations: readonly Operation<Op, Value>[],
  memo?: Memo<State>,
): boolean {
  return new PartitionSearch(model, operations, memo).run(Number.POSITIVE_INFINITY) === 'legal'
}

function agreement<Op, Value, State>(
  model: Model<Op, Value, State>,
  histories: fc.Arbitrary<History<Op, Value>>,
  judge: (operations: readonly Operation<Op, Value>[]) => boolean,
): fc.IProperty<[History<Op, Value>]> {
  return fc.property(histories, (history) => {
    expect(judge(operationsOf(history))).toBe(isLinearizableByBruteForce(model, history))
  })
}

describe('the search agrees with brute force', () => {
  test('on a key of a store', () => {
    fc.assert(
      agreement(keyValue, kvHistory, (ops) => isLegal(keyValue, ops)),
      { numRuns: 5_000 },
    )
  })

  test('on a key of a store whose model says nothing of effects', () => {
    const model = keyValueWithoutEffects
    fc.assert(
      agreement(model, kvHistory, (ops) => isLegal(model, ops)),
      { numRuns: 3_000 },
    )
  })

  test('on a queue', () => {
    const histories = smallHistory(queueCall)
    fc.assert(
      agreement(queue, histories, (ops) => isLegal(queue, ops)),
      { numRuns: 3_000 },
    )
  })

  test('on a mutex', () => {
    const histories = smallHistory(mutexCall)
    fc.assert(
      agreement(mutex, histories, (ops) => isLegal(mutex, ops)),
      { numRuns: 2_000 },
    )
  })

  test('on histories of which many are legal and many are not', () => {
    const histories = fc.sample(kvHistory, { numRuns: 2_000, seed: 1 })
    const legal = histories.filter((history) => isLinearizableByBruteForce(keyValue, history))
    expect(legal.length).toBeGreaterThan(400)
    expect(legal.length).toBeLessThan(1_600)
  })
})

/** A memo that compares what it is told to, and remembers it in a list. */
class ListMemo extends Memo<string | null> {
  readonly #seen: { words: Uint32Array; state: string | null }[] = []
  readonly #covers: Covers

  constructor(covers: Covers) {
    super(keyValue)
    this.#covers = covers
  }

  override isNew({ words, knownWords }: LinearizedSet, state: string | null): boolean {
    const isCovered = this.#seen.some((seen) => this.#covers(seen, { words, state }, knownWords))
    this.#seen.push({ words: words.slice(), state })
    return !isCovered
  }
}

interface Seen {
  readonly words: Uint32Array
  readonly state: string | null
}
type Covers = (seen: Seen, now: Seen, knownWords: number) => boolean

function isSubset(a: Uint32Array, b: Uint32Array): boolean {
  return a.every((word, i) => (word & ~(b[i] ?? 0)) === 0)
}

function forced(operation: KvOperation): KvOperation {
  if (operation.outcome.known) return operation
  return {
    ...operation,
    outcome: { known: true, value: forcedValue },
    returnedAt: operation.calledAt + 2,
  }
}

const forcedValue: KvValue = { type: 'done' }

const forcing: Kv = {
  ...keyValue,
  step: (state, op, outcome) =>
    keyValue.step(
      state,
      op,
      outcome.known && outcome.value === forcedValue ? { known: false } : outcome,
    ),
}

function overwriting(mistaken: Partial<NonNullable<Kv['overwrites']>>): Kv {
  const overwrites = keyValue.overwrites
  if (overwrites === undefined) throw new Error('the model of a store says what it overwrites')
  return { ...keyValue, overwrites: { ...overwrites, ...mistaken } }
}

/** Mistakes that such a search invites, each as a judge. */
const mistakes: Readonly<Record<string, (operations: readonly KvOperation[]) => boolean>> = {
  'the memo ignores the state': (operations) =>
    isLegal(keyValue, operations, new Memo({ equal: () => true, hash: () => 0 })),
  'the memo ignores what is linearized': (operations) =>
    isLegal(keyValue, operations, new ListMemo((seen, now) => seen.state === now.state)),
  'the memo lets the one that used more unknown operations cover the other': (operations) => {
    const covers: Covers = (seen, now, known) =>
      seen.state === now.state &&
      seen.words.slice(0, known).join() === now.words.slice(0, known).join() &&
      isSubset(now.words, seen.words)
    return isLegal(keyValue, operations, new ListMemo(covers))
  },
  'the memo takes more linearized operations for better': (operations) => {
    const covers: Covers = (seen, now) =>
      seen.state === now.state && isSubset(now.words, seen.words)
    return isLegal(keyValueWithoutEffects, operations, new ListMemo(covers))
  },
  'an unknown operation must take effect soon': (operations) =>
    isLegal(forcing, operations.map(forced)),
  'an unknown operation never takes effect': (operations) =>
    isLegal(
      keyValue,
      operations.filter(({ outcome }) => outcome.known),
    ),
  'returns are ignored': (operations) =>
    isLegal(
      keyValue,
      operations.map((operation) => ({ ...operation, returnedAt: 1_000 })),
    ),
  'calls are ignored': (operations) =>
    isLegal(
      keyValue,
      operations.map((operation) => ({ ...operation, calledAt: 0 })),
    ),
  'intervals that touch count as one after the other': (operations) =>
    isLegal(
      keyValue,
      operations.map((operation) => ({ ...operation, calledAt: operation.calledAt + 0.1 })),
    ),
  'the order of one client is ignored where its operations touch': (operations) =>
    isLegal(
      keyValue,
      operations.map((operation) => ({ ...operation, client: `c${operation.id}` })),
    ),
  'all effects count as alike': (operations) =>
    isLegal({ ...keyValue, effect: () => 'any' }, operations),
  'unknown writes count as irrelevant': (operations) =>
    isLegal(overwriting({ result: () => undefined }), operations),
  'gets are not looked at when relevance is decided': (operations) =>
    isLegal(overwriting({ isBlind: ({ type }) => type !== 'cas' }), operations),
  'conditional operations count as blind': (operations) =>
    isLegal(overwriting({ isBlind: () => true }), operations),
  'a put counts as harmless': (operations) =>
    isLegal({ ...keyValue, effect: () => undefined }, operations),
}

describe('brute force finds the mistake:', () => {
  const histories = smallHistory(kvCall(['x']), 7)

  test.for(Object.entries(mistakes))('%s', ([, judge]) => {
    const property = agreement(keyValue, histories, judge)
    const { errorInstance } = fc.check(property, { numRuns: 20_000, seed: 3 })
    expect(String(errorInstance)).toMatch(/expected (true|false) to be/)
  })

  test('and none in a memo that is a plain list', () => {
    const covers: Covers = (seen, now, known) =>
      seen.state === now.state &&
      seen.words.slice(0, known).join() === now.words.slice(0, known).join() &&
      isSubset(seen.words, now.words)
    const judge = (operations: readonly KvOperation[]) =>
      isLegal(keyValue, operations, new ListMemo(covers))
    fc.assert(agreement(keyValue, histories, judge), { numRuns: 2_000 })
  })
})

describe('a search', () => {
  const history = fc.sample(kvHistory, { numRuns: 200, seed: 4 })

  test('comes to the same end in steps of any size', () => {
    for (const operations of history.map((events) => operationsOf(events))) {
      const whole = new PartitionSearch(keyValue, operations)
      const inSteps = new PartitionSearch(keyValue, operations)
      const progress = whole.run(Number.POSITIVE_INFINITY)
      while (inSteps.run(1) === 'running') expect(inSteps.steps).toBeLessThan(100_000)
      expect(inSteps.run(1)).toBe(progress)
      expect(inSteps.steps).toBe(whole.steps)
      expect(inSteps.linearization()).toEqual(whole.linearization())
    }
  })

  test('gives an order that the model allows, which is complete when the history is legal', () => {
    for (const operations of history.map((events) => operationsOf(events))) {
      const search = new PartitionSearch(keyValue, operations)
      const progress = search.run(Number.POSITIVE_INFINITY)
      const order = search.linearization()
      let state: string | null | undefined = keyValue.init
      for (const { op, outcome } of order) state = keyValue.step(state ?? null, op, outcome)
      expect(state).not.toBe(undefined)
      const known = operations.filter(({ outcome }) => outcome.known)
      expect(known.every((operation) => order.includes(operation))).toBe(progress === 'legal')
    }
  })

  test('is blocked at a return by which what was called is illegal already', () => {
    const searches = history.map((events) => new PartitionSearch(keyValue, operationsOf(events)))
    const illegal = searches.filter((search) => search.run(Number.POSITIVE_INFINITY) === 'illegal')
    expect(illegal.length).toBeGreaterThan(50)
    for (const search of illegal) {
      const events = history[searches.indexOf(search)] ?? []
      const { returnedAt } = search.blocked()
      const called = operationsOf(events).filter(({ calledAt }) => calledAt <= returnedAt)
      expect(isLegal(keyValue, called)).toBe(false)
    }
  })
})
