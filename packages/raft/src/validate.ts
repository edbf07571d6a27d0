import type { Message } from '@lockstep/process'
import type { ToNode } from './messages.ts'

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
    case 'RequestVote':
      return isTerm(m['term']) && isCount(m['lastIndex']) && isCount(m['lastTerm'])
    case 'Vote':
      return isTerm(m['term']) && typeof m['granted'] === 'boolean'
    case 'AppendEntries':
      return isAppendEntries(m)
    case 'AppendResult':
      return isAppendResult(m)
    case 'OpenSession':
      return isCount(m['id'])
    case 'ClientRequest':
      return isCount(m['id']) && isSession(m['session']) && isOperation(m['op'])
    default:
      return false
  }
}

function isAppendEntries(m: Fields): boolean {
  const { term, prevIndex, prevTerm, entries, commit } = m
  if (!isTerm(term) || !isCount(prevIndex) || !isCount(prevTerm) || !isCount(commit)) return false
  if (prevTerm > term || !Array.isArray(entries)) return false
  let index = prevIndex
  let before = prevTerm
  for (const entry of entries as readonly unknown[]) {
    if (!isRecord(entry) || entry['type'] !== 'entry' || entry['index'] !== ++index) return false
    const of = entry['term']
    if (!isTerm(of) || of < before || of > term || !isCommand(entry['command'])) return false
    before = of
  }
  return true
}

function isAppendResult(m: Fields): boolean {
  if (!isTerm(m['term'])) return false
  if (m['success'] === true) return isCount(m['match'])
  return (
    m['success'] === false &&
    isCount(m['rejected']) &&
    isCount(m['hintIndex']) &&
    isCount(m['hintTerm'])
  )
}

function isCommand(command: unknown): boolean {
  if (!isRecord(command)) return false
  switch (command['type']) {
    case 'noop':
    case 'open':
      return true
    case 'operate':
      return isSession(command['session']) && isOperation(command['op'])
    default:
      return false
  }
}

function isSession(session: unknown): boolean {
  return isRecord(session) && isCount(session['client']) && isTerm(session['seq'])
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
      return (op['from'] === null || typeof op['from'] === 'string') && typeof op['to'] === 'string'
    default:
      return false
  }
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < numberMax
}

/** A term that somebody speaks in, or a sequence number: both start at 1. */
function isTerm(value: unknown): value is number {
  return isCount(value) && value > 0
}
