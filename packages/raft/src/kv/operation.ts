import { type Milliseconds, unreachable } from '@lockstep/process'
import type { KeyValue, Revision } from './key-value.ts'
import type { KeyRange } from './range.ts'

/** What a client may ask of one key. Keys and values are strings; `null` stands for a missing key. */
export type KvOp =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string }
  /** Writes `to` if the key holds `from`. */
  | {
      readonly type: 'cas'
      readonly key: string
      readonly from: string | null
      readonly to: string
    }

/** What the store answers: a get its value, a put 'done', a delete and a cas whether they did it. */
export type KvValue =
  | { readonly type: 'value'; readonly value: string | null }
  | { readonly type: 'done' }
  | { readonly type: 'deleted'; readonly existed: boolean }
  | { readonly type: 'swapped'; readonly swapped: boolean }

/** How the keys of a range are sorted; equal ones stay in the order of their keys. */
export interface Sort {
  readonly by: 'key' | 'value' | 'version' | 'createRevision' | 'modRevision'
  readonly order: 'ascending' | 'descending'
}

/** How a range is read. */
export interface RangeOptions {
  /** The past revision that is read; the newest one if not given. */
  readonly revision?: Revision
  /** The most keys that are answered; all if not given or 0. */
  readonly limit?: number
  readonly sort?: Sort
  readonly minModRevision?: Revision
  readonly maxModRevision?: Revision
  readonly minCreateRevision?: Revision
  readonly maxCreateRevision?: Revision
  /** Answers every value as an empty text. */
  readonly keysOnly?: boolean
  /** Answers how many keys there are, and none of them. */
  readonly countOnly?: boolean
}

/** Reads the keys of a range. */
export interface RangeOp extends KeyRange, RangeOptions {
  readonly type: 'range'
}

/** How a key is written. */
export interface PutOptions {
  /** The lease that the key goes with from now on; none if not given or 0. */
  readonly lease?: number
  /** Answers what the key was before. */
  readonly prevKv?: boolean
  /** Keeps the value of a key that must exist, and changes the rest. */
  readonly ignoreValue?: boolean
  /** Keeps the lease of a key that must exist. */
  readonly ignoreLease?: boolean
}

/** Writes a key within a transaction; `value` is left out with `ignoreValue`. */
export interface PutStep extends PutOptions {
  readonly type: 'put'
  readonly key: string
  readonly value?: string
}

/** How keys are removed. */
export interface DeleteOptions {
  /** Answers what the keys were. */
  readonly prevKv?: boolean
}

/** Removes the keys of a range within a transaction. */
export interface DeleteRangeStep extends KeyRange, DeleteOptions {
  readonly type: 'delete-range'
}

/** What a transaction does, in order; each step sees what those before it wrote. */
export type TxnStep = RangeOp | PutStep | DeleteRangeStep | TxnOp

/** What must be true of a key, or of all keys of a range. */
export type Compare = KeyRange & {
  readonly is: 'equal' | 'not-equal' | 'less' | 'greater'
} & (
    | { readonly target: 'value'; readonly than: string }
    | {
        readonly target: 'version' | 'createRevision' | 'modRevision' | 'lease'
        readonly than: number
      }
  )

/** Does `success` if every comparison holds, otherwise `failure`; all of it in one revision. */
export interface TxnOp {
  readonly type: 'txn'
  readonly compare: readonly Compare[]
  readonly success: readonly TxnStep[]
  readonly failure: readonly TxnStep[]
}

/** What a client may ask of the store: the simple operations, those of revisions, and leases. */
export type StoreOp =
  | KvOp
  | RangeOp
  | TxnOp
  /** Lets the history before a revision go. */
  | { readonly type: 'compact'; readonly revision: Revision }
  /** Grants a lease; the store chooses an id for 0. */
  | { readonly type: 'grant'; readonly lease: number; readonly ttlMs: Milliseconds }
  /** Ends a lease and removes its keys. */
  | { readonly type: 'revoke'; readonly lease: number }
  /** Gives a lease its full time again. */
  | { readonly type: 'keep-alive'; readonly lease: number }
  | { readonly type: 'time-to-live'; readonly lease: number; readonly keys?: boolean }
  | { readonly type: 'leases' }

/** What a range answers. */
export interface RangeResult {
  readonly type: 'range'
  /** The store's revision, also when a past one was read. */
  readonly revision: Revision
  readonly kvs: readonly KeyValue[]
  /** How many keys the range has, whatever the limit and the filters leave of them. */
  readonly count: number
  /** Whether the limit cut keys off. */
  readonly more: boolean
}

/** What a put within a transaction answers. */
export interface PutResult {
  readonly type: 'put'
  readonly revision: Revision
  readonly prevKv?: KeyValue
}

/** What a removal within a transaction answers. */
export interface DeleteRangeResult {
  readonly type: 'delete-range'
  readonly revision: Revision
  readonly deleted: number
  readonly prevKvs?: readonly KeyValue[]
}

/** What a transaction answers: whether its comparisons held, and a result for each step that it did. */
export interface TxnResult {
  readonly type: 'txn'
  readonly revision: Revision
  readonly succeeded: boolean
  readonly results: readonly TxnStepResult[]
}

/** What a step of a transaction answers. */
export type TxnStepResult = RangeResult | PutResult | DeleteRangeResult | TxnResult

/** How long a lease still has. */
export interface TimeToLive {
  readonly type: 'time-to-live'
  readonly revision: Revision
  /** -1 when there is no such lease. */
  readonly ttlMs: Milliseconds
  /** What it was granted. */
  readonly grantedMs: Milliseconds
  readonly keys?: readonly string[]
}

/** Why the store did not do what it was asked: nothing was changed. */
export type RefusalCode =
  | 'compacted'
  | 'future-revision'
  | 'empty-key'
  | 'key-not-found'
  | 'value-provided'
  | 'lease-provided'
  | 'lease-not-found'
  | 'lease-exists'
  | 'ttl-too-large'
  | 'duplicate-key'
  | 'too-many-operations'

/** A refusal, with the store's revision and how far it is compacted. */
export interface Refused {
  readonly type: 'refused'
  readonly code: RefusalCode
  readonly revision: Revision
  readonly compacted: Revision
}

/** What the store answers. */
export type StoreValue =
  | KvValue
  | RangeResult
  | TxnResult
  | { readonly type: 'compact'; readonly revision: Revision }
  | {
      readonly type: 'grant'
      readonly revision: Revision
      readonly lease: number
      readonly ttlMs: Milliseconds
    }
  | { readonly type: 'revoke'; readonly revision: Revision }
  /** `ttlMs` is 0 when there is no such lease. */
  | { readonly type: 'keep-alive'; readonly revision: Revision; readonly ttlMs: Milliseconds }
  | TimeToLive
  | { readonly type: 'leases'; readonly revision: Revision; readonly leases: readonly number[] }
  | Refused

type ValueOf<Type extends StoreValue['type']> = Extract<StoreValue, { readonly type: Type }>

/** What answers an operation that is not refused, by its type. */
export interface AnswerTo {
  get: ValueOf<'value'>
  put: ValueOf<'done'>
  delete: ValueOf<'deleted'>
  cas: ValueOf<'swapped'>
  range: RangeResult
  txn: TxnResult
  compact: ValueOf<'compact'>
  grant: ValueOf<'grant'>
  revoke: ValueOf<'revoke'>
  'keep-alive': ValueOf<'keep-alive'>
  'time-to-live': TimeToLive
  leases: ValueOf<'leases'>
}

/** Whether a value is of the type that answers such an operation. */
export function answers<Type extends StoreOp['type']>(
  value: StoreValue,
  type: Type,
): value is StoreValue & AnswerTo[Type] {
  return value.type === (simpleAnswers[type] ?? type)
}

const simpleAnswers: Readonly<Partial<Record<StoreOp['type'], StoreValue['type']>>> = {
  get: 'value',
  put: 'done',
  delete: 'deleted',
  cas: 'swapped',
}

/** An operation that may be one that only reads. */
export type ReadOp = Extract<
  StoreOp,
  { readonly type: 'get' | 'range' | 'txn' | 'time-to-live' | 'leases' }
>

/** The operation if it only reads, so that it needs no entry in the log. */
export function readIn(op: StoreOp): ReadOp | undefined {
  switch (op.type) {
    case 'get':
    case 'range':
    case 'time-to-live':
    case 'leases':
      return op
    case 'txn':
      return op.success.every(onlyReads) && op.failure.every(onlyReads) ? op : undefined
    case 'put':
    case 'delete':
    case 'cas':
    case 'compact':
    case 'grant':
    case 'revoke':
    case 'keep-alive':
      return undefined
    default:
      return unreachable(op)
  }
}

function onlyReads(step: TxnStep): boolean {
  return step.type === 'range' || (step.type === 'txn' && readIn(step) !== undefined)
}
