import fc from 'fast-check'

/** Where the search for things to leave out goes on: how many at a time, from which place. */
interface Place {
  readonly size: number
  readonly at: number
}

/**
 * A list that shrinks by leaving out ever smaller pieces: all of it, then halves, quarters, … and at
 * last single items (Zeller and Hildebrandt, 'Simplifying and Isolating Failure-Inducing Input',
 * 2002). After a success the search goes on at the same place and size.
 */
export class LeaveOut<Item> extends fc.Arbitrary<readonly Item[]> {
  readonly #all: readonly Item[]

  constructor(all: readonly Item[]) {
    super()
    this.#all = all
  }

  override generate(): fc.Value<readonly Item[]> {
    return new fc.Value(this.#all, undefined)
  }

  override canShrinkWithoutContext(value: unknown): value is readonly Item[] {
    return Array.isArray(value)
  }

  override shrink(value: readonly Item[], context: unknown): fc.Stream<fc.Value<readonly Item[]>> {
    const from = context as Place | undefined
    return fc.stream(smaller(value, from ?? { size: value.length, at: 0 }))
  }
}

function* smaller<Item>(
  value: readonly Item[],
  from: Place,
): IterableIterator<fc.Value<readonly Item[]>> {
  for (let size = from.size; size >= 1; size = Math.floor(size / 2)) {
    for (let at = size === from.size ? from.at : 0; at < value.length; at += size) {
      const left = [...value.slice(0, at), ...value.slice(at + size)]
      const place: Place = { size, at }
      yield new fc.Value(left, place)
    }
  }
}
