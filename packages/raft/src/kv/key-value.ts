/** A revision of the store: 1 at first, one more for each operation or transaction that changes a key. */
export type Revision = number

/** A key with its value, and where it comes from. */
export interface KeyValue {
  readonly key: string
  readonly value: string
  /** The revision that made the key, after whatever removed it before. */
  readonly createRevision: Revision
  /** The revision that wrote it last. */
  readonly modRevision: Revision
  /** 1 when it was made, one more for every write since. */
  readonly version: number
  /** The lease that it goes with; 0 for none. */
  readonly lease: number
}

/** What a revision did to a key: `before` is `null` when it made the key, `after` when it removed it. */
export interface Change {
  readonly revision: Revision
  readonly before: KeyValue | null
  readonly after: KeyValue | null
}

/** The key that a change is of. */
export function keyOf({ before, after }: Change): string {
  return ((after ?? before) as KeyValue).key
}
