import type { Message, Milliseconds, NodeId } from '@lockstep/process'
import type { IndexCost } from './index-pages.ts'
import type { LayoutOptions } from '../snowflake/layout.ts'

/** Which generator of a node is asked. */
export type IdKind = 'snowflake' | 'segment' | 'counter'

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

/** A client asks a node to make UUIDs of a version, and to insert them into the database's index. */
export interface Insert extends Message {
  readonly type: 'Insert'
  readonly id: number
  readonly version: 4 | 7
  readonly count: number
}

/** The answer to `Insert`. */
export interface Inserted extends Message {
  readonly type: 'Inserted'
  readonly re: number
  readonly cost: IndexCost
}

/** What the database is asked: to insert keys. It answers with what that did, as `Inserted`. */
export interface InsertKeys extends Message {
  readonly type: 'InsertKeys'
  readonly id: number
  /** The index of that name. */
  readonly index: string
  readonly keys: readonly string[]
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

/** What Redis is asked: to run a script. */
export interface Eval extends Message {
  readonly type: 'Eval'
  readonly id: number
  readonly script: string
  readonly keys: readonly string[]
  readonly values: readonly string[]
}

/** What it answers. */
export interface Evaled extends Message {
  readonly type: 'Evaled'
  readonly re: number
  readonly answer: readonly string[]
}

/** What the database is asked about the floor of a counter: to begin an era, or to raise the bound of one. */
export type FloorRequest =
  | { readonly type: 'BeginEra'; readonly id: number; readonly name: string }
  | {
      readonly type: 'RaiseFloor'
      readonly id: number
      readonly name: string
      readonly era: number
      /** A whole number in decimal: it may have 63 bits. */
      readonly bound: string
    }

/** What it answers. */
export type FloorReply =
  | {
      readonly type: 'EraBegun'
      readonly re: number
      readonly era: number
      readonly bound: string
    }
  | { readonly type: 'FloorRaised'; readonly re: number; readonly isRaised: boolean }

/** All that goes over the lab's network. */
export type LabMessage =
  | Insert
  | Inserted
  | InsertKeys
  | Eval
  | Evaled
  | FloorRequest
  | FloorReply
  | Next
  | NextReply
  | LenderRequest
  | LenderReply
  | TakeSegment
  | SegmentTaken
