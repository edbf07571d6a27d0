import { unreachable } from '@lockstep/process'
import type { Change, KeyValue } from './key-value.ts'
import type { Compare, StoreOp, StoreValue, TxnOp, TxnStep, TxnStepResult } from './operation.ts'

/** About how many bytes an operation takes on the wire. */
export function opBytes(op: StoreOp | TxnStep): number {
  switch (op.type) {
    case 'put':
      return op.key.length + (op.value?.length ?? 0)
    case 'cas':
      return op.key.length + (op.from?.length ?? 0) + op.to.length
    case 'get':
    case 'delete':
      return op.key.length
    case 'range':
    case 'delete-range':
      return 64 + op.key.length + (op.end?.length ?? 0)
    case 'txn':
      return txnBytes(op)
    case 'compact':
    case 'grant':
    case 'revoke':
    case 'keep-alive':
    case 'time-to-live':
    case 'leases':
      return 16
    default:
      return unreachable(op)
  }
}

/** About how many bytes an answer takes on the wire. */
export function valueBytes(value: StoreValue | TxnStepResult): number {
  switch (value.type) {
    case 'range':
      return value.kvs.reduce((sum, kv) => sum + kvBytes(kv), 32)
    case 'txn':
      return value.results.reduce((sum, result) => sum + valueBytes(result), 32)
    case 'put':
      return 16 + kvBytes(value.prevKv ?? null)
    case 'delete-range':
      return (value.prevKvs ?? []).reduce((sum, kv) => sum + kvBytes(kv), 24)
    case 'value':
      return 16 + (value.value?.length ?? 0)
    case 'time-to-live':
      return (value.keys ?? []).reduce((sum, key) => sum + 4 + key.length, 32)
    case 'leases':
      return 16 + 8 * value.leases.length
    case 'done':
    case 'deleted':
    case 'swapped':
    case 'compact':
    case 'grant':
    case 'revoke':
    case 'keep-alive':
    case 'refused':
      return 24
    default:
      return unreachable(value)
  }
}

/** About how many bytes a key with its value takes. */
export function kvBytes(kv: KeyValue | null): number {
  return kv === null ? 1 : 48 + kv.key.length + kv.value.length
}

/** About how many bytes a change takes. */
export function changeBytes({ before, after }: Change): number {
  return 24 + kvBytes(before) + kvBytes(after)
}

function txnBytes({ compare, success, failure }: TxnOp): number {
  let bytes = 32
  for (const one of compare) bytes += compareBytes(one)
  for (const step of success) bytes += 32 + opBytes(step)
  for (const step of failure) bytes += 32 + opBytes(step)
  return bytes
}

function compareBytes({ key, end, than }: Compare): number {
  return 48 + key.length + (end?.length ?? 0) + (typeof than === 'string' ? than.length : 8)
}
