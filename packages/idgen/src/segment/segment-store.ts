/** Ids from `first` up to but without `end`: they belong to whoever loaded them, for ever. */
export interface Segment {
  readonly first: bigint
  readonly end: bigint
  /** The step that the store has for this tag now, which an operator may change at any time. */
  readonly step: number
}

/** Where segments come from. `SqlSegmentStore` keeps them in a database. */
export interface SegmentStore {
  /** All tags that there are, with their steps. */
  tags(): Promise<ReadonlyMap<string, number>>
  /**
   * Takes the next `size` ids of a tag, or as many as its step says. It is remembered durably that
   * they are taken before this resolves; when it rejects they may be taken or not.
   *
   * @throws {IdError} `no-such-sequence`, `sequence-exhausted` or `unavailable`.
   */
  load(tag: string, size?: number): Promise<Segment>
}
