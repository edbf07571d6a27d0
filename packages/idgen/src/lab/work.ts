import type { Milliseconds, NodeId, Port, Recorder } from '@lockstep/process'
import type { Draw, Drawn, Full, Scripted, ScriptedOperation } from '@lockstep/sim'
import type { IdLabConfig } from './config.ts'
import type { IndexCost } from './index-pages.ts'
import type { Given, IdKind, Insert, Inserted, Next, NextReply } from './messages.ts'

/** What the lab's clients ask a node for: ids, or to insert UUIDs into the database's index. */
export type IdOp =
  | {
      readonly type: 'next'
      readonly kind: IdKind
      readonly count: number
      readonly node: NodeId
    }
  | {
      readonly type: 'insert'
      readonly version: 4 | 7
      readonly count: number
      readonly node: NodeId
    }

/** What they are answered. */
export type IdValue = Given | ({ readonly type: 'inserted' } & IndexCost)

/** The names of so many nodes. */
export function nodeIds(nodes: number): readonly NodeId[] {
  return Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
}

/** Asks for few ids mostly, and now and then for more than a tick or a segment has. */
export function drawWork(work: Drawn, draw: Draw): Scripted<IdOp> {
  const { clients, operations, thinkMs, timeoutMs } = work
  const ids = nodeIds(work['nodes'] ?? 3)
  const at = new Map<number, number>()
  const script = Array.from({ length: operations }, (_, index): ScriptedOperation<IdOp> => {
    const client = index % clients
    const notBefore = (at.get(client) ?? 0) + thinkMs * 2 * draw('think')
    at.set(client, notBefore)
    const kind = kindOf(draw('kind'), work['segmentShare'] ?? 0.3, work['counterShare'] ?? 0.25)
    const count = 1 + Math.floor((work['countMax'] ?? 20) * draw('count') ** 3)
    const node = ids[Math.floor(draw('node') * ids.length)] as NodeId
    return [client, Math.round(notBefore), { type: 'next', kind, count, node }]
  })
  return { script, timeoutMs }
}

function kindOf(drawn: number, segmentShare: number, counterShare: number): IdKind {
  if (drawn < segmentShare) return 'segment'
  return drawn < segmentShare + counterShare ? 'counter' : 'snowflake'
}

/** Each node gives ids of segments again. Those of a clock may have to wait for it for longer than anybody looks. */
export function finalReads(work: readonly IdOp[]): readonly IdOp[] {
  const nodes = [...new Set(work.map(({ node }) => node))].sort()
  return nodes.map((node) => ({ type: 'next', kind: 'segment', count: 1, node }))
}

/** How long the final client waits for one answer before it asks again. */
const attemptMs: Milliseconds = 500

/** Runs what one client does. */
export async function runClient(
  scenario: Full<IdLabConfig, IdOp>,
  port: Port,
  operations: readonly (readonly [notBefore: Milliseconds, op: IdOp])[],
  record: Recorder<IdOp, IdValue>,
): Promise<void> {
  const began = port.elapsed()
  const { timeoutMs } = scenario.work
  const isPatient = port.id === 'final'
  const nodes = nodeIds(scenario.nodes)
  for (const [notBefore, op] of operations) {
    // Work that was drawn for more nodes asks those that there are.
    if (!nodes.includes(op.node)) continue
    const wait = began + notBefore - port.elapsed()
    if (wait > 0) await port.sleep(wait)
    const id = record.invoke(op)
    const reply = await (isPatient ? askUntil(port, op, timeoutMs) : ask(port, op, timeoutMs))
    if (reply === undefined) record.info(id, 'no answer')
    else if (reply.type === 'Ids') record.ok(id, reply.given)
    else if (reply.type === 'Inserted') record.ok(id, { type: 'inserted', ...reply.cost })
    else record.fail(id, reply.text)
  }
}

/** Asks again until there are ids, or the time is over. */
async function askUntil(
  port: Port,
  op: IdOp,
  timeoutMs: Milliseconds,
): Promise<NextReply | Inserted | undefined> {
  const deadline = port.elapsed() + timeoutMs
  for (;;) {
    const reply = await ask(port, op, attemptMs)
    if (reply?.type === 'Ids' || port.elapsed() >= deadline) return reply
    await port.sleep(attemptMs / 5)
  }
}

async function ask(
  port: Port,
  op: IdOp,
  timeoutMs: Milliseconds,
): Promise<NextReply | Inserted | undefined> {
  const { node, count } = op
  const request: Omit<Next, 'id'> | Omit<Insert, 'id'> =
    op.type === 'next'
      ? { type: 'Next', kind: op.kind, count }
      : { type: 'Insert', version: op.version, count }
  return (await port.call(node, request, timeoutMs)) as NextReply | Inserted | undefined
}

const usage =
  'next COUNT snowflake|segment|counter NODE, or insert COUNT v4|v7 NODE, such as next 3 snowflake n1'

/** Lines that the console understands. */
export const consoleExamples: readonly string[] = [
  'next 1 snowflake n1',
  'next 20 snowflake n2',
  'next 5 segment n3',
  'next 5 counter n1',
  'insert 20 v7 n1',
]

/**
 * Reads a line such as `next 3 snowflake n1`.
 *
 * @throws {Error} when the line cannot be read, with a sentence that says how to mend it.
 */
export function parseOperation(line: string): IdOp {
  const [verb, digits = '', kind, node = ''] = line.trim().split(/\s+/)
  const count = Number(digits)
  const isRead = /^n\d+$/.test(node) && Number.isInteger(count) && count >= 1 && count <= countMax
  if (verb === 'insert' && (kind === 'v4' || kind === 'v7') && isRead) {
    return { type: 'insert', version: kind === 'v4' ? 4 : 7, count, node }
  }
  const isKind = kind === 'snowflake' || kind === 'segment' || kind === 'counter'
  if (verb === 'next' && isKind && isRead) return { type: 'next', kind, count, node }
  throw new Error(`expected: ${usage}, with a count from 1 to ${countMax}`)
}

/** The most ids that one operation asks for. */
export const countMax = 200

/** An operation and what it gave: 'next 3 snowflake of n1 → 1234, 1235, 1236'. */
export function operationText(op: IdOp, value?: IdValue): string {
  const { count, node } = op
  const asked =
    op.type === 'next'
      ? `next ${count} ${op.kind} of ${node}`
      : `insert ${count} UUIDs of version ${op.version} by ${node}`
  if (value === undefined) return asked
  return `${asked} → ${value.type === 'ids' ? idsText(value) : costText(value)}`
}

function costText({ touched, leaves, fill }: IndexCost): string {
  return `${touched} of ${leaves} pages touched, ${Math.round(100 * fill)} % full`
}

/** The ids of an answer in a few words. */
export function idsText({ ids }: Given): string {
  if (ids.length <= 3) return ids.join(', ')
  return `${ids[0]} … ${ids.at(-1)}`
}
