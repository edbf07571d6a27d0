import type { Message, TraceEvent } from '@lockstep/process'
import type { Glyph, LogRow, Summary } from '@lockstep/sim'
import type { Command } from './command.ts'
import type { Configuration } from './configuration.ts'
import type { StoreOp, StoreValue } from './kv/operation.ts'
import { answerText, askedText } from './kv/text.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftView } from './view.ts'

type Membership = Pick<Configuration, 'voters' | 'outgoing' | 'learners'>

/** How a message is drawn. An append without entries is a heartbeat. */
export function glyph(message: Message): Glyph {
  const m = message as RaftMessage
  switch (m.type) {
    case 'TimeoutNow':
    case 'RequestPreVote':
    case 'PreVote':
    case 'RequestVote':
    case 'Vote':
      return { family: 'vote', epoch: m.term }
    case 'AppendEntries':
      return { family: m.entries.length === 0 ? 'heartbeat' : 'append', epoch: m.term }
    case 'AppendResult':
      return { family: 'append', epoch: m.term }
    case 'InstallSnapshot':
    case 'SnapshotResult':
      return { family: 'snapshot', epoch: m.term }
    case 'ConfirmLeader':
    case 'LeaderConfirmed':
    case 'ReadIndex':
    case 'ReadIndexResult':
      return { family: 'heartbeat', epoch: m.term }
    case 'OpenSession':
    case 'TransferLeadership':
    case 'ChangeMembership':
    case 'Members':
    case 'ForgetLeader':
    case 'ClientRequest':
    case 'ClientRead':
    case 'Watch':
    case 'ClientReply':
      return { family: 'client', epoch: undefined }
    default:
      return { family: 'other', epoch: undefined }
  }
}

/** What the stage shows of a node. */
export function summary(view: unknown): Summary {
  const { role, membership, term, last, durable, commit, applied, votes } = view as RaftView
  const isObserver = role === 'follower' && membership !== 'voter'
  const isStanding = role === 'candidate' || role === 'pre-candidate'
  return {
    shape: isStanding ? 'candidate' : isObserver ? 'observer' : role,
    role: isObserver ? membership : role,
    epoch: term,
    log: { end: last, synced: durable, commit, applied },
    ...(isStanding && votes !== null ? { votes } : {}),
    ...(isObserver ? {} : { timer: role === 'leader' ? 'heartbeat' : 'election' }),
  }
}

/** The rows of a node's log. */
export function logRows(view: unknown): readonly LogRow[] {
  const { log } = view as RaftView
  return log.map(({ index, term, command }) => ({ index, epoch: term, text: commandText(command) }))
}

/** An operation, and its value once it is known: 'put x = 3', 'get x → 3'. */
export function operationText(op: StoreOp, value?: StoreValue): string {
  const asked = askedText(op)
  return value === undefined || value.type === 'done' ? asked : `${asked} → ${answerText(value)}`
}

/** What a node did, as a sentence; `undefined` for what is not worth one. */
export function sentence(event: TraceEvent): string | undefined {
  const { kind, node } = event
  if (kind === 'start') return event.value === 1 ? undefined : `${node} came back from its disk`
  if (kind === 'stop') return `${node} was asked to stop`
  if (kind === 'crash' && event.name === 'stopped') return `${node} ended in good order`
  if (kind === 'crash') return `${node} crashed${lostText(event.value)}`
  if (kind === 'pause') return `${node} stands still`
  if (kind === 'resume') return `${node} goes on`
  // A leader repeats itself at every heartbeat to a node that is down: it would drown the rest.
  if (kind === 'mark' && event.name === 'sent an append again') return undefined
  if (kind === 'mark') return `${node} ${markText(event.name, event.data)}`
  if (kind === 'violation') return `${event.name} is violated: ${String(event.data)}`
  return undefined
}

function lostText(writes: number): string {
  return writes === 0 ? '' : ` and lost ${count(writes, 'unsynced write')}`
}

function commandText(command: Command): string {
  if (command.type === 'noop') return 'no-op'
  if (command.type === 'tick') return 'let time pass'
  if (command.type === 'open') return 'open a session'
  if (command.type === 'configure') return `members: ${membersText(command.configuration)}`
  return askedText(command.op)
}

/** 'n1, n2, n3; before n1, n2; learners n4'. */
export function membersText({ voters, outgoing, learners }: Membership): string {
  const parts = [voters.join(', ')]
  if (outgoing.length > 0) parts.push(`before ${outgoing.join(', ')}`)
  if (learners.length > 0) parts.push(`learners ${learners.join(', ')}`)
  return parts.join('; ')
}

/** Marks are verbs; what they carry makes them a sentence. */
function markText(name: string, data: unknown): string {
  if (typeof data !== 'object' || data === null) return name
  const said = (field: string): string => String((data as Readonly<Record<string, unknown>>)[field])
  switch (name) {
    case 'asked before an election':
      return `asks who would vote for it in term ${said('term')}`
    case 'stood back':
      return `stays in term ${said('term')}: no majority would vote for it`
    case 'ignored a candidate':
      return `ignored ${said('candidate')}, which wants to be elected: it hears its leader`
    case 'started an election':
      return `stands for election in term ${said('term')}`
    case 'became leader':
      return `became leader of term ${said('term')} (votes ${said('votes').replaceAll(',', ', ')})`
    case 'stepped down':
      return `stepped down as leader and follows in term ${said('term')}`
    case 'heard no majority':
      return `heard no majority for an election timeout`
    case 'lost an election':
      return `lost the election of term ${said('term')}`
    case 'ran out of votes in time':
      return `got no majority in term ${said('term')} in time`
    case 'refused a stale log':
      return `refused ${said('candidate')} its vote: the log is behind`
    case 'refused a second vote':
      return `refused ${said('candidate')} its vote: it voted already in term ${said('term')}`
    case 'entered a joint configuration':
      return `enters a joint configuration, in which both majorities must agree: ${membersText(data as Membership)}`
    case 'left a joint configuration':
      return `leaves the joint configuration for ${membersText(data as Membership)}`
    case 'changed its configuration':
      return `takes these for the members from now on: ${membersText(data as Membership)}`
    case 'fell back to an earlier configuration':
      return `falls back to the configuration of entry ${said('index')}: that of entry ${said('from')} was cut`
    case 'promoted a learner':
      return `gives a vote to ${said('promoted').replaceAll(',', ', ')}, which has learnt the log`
    case 'refused a change':
      return `refused a change of the members: ${said('text')}`
    case 'removed itself':
      return `no longer votes, so it tells another voter to stand and stops leading`
    case 'truncated its log':
      return `cut entries ${said('from')} to ${said('to')} from its log`
    case 'took a snapshot':
      return `took a snapshot up to entry ${said('index')} and keeps the log behind ${said('base')}`
    case 'sent a snapshot':
      return `sends ${said('to')} a snapshot up to entry ${said('index')}: the log no longer reaches back that far`
    case 'resumed a snapshot':
      return `goes on sending ${said('to')} the snapshot, from item ${said('offset')}`
    case 'installed a snapshot':
      return `goes on from a snapshot up to entry ${said('index')}, sent by ${said('from')}`
    case 'found its disk stalled':
      return `found its disk stalled; entries that wait for it: ${said('unsynced')}`
    case 'began to hand over':
      return `hands over to ${said('to')} and takes no proposals`
    case 'gave up handing over':
      return `still leads, and gave up handing over to ${said('to')}`
    case 'stepped down for its stalled disk':
      return `steps down, since its disk still wrote nothing; entries that wait for it: ${said('unsynced')}`
    case 'let a read wait':
      return `lets a read wait: nothing of term ${said('term')} is committed yet`
    case 'left requests open':
      return `left ${count(Number(said('open')), 'request')} open`
    case 'refused a message':
      return `refused a message: ${said('reason')}`
    default:
      return name
  }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
