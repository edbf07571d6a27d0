import { type Change, type KeyValue, keyOf, type Revision } from './key-value.ts'
import { isIn, type KeyRange } from './range.ts'

/** What a watcher wants to see. */
export interface WatchFilter {
  /** Leaves writes out. */
  readonly noPut?: boolean
  /** Leaves removals out. */
  readonly noDelete?: boolean
  /** Adds what each key was before. */
  readonly prevKv?: boolean
}

/** A change of a key, as a watcher sees it. */
export type WatchEvent =
  | { readonly type: 'put'; readonly kv: KeyValue; readonly prevKv?: KeyValue }
  | {
      readonly type: 'delete'
      readonly key: string
      readonly modRevision: Revision
      readonly prevKv?: KeyValue
    }

/** The event that a change is to a watcher of a range; `undefined` when it is none. */
export function eventOf(
  change: Change,
  range: KeyRange,
  { noPut, noDelete, prevKv }: WatchFilter,
): WatchEvent | undefined {
  const { after, before, revision } = change
  if ((after === null ? noDelete : noPut) === true || !isIn(keyOf(change), range)) return undefined
  const event: WatchEvent =
    after === null
      ? { type: 'delete', key: keyOf(change), modRevision: revision }
      : { type: 'put', kv: after }
  return prevKv === true && before !== null ? { ...event, prevKv: before } : event
}

/** The revision of an event. */
export function revisionOf(event: WatchEvent): Revision {
  return event.type === 'put' ? event.kv.modRevision : event.modRevision
}
