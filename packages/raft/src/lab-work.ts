import type { Milliseconds, NodeId, Port, Recorder } from '@lockstep/process'
import type { Draw, Drawn, Full, Scripted, ScriptedOperation } from '@lockstep/sim'
import { RaftClient } from './client.ts'
import type { Outcome } from './client/outcome.ts'
import type { RaftConfig } from './config.ts'
import type { Revision } from './kv/key-value.ts'
import { type Compare, readIn, type StoreOp, type StoreValue } from './kv/operation.ts'
import { everyKey } from './kv/range.ts'
import { type ChangeOp, changeText, drawChanges } from './lab-changes.ts'
import { type LabOp, type LabValue, leasedPrefix } from './lab-judges.ts'
import { operationText } from './stage.ts'

/** Settings of the nodes, and of the clients beside them. */
export interface RaftLabConfig extends RaftConfig {
  /** How long a client waits for one node before it asks the next one. */
  readonly attemptTimeoutMs: Milliseconds
  /** How many operations a client has under way. */
  readonly pipelineMax: number
  /** Whether clients ask the leader for a get, or any node. */
  readonly readsFrom: 'leader' | 'any'
  /** How many nodes are members at first, 0 for all; the others are started empty, to be added. */
  readonly voters: number
}

/** The names of so many nodes. */
export function nodeIds(nodes: number): readonly NodeId[] {
  return Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
}

/**
 * Writes operations out: few keys, values that never return, half of them reads. Every other client
 * mostly reads, since one that writes soon leaves a leader that was deposed and does not know it.
 * In some runs there are operations of several keys, leases and watchers too, and in some an
 * administrator changes the members meanwhile.
 */
export function drawWork(work: Drawn, draw: Draw): Scripted<LabOp> {
  const { clients, thinkMs, timeoutMs } = work
  const keys = work['keys'] ?? 3
  const at = new Map<number, number>()
  const written = new Map<string, string>()
  const isWider = draw('several keys') < (work['severalShare'] ?? 0.4)
  // All keys are judged together then, which takes long where many operations stayed unknown.
  const operations = isWider ? Math.ceil(work.operations / 2) : work.operations
  const leases = new Map<number, number>()
  const script = Array.from({ length: operations }, (_, index): ScriptedOperation<LabOp> => {
    const client = index % clients
    const notBefore = (at.get(client) ?? 0) + thinkMs * 2 * draw('think')
    at.set(client, notBefore)
    const key = String.fromCharCode(120 + Math.floor(draw('key') * keys))
    const value = String(index + 1)
    const wider = isWider ? drawWider({ index, client, keys, written, leases }, draw) : undefined
    if (wider !== undefined) return [client, Math.round(notBefore), wider]
    if (draw('read') < (client % 2 === 0 ? 0.15 : 0.85)) {
      return [client, Math.round(notBefore), { type: 'get', key }]
    }
    const kind = draw('kind')
    if (kind > 0.94) return [client, Math.round(notBefore), { type: 'delete', key }]
    const from = written.get(key) ?? null
    written.set(key, value)
    const op: LabOp =
      kind > 0.7 ? { type: 'cas', key, from, to: value } : { type: 'put', key, value }
    return [client, Math.round(notBefore), op]
  })
  // Members that go leave many operations unknown, which is hard on the judge of several keys.
  const changes = isWider ? [] : drawChanges(work, nodeIds(work['nodes'] ?? 3), draw)
  return { script: [...script, ...changes], timeoutMs }
}

/** Runs what one client does. */
export async function runClient(
  scenario: Full<RaftLabConfig, LabOp>,
  port: Port,
  operations: readonly (readonly [notBefore: Milliseconds, op: LabOp])[],
  record: Recorder<LabOp, LabValue>,
): Promise<void> {
  const { attemptTimeoutMs, pipelineMax, readsFrom, preVote, checkQuorum } = scenario.config
  const client = new RaftClient(port, {
    nodes: nodeIds(scenario.nodes),
    timeoutMs: scenario.work.timeoutMs,
    attemptTimeoutMs,
    pipelineMax,
    watchWaitMs,
  })
  let next: Revision = 1
  const watch = async (op: LabOp): Promise<void> => {
    const id = record.invoke(op)
    const from = next
    const watcher = client.watcher(everyKey, {}, from)
    const answer = await watcher.ask()
    if (answer === undefined) return record.fail(id, 'no answer')
    if (answer.type === 'compacted') {
      next = Math.max(next, answer.compacted)
      return record.ok(id, { type: 'watch-compacted', compacted: answer.compacted })
    }
    next = Math.max(next, watcher.next)
    const events = answer.type === 'events' ? answer.events : []
    record.ok(id, { type: 'watched', from, next: watcher.next, events })
  }
  const change = async (op: ChangeOp): Promise<void> => {
    const id = record.invoke(op)
    const outcome = await client.changeMembership(op.change)
    if (outcome.type === 'ok') {
      record.ok(id, { type: 'members', configuration: outcome.configuration })
    } else if (outcome.type === 'failed') record.fail(id, outcome.text)
    else record.info(id, outcome.text)
  }
  const from = readsFrom === 'any' ? 'any' : undefined
  // Whoever reads back at the end waits for its turn: a leader that the others overload is not dead.
  const patience = port.id.startsWith('final') ? scenario.work.timeoutMs : 0
  const began = port.elapsed()
  const operate = async (op: LabOp): Promise<void> => {
    if (op.type === 'watch') return watch(op)
    if (op.type === 'change') return change(op)
    const id = record.invoke(op)
    const outcome = await answered(() => client.operate(op, from), port, patience)
    if (outcome.type === 'ok') record.ok(id, outcome.value)
    // Where the network doubles messages, a copy of a refused write may come again and be taken.
    else if (
      outcome.type === 'failed' &&
      (readIn(op) !== undefined || scenario.net.duplicate === 0)
    ) {
      record.fail(id, outcome.text)
    } else record.info(id, outcome.text)
  }
  const left = operations.values()
  const work = async (): Promise<void> => {
    for (const [notBefore, op] of left) {
      // A removed node that never learned of it would stand for election for ever (thesis §4.2.3).
      if (op.type === 'change' && !(preVote && checkQuorum)) continue
      const wait = began + notBefore - port.elapsed()
      if (wait > 0) await port.sleep(wait)
      await operate(op)
    }
  }
  await Promise.all(Array.from({ length: pipelineMax }, work))
}

/** After how long an overloaded leader is asked again. */
const refusedMs = 20

/** How an operation ends that is asked for again while the leader is overloaded, for so long. */
async function answered<Value>(
  ask: () => Promise<Outcome<Value>>,
  port: Port,
  patience: Milliseconds,
): Promise<Outcome<Value>> {
  const deadline = port.elapsed() + patience
  for (;;) {
    const outcome = await ask()
    const isRefused = outcome.type === 'failed' && outcome.code === 'overloaded'
    if (!isRefused || port.elapsed() >= deadline) return outcome
    await port.sleep(refusedMs)
  }
}

/** How long a node holds a watcher's question. */
const watchWaitMs = 200

interface Drawing {
  readonly index: number
  readonly client: number
  readonly keys: number
  readonly written: Map<string, string>
  /** The lease that each client was granted last. */
  readonly leases: Map<number, number>
}

/** An operation of several keys, a lease or a watcher; `undefined` for one that is simple. */
function drawWider(drawing: Drawing, draw: Draw): LabOp | undefined {
  const kind = draw('wider')
  if (kind < 0.1) return { type: 'range', ...everyKey }
  if (kind < 0.25) return drawTxn(drawing, draw)
  if (kind < 0.4) return { type: 'watch', ...everyKey }
  return kind < 0.5 ? drawLease(drawing, draw) : undefined
}

/** Writes all keys to new values, if one of them is as its writer thinks. */
function drawTxn({ index, keys, written }: Drawing, draw: Draw): StoreOp {
  const names = Array.from({ length: keys }, (_, i) => String.fromCharCode(120 + i))
  const key = names[Math.floor(draw('compared') * keys)] as string
  const value = written.get(key)
  const compare: Compare =
    value === undefined
      ? { key, target: 'version', is: 'equal', than: 0 }
      : { key, target: 'value', is: 'equal', than: value }
  const success = names.map((name) => {
    written.set(name, `${index + 1}${name}`)
    return { type: 'put', key: name, value: `${index + 1}${name}` } as const
  })
  return { type: 'txn', compare: [compare], success, failure: [] }
}

/** Grants a lease, and then uses it. */
function drawLease({ index, client, leases }: Drawing, draw: Draw): StoreOp {
  const lease = leases.get(client)
  if (lease === undefined) {
    leases.set(client, index + 1)
    return { type: 'grant', lease: index + 1, ttlMs: Math.round(100 + 1400 * draw('ttl')) }
  }
  const kind = draw('lease')
  if (kind < 0.2) leases.delete(client)
  if (kind < 0.1) return { type: 'revoke', lease }
  if (kind < 0.4) return { type: 'keep-alive', lease }
  const put = {
    type: 'put',
    key: leasedPrefix + String(index % 2),
    value: String(index),
    lease,
  } as const
  return { type: 'txn', compare: [], success: [put], failure: [] }
}

/** Reads back every key that was written or read by itself, or in a transaction. */
export function finalReads(work: readonly LabOp[]): readonly LabOp[] {
  const keys = new Set<string>()
  for (const op of work) {
    if (op.type === 'txn') for (const { key } of op.compare) keys.add(key)
    else if (op.type !== 'range' && op.type !== 'watch' && 'key' in op) keys.add(op.key)
  }
  return Array.from(keys, (key) => ({ type: 'get', key }))
}

/** An operation, and its value once it is known. */
export function labOperationText(op: LabOp, value?: LabValue): string {
  if (op.type === 'change') {
    return changeText(op, value?.type === 'members' ? value : undefined)
  }
  if (op.type !== 'watch') return operationText(op, isOfStore(value) ? value : undefined)
  if (value?.type === 'watch-compacted') return `watch → compacted at ${value.compacted}`
  if (value?.type !== 'watched') return 'watch'
  const { events, from, next } = value
  const texts = events.map((event) =>
    event.type === 'put' ? `${event.kv.key} = ${event.kv.value}` : `${event.key} removed`,
  )
  return `watch → ${texts.join(', ') || 'nothing'} (revisions ${from} to ${next - 1})`
}

function isOfStore(value: LabValue | undefined): value is StoreValue | undefined {
  return value === undefined || !['watched', 'watch-compacted', 'members'].includes(value.type)
}
