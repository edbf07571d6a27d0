import type { Message, NodeId, Reply } from '@lockstep/process'
import { readIn, type StoreOp } from './kv/operation.ts'
import {
  isKeyChange,
  isKeyRange,
  isKeyValue,
  isLease,
  isOperation,
  isStoreValue,
  isWatchEvent,
  isWatchFilter,
} from './kv/well-formed.ts'
import type { ClientResult, ToNode } from './messages.ts'
import { type Fields, isCount, isListOf, isPositive, isRecord, isTextOrNull } from './shape.ts'

/**
 * Whether a message from outside is one that a node may look at: complete, and possible in itself.
 *
 * Written by hand since it stands before every message.
 */
export function isWellFormed(message: Message): message is ToNode {
  const m: unknown = message
  if (!isRecord(m)) return false
  switch (m['type']) {
    case 'TimeoutNow':
      return isPositive(m['term'])
    case 'RequestPreVote':
    case 'RequestVote':
      return isPositive(m['term']) && isCount(m['lastIndex']) && isCount(m['lastTerm'])
    case 'PreVote':
      return isCount(m['term']) && typeof m['granted'] === 'boolean'
    case 'Vote':
      return isPositive(m['term']) && typeof m['granted'] === 'boolean'
    case 'AppendEntries':
      return isAppendEntries(m)
    case 'AppendResult':
      return isAppendResult(m)
    case 'InstallSnapshot':
      return isPositive(m['term']) && isChunk(m) && (m['lastTerm'] as number) <= m['term']
    case 'SnapshotResult':
      return isPositive(m['term']) && isPositive(m['index']) && isCount(m['received'])
    case 'LeaderConfirmed':
      return isPositive(m['term']) && isCount(m['round'])
    case 'ConfirmLeader':
      return isPositive(m['term']) && isPositive(m['round'])
    case 'ChangeMembership':
      return isCount(m['id']) && isChange(m['change'])
    case 'Members':
    case 'ForgetLeader':
      return isCount(m['id'])
    case 'ReadIndex':
      return isReadIndex(m)
    case 'ReadIndexResult':
      return isReadIndex(m) && isCount(m['index'])
    case 'TransferLeadership':
      return isCount(m['id']) && typeof m['to'] === 'string'
    case 'OpenSession':
      return isCount(m['id'])
    case 'Watch':
      return isCount(m['id']) && isWatch(m)
    case 'ClientRequest':
      return isCount(m['id']) && isSession(m['session']) && isOperation(m['op'])
    case 'ClientRead':
      return isClientRead(m)
    default:
      return false
  }
}

/** The result that a reply carries; `undefined` when it is none that a client understands. */
export function resultIn(reply: Reply): ClientResult | undefined {
  const { result } = reply as Reply & { readonly result?: unknown }
  return isClientResult(result) ? result : undefined
}

function isClientResult(result: unknown): result is ClientResult {
  if (!isRecord(result)) return false
  switch (result['type']) {
    case 'opened':
      return isPositive(result['session'])
    case 'applied':
      return isStoreValue(result['value'])
    case 'not-leader':
      return isTextOrNull(result['leader'])
    case 'watched':
      return isListOf(result['events'], isWatchEvent) && isPositive(result['next'])
    case 'watch-compacted':
      return isCount(result['compacted'])
    case 'too-large':
      return isCount(result['bytes']) && isCount(result['bytesMax'])
    case 'transferring':
      return typeof result['to'] === 'string'
    case 'changed':
      return isConfiguration(result['configuration'])
    case 'members': {
      const { configuration, committed } = result
      return isConfiguration(configuration) && typeof committed === 'boolean'
    }
    case 'change-refused':
    case 'forget-refused':
      return typeof result['code'] === 'string' && typeof result['text'] === 'string'
    case 'unknown-member':
    case 'leader-forgotten':
    case 'overloaded':
    case 'deposed':
    case 'session-expired':
    case 'superseded':
      return true
    default:
      return false
  }
}

function isReadIndex(m: Fields): boolean {
  return isPositive(m['term']) && isPositive(m['incarnation']) && isPositive(m['batch'])
}

function isClientRead({ id, op, from }: Fields): boolean {
  if (!isCount(id) || (from !== 'any' && from !== 'stale')) return false
  return isOperation(op) && readIn(op as StoreOp) !== undefined
}

function isWatch({ range, filter, fromRevision, waitMs }: Fields): boolean {
  return isKeyRange(range) && isWatchFilter(filter) && isPositive(fromRevision) && isCount(waitMs)
}

function isAppendEntries(m: Fields): boolean {
  const { term, prevIndex, prevTerm, entries, commit } = m
  if (!isPositive(term) || !isCount(prevIndex) || !isCount(prevTerm) || !isCount(commit))
    return false
  if (prevTerm > term || !Array.isArray(entries)) return false
  let index = prevIndex
  let before = prevTerm
  let timeBefore = 0
  for (const entry of entries as readonly unknown[]) {
    if (!isRecord(entry) || entry['type'] !== 'entry' || entry['index'] !== ++index) return false
    const of = entry['term']
    if (!isPositive(of) || of < before || of > term || !isCommand(entry['command'])) return false
    const time = entry['time']
    if (!isCount(time) || time < timeBefore) return false
    before = of
    timeBefore = time
  }
  return true
}

function isAppendResult(m: Fields): boolean {
  if (!isPositive(m['term'])) return false
  if (m['success'] === true) return isCount(m['match'])
  return (
    m['success'] === false &&
    isCount(m['rejected']) &&
    isCount(m['hintIndex']) &&
    isCount(m['hintTerm'])
  )
}

function isChunk(m: Fields): boolean {
  const { index, lastTerm, offset, items, done, checksum } = m
  if (!isPositive(index) || !isPositive(lastTerm) || !isCount(offset)) return false
  if (!isConfiguration(m['configuration'])) return false
  return typeof done === 'boolean' && isCount(checksum) && isListOf(items, isItem)
}

function isItem(item: unknown): boolean {
  if (!isRecord(item)) return false
  switch (item['type']) {
    case 'store':
      return (
        isPositive(item['revision']) &&
        isCount(item['compacted']) &&
        isCount(item['now']) &&
        isCount(item['first'])
      )
    case 'key':
      return isKeyValue(item['kv'])
    case 'change':
      return isKeyChange(item['change'])
    case 'lease':
      return isLease(item['lease'])
    case 'session':
      return isPositive(item['session']) && isUses(item['uses'])
    default:
      return false
  }
}

function isUses(uses: unknown): boolean {
  if (!isRecord(uses)) return false
  const { received, results, used, at } = uses
  if (!isCount(received) || !isPositive(used) || !isCount(at)) return false
  let before = received
  return isListOf(results, (result) => {
    if (!isRecord(result) || !isCount(result['seq']) || !isStoreValue(result['value'])) return false
    const isNext = result['seq'] > before
    before = result['seq']
    return isNext
  })
}

function isCommand(command: unknown): boolean {
  if (!isRecord(command)) return false
  switch (command['type']) {
    case 'noop':
    case 'tick':
    case 'open':
      return true
    case 'configure':
      return isConfiguration(command['configuration'])
    case 'operate':
      return isSession(command['session']) && isOperation(command['op'])
    default:
      return false
  }
}

/** Whether every node stands once where it may: a voter is no learner, though an outgoing one may be. */
function isConfiguration(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { voters, outgoing, learners, addresses } = value
  if (!areNodes(voters) || !areNodes(outgoing) || !areNodes(learners)) return false
  if (!Array.isArray(addresses) || voters.some((id) => learners.includes(id))) return false
  return (addresses as readonly unknown[]).every(
    (one) => isRecord(one) && isName(one['id']) && typeof one['address'] === 'string',
  )
}

function areNodes(value: unknown): value is readonly NodeId[] {
  return Array.isArray(value) && value.every(isName) && new Set(value).size === value.length
}

function isChange(change: unknown): boolean {
  if (!isRecord(change) || !Array.isArray(change['steps'])) return false
  const { steps, mode, force } = change
  if (mode !== undefined && !modes.has(mode)) return false
  if (force !== undefined && typeof force !== 'boolean') return false
  return (steps as readonly unknown[]).every(isStep)
}

const modes: ReadonlySet<unknown> = new Set(['auto', 'simple', 'joint'])

function isStep(step: unknown): boolean {
  if (!isRecord(step) || !isName(step['id'])) return false
  switch (step['type']) {
    case 'add-voter':
    case 'add-learner':
      return step['address'] === undefined || typeof step['address'] === 'string'
    case 'promote':
    case 'demote':
    case 'remove':
      return true
    default:
      return false
  }
}

/** A name that a node can have. */
function isName(value: unknown): value is NodeId {
  return typeof value === 'string' && value !== ''
}

function isSession(session: unknown): boolean {
  if (!isRecord(session) || !isCount(session['client'])) return false
  const { seq, received } = session
  return isPositive(seq) && isCount(received) && received < seq
}
