/** How many of the sorted `values` are at most `limit`. */
export function countUpTo(values: readonly number[], limit: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] as number) <= limit) low = middle + 1
    else high = middle
  }
  return low
}

/** A value that changes at rows of a trace and holds in between. */
export class Changes<T> {
  readonly rows: number[] = []
  readonly values: T[] = []

  /** Notes the value from `row` on. Rows never go back; the last note of a row counts. */
  note(row: number, value: T): void {
    if (this.rows.at(-1) === row) this.values[this.values.length - 1] = value
    else {
      this.rows.push(row)
      this.values.push(value)
    }
  }

  /** The value after `row` happened; `undefined` before the first note. */
  after(row: number): T | undefined {
    return this.values[countUpTo(this.rows, row) - 1]
  }

  /** Forgets what was noted at `row` and later. */
  truncate(row: number): void {
    const kept = countUpTo(this.rows, row - 1)
    this.rows.length = kept
    this.values.length = kept
  }
}

/** The changes of each key, made when first asked for. */
export class ChangesByKey<Key, T> {
  readonly all: Map<Key, Changes<T>> = new Map()

  of(key: Key): Changes<T> {
    const known = this.all.get(key)
    if (known !== undefined) return known
    const made = new Changes<T>()
    this.all.set(key, made)
    return made
  }

  after(key: Key, row: number): T | undefined {
    return this.all.get(key)?.after(row)
  }
}
