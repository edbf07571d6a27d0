import type { NodeId } from '@lockstep/process'

/** Groups of voters whose majorities must all agree: one, or the two of a joint configuration (§6). */
export type Groups = readonly (readonly NodeId[])[]

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

/**
 * The highest index, round or instant that a majority of every group has reached; `none` where there
 * is no group, since nobody can agree to anything then.
 */
export function quorumIndex<Index extends number>(
  groups: Groups,
  reached: (voter: NodeId) => Index,
  none: Index,
): Index {
  let least: Index | undefined
  for (const group of groups) {
    const index = majorityIndex(group.map(reached))
    if (least === undefined || index < least) least = index
  }
  return least ?? none
}

/** Whether a majority of every group is among those for whom `has` holds; `false` where there is no group. */
export function hasQuorum(groups: Groups, has: (voter: NodeId) => boolean): boolean {
  return groups.length > 0 && groups.every((group) => isMajorityOf(group, has))
}

function isMajorityOf(group: readonly NodeId[], has: (voter: NodeId) => boolean): boolean {
  return group.filter(has).length >= majority(group.length)
}

/** The votes of one election. Each voter counts once in each group that it is in, and nobody else counts. */
export class Ballot {
  readonly granted: Set<NodeId> = new Set()
  readonly refused: Set<NodeId> = new Set()
  readonly #groups: Groups

  constructor(groups: Groups) {
    this.#groups = groups
  }

  /** How many votes the larger group needs. */
  get needed(): number {
    return Math.max(0, ...this.#groups.map((group) => majority(group.length)))
  }

  get isWon(): boolean {
    return hasQuorum(this.#groups, (id) => this.granted.has(id))
  }

  /** Whether those who have not refused are too few. */
  get isLost(): boolean {
    return !hasQuorum(this.#groups, (id) => !this.refused.has(id))
  }
}
