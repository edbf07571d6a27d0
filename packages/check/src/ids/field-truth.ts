import type { Verdict } from '@lockstep/process'
import { counted } from '../verdict.ts'

/** The name of this judge. */
const by = 'field truth'

/** What an id says of how it was made. */
export interface IdFields {
  /** Milliseconds of Unix time. */
  readonly timeMs: number
  /** Where ids name their worker. */
  readonly workerId?: number
}

/** What is known of how an id was made. */
export interface Made {
  /** Milliseconds of Unix time, by the clock of who made it: not before this, and not after that. */
  readonly fromMs: number
  readonly toMs: number
  readonly workerId?: number
}

/** How far the time of an id may be from the clock; one millisecond of rounding is to be allowed for where ticks are longer. */
export interface TruthBounds {
  readonly behindMs: number
  readonly aheadMs: number
}

/** Field truth: does each id say when and by whom it was made? */
export class FieldTruth<Id extends bigint | number | string> {
  readonly #fieldsOf: (id: Id) => IdFields
  readonly #bounds: TruthBounds
  #count = 0
  #wrong = 0
  #first: string | undefined

  constructor(fieldsOf: (id: Id) => IdFields, bounds: TruthBounds) {
    this.#fieldsOf = fieldsOf
    this.#bounds = bounds
  }

  /** Compares what an id says with what is known. */
  add(id: Id, made: Made): void {
    this.#count++
    const lie = this.#lieOf(this.#fieldsOf(id), made)
    if (lie === undefined) return
    this.#wrong++
    this.#first ??= `${id} says ${lie}`
  }

  verdict(): Verdict {
    const all = counted(this.#count, 'id')
    if (this.#first === undefined) return { is: 'holds', text: `Fields are true: ${all}` }
    const text = `Fields are not true: ${this.#first}; ${this.#wrong.toLocaleString('en-US')} among ${all}`
    return { is: 'violated', by, text }
  }

  #lieOf({ timeMs, workerId }: IdFields, made: Made): string | undefined {
    if (made.workerId !== undefined && workerId !== made.workerId) {
      return `worker ${workerId}, and worker ${made.workerId} made it`
    }
    const { behindMs, aheadMs } = this.#bounds
    if (timeMs > made.toMs + aheadMs) return `a time ${timeMs - made.toMs} ms ahead of the clock`
    if (timeMs < made.fromMs - behindMs) return `a time ${made.fromMs - timeMs} ms behind the clock`
    return undefined
  }
}
