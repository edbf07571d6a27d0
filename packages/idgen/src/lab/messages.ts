import type { Message, Milliseconds, NodeId } from '@lockstep/process'
import type { LayoutOptions } from '../snowflake/layout.ts'

/** Which generator of a node is asked. */
export type IdKind = 'snowflake' | 'segment'

/** A client asks a node for ids. */
export interface Next extends Message {
  readonly type: 'Next'
  readonly id: number
  readonly kind: IdKind
  readonly count: number
}

/** Ids that a node gave, and what is known of how it made them. */
export interface Given {
  readonly type: 'ids'
  readonly kind: IdKind
  readonly ids: readonly string[]
  readonly node: NodeId
  /** Which of the node's lives gave them. */
  readonly life: number
  /** One more for each answer of a life, in the order in which they were given. */
  readonly serial: number
  /** The earliest and the latest time that the node's wall clock showed while they were made. */
  readonly fromMs: Milliseconds
  readonly toMs: Milliseconds
  /** Where ids name one. */
  readonly workerId?: number
  /** How they are to be read, where they say something. */
  readonly layout?: LayoutOptions
  /** How far the times of ids may be ahead of the clock. */
  readonly aheadMs?: Milliseconds
  /** Whether ids follow their clock back. */
  readonly goesBack?: boolean
}

/** The answer to `Next`. */
export type NextReply =
  | { readonly type: 'Ids'; readonly re: number; readonly given: Given }
  | { readonly type: 'NoIds'; readonly re: number; readonly code: string; readonly text: string }

/** What the lender of worker ids is asked. */
export type LenderRequest =
  | {
      readonly type: 'Lend'
      readonly id: number
      readonly holder: string
      readonly ttlMs: Milliseconds
    }
  | {
      readonly type: 'Renew'
      readonly id: number
      readonly workerId: number
      readonly token: number
      readonly ttlMs: Milliseconds
    }
  | {
      readonly type: 'Release'
      readonly id: number
      readonly workerId: number
      readonly token: number
    }
  | {
      readonly type: 'SaveMark'
      readonly id: number
      readonly workerId: number
      readonly token: number
      readonly markMs: Milliseconds
    }

/** What it answers. */
export type LenderReply =
  | {
      readonly type: 'Lent'
      readonly re: number
      readonly workerId: number
      readonly token: number
      readonly markMs: Milliseconds | null
    }
  | { readonly type: 'AllLent'; readonly re: number }
  /** Whether the loan was the asker's. */
  | { readonly type: 'Kept'; readonly re: number; readonly isOurs: boolean }

/** What the database is asked: the next ids of a tag. */
export interface TakeSegment extends Message {
  readonly type: 'TakeSegment'
  readonly id: number
  readonly tag: string
  /** As many as the step says if not given. */
  readonly size?: number
}

/** What it answers; `end` is the first id that is not taken. */
export interface SegmentTaken extends Message {
  readonly type: 'SegmentTaken'
  readonly re: number
  readonly first: number
  readonly end: number
  readonly step: number
}

/** All that goes over the lab's network. */
export type LabMessage = Next | NextReply | LenderRequest | LenderReply | TakeSegment | SegmentTaken
