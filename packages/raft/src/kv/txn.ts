/**
 * Transactions: what is wrong with one as it was asked, and whether its comparisons hold.
 *
 * No key is written twice by one branch, or written and removed, so that a revision changes a key
 * once at most. Steps of transactions within a branch count as that branch's own; of the two
 * branches only one is taken, so that they may share keys.
 */
import { unreachable } from '@lockstep/process'
import type { KeyValue } from './key-value.ts'
import type { Compare, PutStep, RangeOp, RefusalCode, TxnOp, TxnStep } from './operation.ts'
import { type KeyRange, overlap } from './range.ts'

/** The most comparisons of a transaction, and the most steps of each of its branches. */
const listMax = 128
/** The most steps of a transaction and of all those within it. */
const stepsMax = 1024

/** What is wrong with a transaction, whatever the store holds; `undefined` when nothing is. */
export function wrongWith(txn: TxnOp): RefusalCode | undefined {
  return countOf(txn) > stepsMax ? 'too-many-operations' : wrongWithin(txn)
}

function countOf({ success, failure }: TxnOp): number {
  let count = success.length + failure.length
  for (const step of success) if (step.type === 'txn') count += countOf(step)
  for (const step of failure) if (step.type === 'txn') count += countOf(step)
  return count
}

function wrongWithin(txn: TxnOp): RefusalCode | undefined {
  const { compare, success, failure } = txn
  if (Math.max(compare.length, success.length, failure.length) > listMax) {
    return 'too-many-operations'
  }
  if (compare.some(({ key }) => key === '')) return 'empty-key'
  for (const step of [...success, ...failure]) {
    const wrong = step.type === 'txn' ? wrongWithin(step) : wrongWithStep(step)
    if (wrong !== undefined) return wrong
  }
  return writesOf(success) === undefined || writesOf(failure) === undefined
    ? 'duplicate-key'
    : undefined
}

/** What is wrong with a range or a put as it was asked. */
export function wrongWithStep(step: Exclude<TxnStep, TxnOp>): RefusalCode | undefined {
  if (step.key === '') return 'empty-key'
  return step.type === 'put' ? wrongWithPut(step) : undefined
}

function wrongWithPut({
  value,
  ignoreValue,
  lease = 0,
  ignoreLease,
}: PutStep): RefusalCode | undefined {
  if (ignoreValue === true && value !== undefined) return 'value-provided'
  if (ignoreLease === true && lease !== 0) return 'lease-provided'
  return undefined
}

/** Whether a comparison holds for the keys of its range. An empty range counts as one key of zeros, without a value. */
export function holds(compare: Compare, kvs: Iterable<KeyValue>): boolean {
  let isEmpty = true
  for (const kv of kvs) {
    isEmpty = false
    if (!holdsFor(compare, kv[compare.target])) return false
  }
  return !isEmpty || (compare.target !== 'value' && holdsFor(compare, 0))
}

function holdsFor({ is, than }: Compare, found: string | number): boolean {
  switch (is) {
    case 'equal':
      return found === than
    case 'not-equal':
      return found !== than
    case 'less':
      return found < than
    case 'greater':
      return found > than
    default:
      return unreachable(is)
  }
}

/** A transaction whose comparisons were made before, with that outcome. */
export function settledTxn(txn: TxnOp, succeeds: boolean): TxnOp {
  const never: Compare = { key: '\0', target: 'version', is: 'less', than: 0 }
  return { ...txn, compare: succeeds ? [] : [never] }
}

/** All steps of a branch that read or write keys, those of the transactions within it as their comparisons choose. */
export function* stepsTaken(
  steps: readonly TxnStep[],
  succeeds: (txn: TxnOp) => boolean,
): Generator<RangeOp | PutStep> {
  for (const step of steps) {
    if (step.type === 'txn')
      yield* stepsTaken(succeeds(step) ? step.success : step.failure, succeeds)
    else if (step.type !== 'delete-range') yield step
  }
}

/** What a branch may write and remove. */
interface Writes {
  readonly puts: Set<string>
  readonly removed: KeyRange[]
}

/** What a branch may write and remove; `undefined` when it may write a key twice, or write and remove it. */
function writesOf(steps: readonly TxnStep[]): Writes | undefined {
  const all: Writes = { puts: new Set(), removed: [] }
  for (const step of steps) {
    const more = writesOfStep(step)
    if (more === undefined || !add(all, more)) return undefined
  }
  return all
}

function writesOfStep(step: TxnStep): Writes | undefined {
  if (step.type === 'range') return { puts: new Set(), removed: [] }
  if (step.type === 'put') return { puts: new Set([step.key]), removed: [] }
  if (step.type === 'delete-range') return { puts: new Set(), removed: [step] }
  const success = writesOf(step.success)
  const failure = writesOf(step.failure)
  if (success === undefined || failure === undefined) return undefined
  return {
    puts: new Set([...success.puts, ...failure.puts]),
    removed: [...success.removed, ...failure.removed],
  }
}

/** Adds what another step writes. Returns whether no key is in both. */
function add(all: Writes, more: Writes): boolean {
  for (const key of more.puts) {
    if (all.puts.has(key) || all.removed.some((range) => overlap(range, { key }))) return false
  }
  for (const range of more.removed) {
    for (const key of all.puts) if (overlap(range, { key })) return false
  }
  for (const key of more.puts) all.puts.add(key)
  all.removed.push(...more.removed)
  return true
}
