import type { Message, TraceEvent } from '@lockstep/process'
import type { Glyph, LogRow, Summary } from '@lockstep/sim'
import type { DatabaseView } from './database.ts'
import type { IdNodeView } from './id-node.ts'
import type { LenderView } from './lender.ts'
import type { RedisView } from './redis.ts'
import { waits } from './marks.ts'
import type { LabMessage } from './messages.ts'
import { idsText } from './work.ts'

type View = IdNodeView | LenderView | DatabaseView | RedisView

/** How a message is drawn: leases as votes, segments as appends, renewals and marks as heartbeats. */
export function glyph(message: Message): Glyph {
  const m = message as LabMessage
  switch (m.type) {
    case 'Next':
    case 'NoIds':
    case 'Insert':
    case 'Inserted':
      return { family: 'client', epoch: undefined }
    case 'Ids':
      return { family: 'client', epoch: m.given.workerId }
    case 'Lend':
    case 'AllLent':
      return { family: 'vote', epoch: undefined }
    case 'Lent':
    case 'Release':
      return { family: 'vote', epoch: m.workerId }
    case 'TakeSegment':
    case 'InsertKeys':
    case 'SegmentTaken':
    case 'Eval':
    case 'Evaled':
      return { family: 'append', epoch: undefined }
    case 'Renew':
    case 'SaveMark':
      return { family: 'heartbeat', epoch: m.workerId }
    case 'Kept':
    case 'BeginEra':
    case 'EraBegun':
    case 'RaiseFloor':
    case 'FloorRaised':
      return { family: 'heartbeat', epoch: undefined }
    default:
      return { family: 'other', epoch: undefined }
  }
}

/** What the stage shows: the worker id is the colour of a node. */
export function summary(view: unknown): Summary {
  const one = view as View
  switch (one.is) {
    case 'lender': {
      const { length } = one.loans
      return { shape: 'leader', role: 'lender', epoch: 0, note: `${length} lent` }
    }
    case 'database': {
      const [end] = Object.values(one.taken)
      return { shape: 'leader', role: 'database', epoch: 0, note: `ids from ${end ?? 1}` }
    }
    case 'redis': {
      const [, last = '0'] = one.last.split(' ')
      return { shape: 'leader', role: 'Redis', epoch: 0, note: `up to ${last}` }
    }
    case 'node': {
      const note =
        one.held > 0 ? `${one.held} in memory` : `${one.given.at(-1)?.serial ?? 0} answers`
      return one.workerId === null
        ? { shape: 'observer', role: 'no worker id', epoch: 0, note }
        : { shape: 'follower', role: `worker ${one.workerId}`, epoch: one.workerId + 1, note }
    }
    default:
      return { shape: 'observer', role: '', epoch: 0 }
  }
}

/** What a node gave, and what the others lent or counted. */
export function logRows(view: unknown): readonly LogRow[] {
  const one = view as View
  switch (one.is) {
    case 'lender':
      return one.loans.map(({ workerId, holder, leftMs }) => ({
        index: workerId,
        epoch: workerId + 1,
        label: `worker ${workerId}`,
        text: `${holder} for ${leftMs} ms`,
      }))
    case 'database':
      return Object.entries(one.taken).map(([tag, end], index) => ({
        index,
        epoch: 0,
        label: tag,
        text: `taken below ${end}`,
      }))
    case 'redis':
      return [{ index: Number(one.run), epoch: 0, label: 'answered', text: one.last }]
    case 'node':
      return one.given.map((given) => ({
        index: given.serial,
        epoch: (given.workerId ?? -1) + 1,
        label: given.kind,
        text: idsText(given),
      }))
    default:
      return []
  }
}

/** What happened, as a sentence; `undefined` for what is not worth one. */
export function sentence({ kind, node, name, value, data }: TraceEvent): string | undefined {
  if (kind === 'start') return value === 1 ? undefined : `${node} came back from its disk`
  if (kind === 'crash') return `${node} crashed`
  if (kind === 'pause') return `${node} stands still`
  if (kind === 'resume') return `${node} goes on`
  if (kind === 'clock') return `The clock of ${node} is set`
  if (kind === 'violation') return `${name} is violated: ${String(data)}`
  // It happens in every tick that is used up: it would drown the rest.
  if (kind !== 'mark' || name === waits.exhausted) return undefined
  const said = data as { readonly workerId?: number; readonly holder?: string } | undefined
  if (name === 'has a worker id') return `${node} is worker ${said?.workerId} now`
  if (name === 'lost its worker id') return `${node} is worker ${said?.workerId} no longer`
  if (name === 'lent a worker id') return `Worker id ${said?.workerId} is lent to ${said?.holder}`
  return `${node} ${name}`
}
