import { unreachable } from '@lockstep/process'
import type { KeyValue } from './key-value.ts'
import type { Compare, StoreOp, StoreValue, TxnOp, TxnStep, TxnStepResult } from './operation.ts'
import { everyKey, type KeyRange, noEnd, prefixOf } from './range.ts'

/** An operation in a few words: 'put x = 3'. */
export function askedText(op: StoreOp): string {
  switch (op.type) {
    case 'get':
    case 'delete':
      return `${op.type} ${op.key}`
    case 'put':
      return `put ${op.key} = ${op.value}`
    case 'cas':
      return `cas ${op.key}: ${op.from ?? 'nothing'} to ${op.to}`
    case 'range':
    case 'txn':
      return stepText(op)
    case 'compact':
      return `compact ${op.revision}`
    case 'grant':
      return `grant a lease of ${op.ttlMs} ms`
    case 'revoke':
      return `revoke lease ${op.lease}`
    case 'keep-alive':
      return `keep lease ${op.lease} alive`
    case 'time-to-live':
      return `time to live of lease ${op.lease}`
    case 'leases':
      return 'list leases'
    default:
      return unreachable(op)
  }
}

/** An answer in a few words. */
export function answerText(value: StoreValue): string {
  switch (value.type) {
    case 'value':
      return value.value ?? 'nothing'
    case 'done':
      return 'done'
    case 'deleted':
      return value.existed ? 'deleted' : 'was not there'
    case 'swapped':
      return value.swapped ? 'swapped' : 'not swapped'
    case 'range':
    case 'txn':
      return resultText(value)
    case 'compact':
    case 'revoke':
      return 'done'
    case 'grant':
      return `lease ${value.lease} for ${value.ttlMs} ms`
    case 'keep-alive':
      return value.ttlMs === 0 ? 'no such lease' : `${value.ttlMs} ms`
    case 'time-to-live':
      return value.ttlMs < 0 ? 'no such lease' : `${value.ttlMs} of ${value.grantedMs} ms`
    case 'leases':
      return value.leases.length === 0 ? 'none' : value.leases.join(', ')
    case 'refused':
      return `refused: ${value.code}`
    default:
      return unreachable(value)
  }
}

/** The keys of a range in a few words. */
function rangeText(range: KeyRange): string {
  const { key, end } = range
  if (end === undefined) return key
  if (key === everyKey.key && end === noEnd) return 'all keys'
  if (end === noEnd) return `${key} …`
  return end === prefixOf(key).end ? `${key}*` : `${key} … ${end}`
}

function stepText(step: TxnStep): string {
  switch (step.type) {
    case 'range':
      return `range ${rangeText(step)}${step.revision === undefined ? '' : ` at ${step.revision}`}`
    case 'put':
      return `put ${step.key}${step.value === undefined ? '' : ` = ${step.value}`}${
        step.lease === undefined ? '' : ` with lease ${step.lease}`
      }`
    case 'delete-range':
      return `delete ${rangeText(step)}`
    case 'txn':
      return txnText(step)
    default:
      return unreachable(step)
  }
}

function txnText({ compare, success, failure }: TxnOp): string {
  const steps = (list: readonly TxnStep[]): string => list.map(stepText).join(', ') || 'nothing'
  const otherwise = failure.length === 0 ? '' : ` else ${steps(failure)}`
  if (compare.length === 0) return `txn ${steps(success)}`
  return `txn if ${compare.map(compareText).join(' and ')} then ${steps(success)}${otherwise}`
}

const signs = { equal: '=', 'not-equal': '≠', less: '<', greater: '>' } as const

function compareText(compare: Compare): string {
  const { target, is, than } = compare
  const what = target === 'value' ? '' : ` ${target}`
  return `${rangeText(compare)}${what} ${signs[is]} ${than}`
}

function resultText(result: TxnStepResult): string {
  switch (result.type) {
    case 'range':
      return result.kvs.length === 0 ? String(result.count) : result.kvs.map(kvText).join(', ')
    case 'put':
      return 'done'
    case 'delete-range':
      return `${result.deleted} deleted`
    case 'txn':
      return `${result.succeeded ? 'then' : 'else'}${result.results.map((one) => ` ${resultText(one)};`).join('')}`
    default:
      return unreachable(result)
  }
}

function kvText({ key, value }: KeyValue): string {
  return `${key} = ${value}`
}
