import type { Message, NodeId, Reply } from '@lockstep/process'
import type { ClientResult, ToNode } from './messages.ts'

type Fields = Readonly<Record<string, unknown>>

/** The highest number that is believed: it leaves room to count on without losing exactness. */
const numberMax = 2 ** 52

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
      return isCount(m['id'])
    case 'TransferLeadership':
      return isCount(m['id']) && typeof m['to'] === 'string'
    case 'OpenSession':
      return isCount(m['id'])
    case 'ClientRequest':
      return isCount(m['id']) && isSession(m['session']) && isOperation(m['op'])
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
      return isValue(result['value'])
    case 'not-leader':
      return isTextOrNull(result['leader'])
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
      return typeof result['code'] === 'string' && typeof result['text'] === 'string'
    case 'unknown-member':
    case 'overloaded':
    case 'deposed':
    case 'session-expired':
    case 'superseded':
      return true
    default:
      return false
  }
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
  if (typeof done !== 'boolean' || !isCount(checksum) || !Array.isArray(items)) return false
  return (items as readonly unknown[]).every(isItem)
}

function isItem(item: unknown): boolean {
  if (!isRecord(item)) return false
  if (item['type'] === 'key') {
    return typeof item['key'] === 'string' && typeof item['value'] === 'string'
  }
  if (item['type'] === 'time') return isCount(item['time'])
  const uses = item['uses']
  if (item['type'] !== 'session' || !isPositive(item['session']) || !isRecord(uses)) return false
  const { received, results, used, at } = uses
  if (!isCount(received) || !isPositive(used) || !isCount(at) || !Array.isArray(results))
    return false
  let before = received
  return (results as readonly unknown[]).every((result) => {
    if (!isRecord(result) || !isCount(result['seq']) || !isValue(result['value'])) return false
    const isNext = result['seq'] > before
    before = result['seq']
    return isNext
  })
}

function isCommand(command: unknown): boolean {
  if (!isRecord(command)) return false
  switch (command['type']) {
    case 'noop':
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

function isOperation(op: unknown): boolean {
  if (!isRecord(op) || typeof op['key'] !== 'string') return false
  switch (op['type']) {
    case 'get':
    case 'delete':
      return true
    case 'put':
      return typeof op['value'] === 'string'
    case 'cas':
      return isTextOrNull(op['from']) && typeof op['to'] === 'string'
    default:
      return false
  }
}

function isValue(value: unknown): boolean {
  if (!isRecord(value)) return false
  switch (value['type']) {
    case 'value':
      return isTextOrNull(value['value'])
    case 'done':
      return true
    case 'deleted':
      return typeof value['existed'] === 'boolean'
    case 'swapped':
      return typeof value['swapped'] === 'boolean'
    default:
      return false
  }
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string'
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < numberMax
}

/** A number that starts at 1: a term that somebody speaks in, a session, a sequence number. */
function isPositive(value: unknown): value is number {
  return isCount(value) && value > 0
}
