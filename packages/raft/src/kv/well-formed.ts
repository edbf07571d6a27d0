import {
  type Fields,
  isCount,
  isFlag,
  isListOf,
  isOptional,
  isPositive,
  isRecord,
  isText,
  isTextOrNull,
  isWhole,
} from '../shape.ts'

/** Transactions stand in each other at most so deep, the outermost counted too. */
export const txnDepthMax = 8

/** Whether something of unknown origin is an operation of the store, possible in itself. */
export function isOperation(op: unknown): boolean {
  if (!isRecord(op)) return false
  switch (op['type']) {
    case 'get':
    case 'delete':
      return isText(op['key'])
    case 'put':
      return isText(op['key']) && isText(op['value'])
    case 'cas':
      return isText(op['key']) && isTextOrNull(op['from']) && isText(op['to'])
    case 'range':
    case 'txn':
      return isStep(op, 0)
    case 'compact':
      return isCount(op['revision'])
    case 'grant':
      return isCount(op['lease']) && isWhole(op['ttlMs'])
    case 'revoke':
    case 'keep-alive':
      return isCount(op['lease'])
    case 'time-to-live':
      return isCount(op['lease']) && isOptional(op['keys'], isFlag)
    case 'leases':
      return true
    default:
      return false
  }
}

/** Whether something of unknown origin names keys. */
export function isKeyRange(range: unknown): boolean {
  return isRecord(range) && isText(range['key']) && isOptional(range['end'], isText)
}

/** Whether something of unknown origin is an answer of the store. */
export function isStoreValue(value: unknown): boolean {
  if (!isRecord(value)) return false
  switch (value['type']) {
    case 'value':
      return isTextOrNull(value['value'])
    case 'done':
      return true
    case 'deleted':
      return isFlag(value['existed'])
    case 'swapped':
      return isFlag(value['swapped'])
    case 'range':
    case 'txn':
      return isStepResult(value, 0)
    case 'refused':
      return isText(value['code']) && isPositive(value['revision']) && isCount(value['compacted'])
    default:
      return isPositive(value['revision']) && isLeaseValue(value)
  }
}

/** Whether something of unknown origin is a key with its value. */
export function isKeyValue(kv: unknown): boolean {
  return (
    isRecord(kv) &&
    isText(kv['key']) &&
    isText(kv['value']) &&
    isPositive(kv['createRevision']) &&
    isPositive(kv['modRevision']) &&
    isPositive(kv['version']) &&
    isCount(kv['lease'])
  )
}

/** Whether something of unknown origin is a change of a key. */
export function isKeyChange(change: unknown): boolean {
  if (!isRecord(change) || !isPositive(change['revision'])) return false
  const { before, after } = change
  if (before === null && after === null) return false
  return (before === null || isKeyValue(before)) && (after === null || isKeyValue(after))
}

/** Whether something of unknown origin is what a watcher may see. */
export function isWatchEvent(event: unknown): boolean {
  if (!isRecord(event) || !isOptional(event['prevKv'], isKeyValue)) return false
  if (event['type'] === 'put') return isKeyValue(event['kv'])
  return event['type'] === 'delete' && isText(event['key']) && isPositive(event['modRevision'])
}

/** Whether something of unknown origin says what a watcher wants to see. */
export function isWatchFilter(filter: unknown): boolean {
  return (
    isRecord(filter) &&
    ['noPut', 'noDelete', 'prevKv'].every((name) => isOptional(filter[name], isFlag))
  )
}

/** Whether something of unknown origin is a lease. */
export function isLease(lease: unknown): boolean {
  return (
    isRecord(lease) &&
    isPositive(lease['id']) &&
    isPositive(lease['ttlMs']) &&
    isCount(lease['expiresAt'])
  )
}

function isLeaseValue(value: Fields): boolean {
  switch (value['type']) {
    case 'compact':
    case 'revoke':
      return true
    case 'grant':
      return isPositive(value['lease']) && isPositive(value['ttlMs'])
    case 'keep-alive':
      return isCount(value['ttlMs'])
    case 'time-to-live':
      return (
        isWhole(value['ttlMs']) &&
        isCount(value['grantedMs']) &&
        isOptional(value['keys'], (keys) => isListOf(keys, isText))
      )
    case 'leases':
      return isListOf(value['leases'], isPositive)
    default:
      return false
  }
}

function isStep(step: unknown, depth: number): boolean {
  if (!isRecord(step)) return false
  switch (step['type']) {
    case 'range':
      return isRange(step)
    case 'put':
      return isPut(step)
    case 'delete-range':
      return isKeyRange(step) && isOptional(step['prevKv'], isFlag)
    case 'txn': {
      if (depth === txnDepthMax) return false
      const areSteps = (steps: unknown): boolean => isListOf(steps, (one) => isStep(one, depth + 1))
      return (
        isListOf(step['compare'], isCompare) &&
        areSteps(step['success']) &&
        areSteps(step['failure'])
      )
    }
    default:
      return false
  }
}

const bounds = [
  'revision',
  'limit',
  'minModRevision',
  'maxModRevision',
  'minCreateRevision',
  'maxCreateRevision',
] as const
const sorts: readonly unknown[] = ['key', 'value', 'version', 'createRevision', 'modRevision']

function isRange(op: Fields): boolean {
  return (
    isKeyRange(op) &&
    bounds.every((bound) => isOptional(op[bound], isCount)) &&
    isOptional(op['sort'], isSort) &&
    isOptional(op['keysOnly'], isFlag) &&
    isOptional(op['countOnly'], isFlag)
  )
}

function isSort(sort: unknown): boolean {
  if (!isRecord(sort) || !sorts.includes(sort['by'])) return false
  return sort['order'] === 'ascending' || sort['order'] === 'descending'
}

function isPut(step: Fields): boolean {
  const { key, value, lease, prevKv, ignoreValue, ignoreLease } = step
  return (
    isText(key) &&
    isOptional(value, isText) &&
    isOptional(lease, isCount) &&
    [prevKv, ignoreValue, ignoreLease].every((flag) => isOptional(flag, isFlag))
  )
}

const comparisons: readonly unknown[] = ['equal', 'not-equal', 'less', 'greater']
const numbers: readonly unknown[] = ['version', 'createRevision', 'modRevision', 'lease']

function isCompare(compare: unknown): boolean {
  if (!isKeyRange(compare)) return false
  const { is, target, than } = compare as Fields
  if (!comparisons.includes(is)) return false
  return target === 'value' ? isText(than) : numbers.includes(target) && isCount(than)
}

function isStepResult(result: unknown, depth: number): boolean {
  if (!isRecord(result) || !isPositive(result['revision'])) return false
  switch (result['type']) {
    case 'range':
      return (
        isListOf(result['kvs'], isKeyValue) && isCount(result['count']) && isFlag(result['more'])
      )
    case 'put':
      return isOptional(result['prevKv'], isKeyValue)
    case 'delete-range':
      return (
        isCount(result['deleted']) &&
        isOptional(result['prevKvs'], (kvs) => isListOf(kvs, isKeyValue))
      )
    case 'txn':
      return (
        depth < txnDepthMax &&
        isFlag(result['succeeded']) &&
        isListOf(result['results'], (one) => isStepResult(one, depth + 1))
      )
    default:
      return false
  }
}
