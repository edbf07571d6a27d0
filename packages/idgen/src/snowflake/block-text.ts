import { inBase62 } from './forms.ts'

/** How numbers are written whose last digits come out of a table. */
interface Notation {
  /** The last digits of every number below `table.length`, zeros in front included. */
  readonly table: readonly string[]
  /** The digits before those. */
  head(number: bigint): string
  /** A number that has no digits before those. */
  alone(number: number): string
}

let decimalDigits: Notation | undefined
let base62Digits: Notation | undefined

/** Decimal, three digits at a time: a longer table would not stay in the processor’s cache. */
export function decimalNotation(): Notation {
  decimalDigits ??= {
    table: Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0')),
    head: String,
    alone: String,
  }
  return decimalDigits
}

/** Eleven digits of base 62, two at a time. */
export function base62Notation(): Notation {
  base62Digits ??= {
    table: Array.from({ length: 62 * 62 }, (_, number) => inBase62(BigInt(number), 2)),
    head: (number) => inBase62(number, 9),
    alone: (number) => inBase62(BigInt(number), 11),
  }
  return base62Digits
}

/**
 * The texts of the ids of one tick. They differ in their last digits, so the first ones are computed once, and again
 * where the last ones come round.
 */
export class BlockText {
  readonly #notation: Notation
  readonly #size: number
  /** The id of sequence 0, as `#head * #size + #rest`. */
  #head = 0n
  #rest = 0
  /** How often the last digits came round since, and the text of the first digits then. */
  #block = -1
  #prefix = ''

  constructor(notation: Notation) {
    this.#notation = notation
    this.#size = notation.table.length
  }

  /** Goes on to the ids that follow `firstId`. */
  begin(firstId: bigint): void {
    const size = BigInt(this.#size)
    this.#head = firstId / size
    this.#rest = Number(firstId % size)
    this.#block = -1
  }

  /** The text of the id that comes `sequence` after the first. */
  text(sequence: number): string {
    const number = this.#rest + sequence
    const block = Math.trunc(number / this.#size)
    if (block !== this.#block) this.#turnTo(block)
    const last = number - block * this.#size
    if (this.#prefix === '') return this.#notation.alone(last)
    return this.#prefix + this.#notation.table[last]!
  }

  #turnTo(block: number): void {
    const head = this.#head + BigInt(block)
    this.#prefix = head === 0n ? '' : this.#notation.head(head)
    this.#block = block
  }
}
