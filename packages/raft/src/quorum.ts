import type { NodeId } from '@lockstep/process'

/** How many of `size` nodes make a majority: any two majorities share a node. */
export function majority(size: number): number {
  return Math.floor(size / 2) + 1
}

/**
 * The highest index, round or instant that a majority has reached: the `majority(n)`-th largest of `matches`.
 *
 * Sorts `matches` in place, by insertion: clusters are small and mostly in order.
 */
export function majorityIndex<Index extends number>(matches: Index[]): Index {
  for (let i = 1; i < matches.length; i++) {
    const match = matches[i] as Index
    let at = i
    while (at > 0 && (matches[at - 1] as Index) < match) {
      matches[at] = matches[at - 1] as Index
      at--
    }
    matches[at] = match
  }
  return matches[majority(matches.length) - 1] as Index
}

/** The votes of one election. Each voter counts once. */
export class Ballot {
  readonly granted: Set<NodeId> = new Set()
  readonly refused: Set<NodeId> = new Set()
  readonly #needed: number
  readonly #size: number

  constructor(size: number) {
    this.#size = size
    this.#needed = majority(size)
  }

  get needed(): number {
    return this.#needed
  }

  get isWon(): boolean {
    return this.granted.size >= this.#needed
  }

  /** Whether those who have not refused are too few. */
  get isLost(): boolean {
    return this.#size - this.refused.size < this.#needed
  }
}
