import { type Configuration, groupsOf, noConfiguration } from './configuration.ts'
import type { Groups } from './quorum.ts'
import { type LogIndex, noIndex } from './term.ts'

/** A configuration and the entry that brought it; index 0 for the one that a cluster starts with. */
export interface Placed {
  readonly index: LogIndex
  readonly configuration: Configuration
}

/**
 * The configurations of a log, oldest first: the one as of its base, and each that stands behind.
 *
 * A node uses the newest one, whether or not it is committed (thesis §4.1), and falls back to the
 * one before if that entry is cut. To wait for the commit would need a commit index that outlives a
 * crash: a node that came back would elect by a configuration that was left long ago.
 */
export class Configurations {
  /** Never empty; indices rise. */
  #placed: Placed[]
  #groups: Groups

  /** Begins with what a fresh cluster starts with. */
  constructor(configuration: Configuration = noConfiguration) {
    this.#placed = [{ index: noIndex, configuration }]
    this.#groups = groupsOf(configuration)
  }

  /** The one in use. */
  get newest(): Placed {
    return this.#placed.at(-1) as Placed
  }

  /** The one before the one in use, if the log still has it. */
  get previous(): Placed | undefined {
    return this.#placed.at(-2)
  }

  /** The voters of the one in use, in groups whose majorities must all agree. */
  get groups(): Groups {
    return this.#groups
  }

  /** The one in use at an index that the log has, or its base. */
  at(index: LogIndex): Placed {
    return (this.#placed.findLast((placed) => placed.index <= index) ?? this.#placed[0]) as Placed
  }

  /** An entry behind the log brings one. What a snapshot covers is known already. */
  add(placed: Placed): void {
    if (placed.index > this.newest.index) this.#replace([...this.#placed, placed])
  }

  /** The log was cut behind `last`. */
  cutAfter(last: LogIndex): void {
    if (this.newest.index <= last || this.#placed.length === 1) return
    const [oldest, ...later] = this.#placed as [Placed, ...Placed[]]
    this.#replace([oldest, ...later.filter(({ index }) => index <= last)])
  }

  /** The log up to `base` was let go. */
  compact(base: LogIndex): void {
    const from = this.#placed.findLastIndex(({ index }) => index <= base)
    if (from > 0) this.#placed = this.#placed.slice(from)
  }

  /** The log begins anew behind a snapshot that was taken in this configuration. */
  reset(placed: Placed): void {
    this.#replace([placed])
  }

  #replace(placed: Placed[]): void {
    this.#placed = placed
    this.#groups = groupsOf(this.newest.configuration)
  }
}
