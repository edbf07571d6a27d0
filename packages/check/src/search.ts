import type { History } from '@lockstep/process'
import { type Evidence, evidenceOf } from './evidence.ts'
import type { Model } from './model.ts'
import { type Operation, operationsOf } from './operation.ts'
import { PartitionSearch } from './partition-search.ts'
import type { Answer, LinearizabilityResult, PartitionResult } from './result.ts'
import { counted, verdictOf } from './verdict.ts'

/** How much a search may do before it says `unknown`. */
export interface SearchLimits {
  /** Steps over all partitions together. 50 million by default. */
  readonly stepsMax?: number
  /** Configurations remembered at one time over all partitions. 2 million by default. */
  readonly memoEntriesMax?: number
  /** Steps spent on making the evidence of a violation small. 10 million by default: about a second. */
  readonly evidenceStepsMax?: number
}

/** Steps that a partition gets in its turn. */
export const sliceSteps = 20_000

/**
 * The search over all partitions of a history. They take turns, so that a violation in one is found
 * although another would take hours and all the memory; at the first violation the search ends.
 *
 * It can be run a bit at a time, as in a worker that also answers messages.
 */
export class LinearizabilitySearch<Op, Value, State> {
  readonly #model: Model<Op, Value, State>
  readonly #limits: Required<SearchLimits>
  readonly #parts: readonly Part<Op, Value, State>[]
  /** The parts without an answer; the first one has its turn. */
  readonly #queue: Part<Op, Value, State>[]
  #evidence: Evidence<Op, Value> | undefined
  #steps = 0
  /** Configurations remembered now, by the parts in the queue. */
  #entries = 0

  /** Throws `MalformedHistory`. */
  constructor(
    model: Model<Op, Value, State>,
    history: History<Op, Value>,
    limits: SearchLimits = {},
  ) {
    this.#model = model
    this.#limits = {
      stepsMax: limits.stepsMax ?? 50_000_000,
      memoEntriesMax: limits.memoEntriesMax ?? 2_000_000,
      evidenceStepsMax: limits.evidenceStepsMax ?? 10_000_000,
    }
    this.#parts = partsOf(model, operationsOf(history))
    this.#queue = [...this.#parts]
  }

  /** Takes up to that many steps; those of the evidence come on top when a violation is found. */
  run(steps: number): 'running' | Answer {
    const end = this.#steps + steps
    while (this.#queue.length > 0 && this.#steps < end) this.#takeTurn(end - this.#steps)
    if (this.#queue.length > 0) return 'running'
    if (this.#evidence !== undefined) return 'illegal'
    return this.#parts.every(({ result }) => result?.answer === 'legal') ? 'legal' : 'unknown'
  }

  /** Gives up on every partition that has no answer yet. The reason reads on from 'and'. */
  stop(reason: string): void {
    for (const part of this.#queue) conclude(part, 'unknown', reason)
    this.#queue.length = 0
  }

  /** What is known by now. A partition without an answer is `unknown`. */
  result(): LinearizabilityResult<Op, Value> {
    const partitions = this.#parts.map(
      (part) => part.result ?? resultOf(part, 'unknown', 'the search has not ended'),
    )
    const evidence = this.#evidence
    return {
      verdict: verdictOf(this.#model, partitions, evidence),
      operations: this.#parts.reduce((sum, { operations }) => sum + operations.length, 0),
      partitions,
      steps: this.#steps,
      memoEntries: partitions.reduce((sum, { memoEntries }) => sum + memoEntries, 0),
      ...(evidence === undefined ? {} : { evidence }),
    }
  }

  #takeTurn(steps: number): void {
    const [part] = this.#queue.splice(0, 1)
    if (part === undefined) return
    const search = (part.search ??= new PartitionSearch(this.#model, part.operations))
    const stepsBefore = search.steps
    const entriesBefore = search.memoEntries
    const { stepsMax, memoEntriesMax } = this.#limits
    const left = Math.min(stepsMax - this.#steps, memoEntriesMax - this.#entries)
    const progress = search.run(Math.min(sliceSteps, steps, left))
    this.#steps += search.steps - stepsBefore
    this.#entries += search.memoEntries - entriesBefore
    if (progress === 'running') {
      this.#queue.push(part)
      this.#keepLimits()
      return
    }
    this.#entries -= search.memoEntries
    if (progress === 'illegal') this.#endWithViolation(part, search)
    else conclude(part, 'legal')
  }

  #endWithViolation(part: Part<Op, Value, State>, search: PartitionSearch<Op, Value, State>): void {
    const stepsMax = this.#limits.evidenceStepsMax
    const { name, operations } = part
    this.#evidence = evidenceOf(this.#model, name, operations, search.blocked(), stepsMax)
    conclude(part, 'illegal')
    this.stop('the search ended at a violation elsewhere')
  }

  #keepLimits(): void {
    const { stepsMax, memoEntriesMax } = this.#limits
    if (this.#steps >= stepsMax) {
      this.stop(`the limit of ${counted(stepsMax, 'step')} was reached`)
    } else if (this.#entries >= memoEntriesMax) {
      this.#giveUpLargest(
        `the limit of ${counted(memoEntriesMax, 'remembered configuration')} was reached`,
      )
    }
  }

  #giveUpLargest(reason: string): void {
    const largest = this.#queue.reduce((a, b) => (entriesOf(b) > entriesOf(a) ? b : a))
    this.#queue.splice(this.#queue.indexOf(largest), 1)
    this.#entries -= entriesOf(largest)
    conclude(largest, 'unknown', reason)
  }
}

interface Part<Op, Value, State> {
  readonly name: string | undefined
  readonly operations: readonly Operation<Op, Value>[]
  /** There from its first turn until its answer. */
  search: PartitionSearch<Op, Value, State> | undefined
  result: PartitionResult | undefined
}

function partsOf<Op, Value, State>(
  { partition }: Model<Op, Value, State>,
  operations: readonly Operation<Op, Value>[],
): Part<Op, Value, State>[] {
  const groups = new Map<string | undefined, Operation<Op, Value>[]>()
  for (const operation of operations) {
    const name = partition?.of(operation.op)
    const members = groups.get(name)
    if (members === undefined) groups.set(name, [operation])
    else members.push(operation)
  }
  if (partition === undefined && operations.length === 0) groups.set(undefined, [])
  return Array.from(groups, ([name, members]) => ({
    name,
    operations: members,
    search: undefined,
    result: undefined,
  }))
}

/** Lets the search go, and with it its memory. */
function conclude<Op, Value, State>(
  part: Part<Op, Value, State>,
  answer: Answer,
  reason?: string,
): void {
  part.result = resultOf(part, answer, reason)
  part.search = undefined
}

function resultOf<Op, Value, State>(
  { name, operations, search }: Part<Op, Value, State>,
  answer: Answer,
  reason?: string,
): PartitionResult {
  return {
    name,
    answer,
    ...(reason === undefined ? {} : { reason }),
    operations: operations.length,
    linearization: search?.linearization().map(({ id }) => id) ?? [],
    steps: search?.steps ?? 0,
    memoEntries: search?.memoEntries ?? 0,
  }
}

function entriesOf({ search }: Part<unknown, unknown, unknown>): number {
  return search?.memoEntries ?? 0
}
