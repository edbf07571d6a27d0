import { judgeLinearizable, keyValue } from '@lockstep/check'
import type { Milliseconds, NodeId, Port, Process, Recorder } from '@lockstep/process'
import type {
  Draw,
  Drawn,
  Flaw,
  Full,
  Lab,
  Scripted,
  ScriptedOperation,
  Settings,
} from '@lockstep/sim'
import * as v from 'valibot'
import { RaftClient } from './client.ts'
import { type RaftConfig, raftDefaults } from './config.ts'
import { consoleExamples, parseOperation } from './console.ts'
import { flaws, rulesWith } from './flaws.ts'
import { RaftInvariants } from './invariants.ts'
import type { KvOp, KvValue } from './kv/operation.ts'
import { marks } from './marks.ts'
import { RaftNode, raft } from './node.ts'
import { glyph, logRows, operationText, sentence, summary } from './stage.ts'

export { experiments } from './experiments.ts'

/** Settings of the nodes, and of the clients beside them. */
export interface RaftLabConfig extends RaftConfig {
  /** How long a client waits for one node before it asks the next one. */
  readonly attemptTimeoutMs: Milliseconds
  /** How many operations a client has under way. */
  readonly pipelineMax: number
  /** Whether clients ask the leader for a get, or any node. */
  readonly readsFrom: 'leader' | 'any'
}

const span = v.pipe(v.number(), v.finite(), v.minValue(1))
const limit = v.pipe(v.number(), v.integer(), v.minValue(1))
const text = v.pipe(v.string(), v.maxLength(256))

const schemas = {
  config: v.pipe(
    v.partial(
      v.strictObject({
        electionTimeoutMinMs: span,
        electionTimeoutMaxMs: span,
        preVote: v.boolean(),
        checkQuorum: v.boolean(),
        handOverOnStall: v.boolean(),
        reads: v.picklist(['index', 'lease', 'log']),
        heartbeatMs: span,
        batchEntriesMax: limit,
        batchBytesMax: limit,
        inFlightMessagesMax: limit,
        inFlightBytesMax: limit,
        uncommittedBytesMax: limit,
        clockDriftMax: v.pipe(v.number(), v.minValue(0), v.maxValue(0.99)),
        snapshotEntries: limit,
        keepEntries: v.pipe(v.number(), v.integer(), v.minValue(0)),
        snapshotChunkBytes: limit,
        learnerLagMax: v.pipe(v.number(), v.integer(), v.minValue(0)),
        lingerMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
        pendingMax: limit,
        entryBytesMax: limit,
        sessionsMax: limit,
        sessionTimeoutMs: span,
        sessionWindow: limit,
        historyRevisions: limit,
        watchesMax: limit,
        watchBytesMax: limit,
        leaseTtlMinMs: span,
        attemptTimeoutMs: span,
        pipelineMax: limit,
        readsFrom: v.picklist(['leader', 'any']),
      } satisfies Readonly<Record<keyof RaftLabConfig, unknown>>),
    ),
    v.check((given) => {
      const least = given.electionTimeoutMinMs ?? raftDefaults.electionTimeoutMinMs
      const most = given.electionTimeoutMaxMs ?? raftDefaults.electionTimeoutMaxMs
      return (given.heartbeatMs ?? raftDefaults.heartbeatMs) < least && least < most
    }, 'heartbeatMs < electionTimeoutMinMs < electionTimeoutMaxMs'),
    v.check(
      ({ reads, checkQuorum }) => reads !== 'lease' || checkQuorum !== false,
      "reads 'lease' only with checkQuorum",
    ),
  ),
  op: v.variant('type', [
    v.strictObject({ type: v.literal('get'), key: text }),
    v.strictObject({ type: v.literal('put'), key: text, value: text }),
    v.strictObject({ type: v.literal('delete'), key: text }),
    v.strictObject({ type: v.literal('cas'), key: text, from: v.nullable(text), to: text }),
  ]),
}

/** Where flaws show that hardly ever do elsewhere. */
const wheres: Readonly<Record<string, NonNullable<Flaw['where']>>> = {
  // A slow leader is cut off with its readers, while a quick clock elects another one before it notices.
  'lease-with-drift': {
    config: {
      reads: 'lease',
      checkQuorum: true,
      electionTimeoutMinMs: 150,
      electionTimeoutMaxMs: 190,
      heartbeatMs: 100,
      attemptTimeoutMs: 50,
    },
    net: { delaySpreadMs: 2, tailShare: 0 },
    clocks: { skewMs: 100, drift: 0.49 },
    faults: { everyMs: 250, kinds: { partition: 1 }, settings: false },
  },
}

/** Raft and its store, for the worlds to run, break, judge and show. */
export const raftLab: Lab<RaftLabConfig, KvOp, KvValue> = {
  name: 'raft',
  title: 'Raft: a replicated key-value store',
  config: {
    ...raftDefaults,
    clockDriftMax: 0.5,
    readsFrom: 'leader',
    attemptTimeoutMs: 150,
    lingerMs: 0,
    pipelineMax: 1,
  },
  net: {
    delayMinMs: 1,
    delaySpreadMs: 9,
    tailShare: 0.02,
    tailMs: 100,
    loss: 0,
    duplicate: 0,
    fifo: false,
  },
  disk: { syncMinMs: 1, syncSpreadMs: 5, loseAll: 0.3 },
  clocks: { skewMs: 100, drift: 0.0001 },
  scenario: {
    v: 1,
    lab: 'raft',
    seed: 1,
    nodes: 3,
    work: { clients: 8, operations: 120, thinkMs: 80, timeoutMs: 3500, keys: 2 },
    faults: {
      everyMs: 120,
      kinds: {
        crash: 36,
        pause: 4,
        cut: 2,
        'cut-one-way': 3,
        isolate: 8,
        partition: 8,
        slow: 1,
        lose: 1,
        stall: 10,
        clock: 1,
      },
      settings: true,
    },
    healMs: 5000,
    quietMs: 2000,
  },
  schemas,
  flaws: flaws.map(({ name, text: said }) => {
    const where = wheres[name]
    return where === undefined ? { name, text: said } : { name, text: said, where }
  }),
  marks,
  messagesPerOperationMax: 15,
  settings,
  draw: drawWork,
  finalReads: (work) =>
    [...new Set(work.map(({ key }) => key))].map((key) => ({ type: 'get', key })),
  processes({ nodes, config, flaws: broken }) {
    const ids = nodeIds(nodes)
    const { attemptTimeoutMs: _, readsFrom: _readsFrom, pipelineMax: __, ...rest } = config
    const build = raft({ ...rest, nodes: ids }, rulesWith(broken))
    return ids.map((id) => ({ id, build }))
  },
  client: runClient,
  role: (name, processes) => (name === 'leader' ? leaderOf(processes) : undefined),
  roles: ['leader'],
  invariants: () => new RaftInvariants(),
  judges: [{ name: 'linearizability', judge: (history) => judgeLinearizable(keyValue, history) }],
  views: {
    glyph,
    summary,
    log: logRows,
    sentence,
    operation: operationText,
    console: { examples: consoleExamples, parse: parseOperation },
  },
}

function nodeIds(nodes: number): readonly NodeId[] {
  return Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
}

/**
 * Settings for a run, harsh but live: what a round of votes takes bounds the election timeouts from
 * below, and their span leaves room for one candidate to be first (§5.6).
 *
 * Each line is here for a flaw that is not found without it: slow disks that lose all for promises
 * made before the sync, batches of one or two entries and plain elections for figure 8, lost and doubled
 * messages for retries, many operations under way for sessions, where batches carry them, sessions that expire soon for their clock, snapshots every few entries for whoever falls behind the log, in pieces of a few items.
 */
function settings(draw: Draw): Settings<RaftLabConfig> {
  const hasMore = draw('beyond figure 2') < 0.6
  const checkQuorum = hasMore && draw('check quorum') < 0.6
  const reads = draw('reads')
  const isLeased = checkQuorum && reads < 0.5
  const delaySpreadMs = Math.round(2 + 30 * draw('delay') ** 2)
  const isSlow = draw('slow disk') < 0.7
  const syncMinMs = isSlow ? 5 : 1
  const syncSpreadMs = isSlow ? Math.round(100 * draw('sync')) : 5
  const hasLargeBatches = draw('large batches') < 0.2
  const roundMs = 2 * (1 + delaySpreadMs + syncMinMs + syncSpreadMs)
  const electionTimeoutMinMs = Math.round(30 + roundMs * (0.5 + draw('election timeout')))
  return {
    config: {
      electionTimeoutMinMs,
      electionTimeoutMaxMs: Math.round(electionTimeoutMinMs + roundMs * (1 + draw('span'))),
      preVote: hasMore && draw('pre-vote') < 0.5,
      checkQuorum,
      handOverOnStall: hasMore && draw('hand over') < 0.7,
      reads: reads > 0.85 ? 'log' : isLeased ? 'lease' : 'index',
      readsFrom: draw('reads from') < 0.3 ? 'any' : 'leader',
      inFlightMessagesMax: draw('window') < 0.3 ? 3 : 1,
      heartbeatMs: Math.round(electionTimeoutMinMs * (0.2 + 0.3 * draw('heartbeat'))),
      pipelineMax: hasLargeBatches ? 4 : 1,
      batchEntriesMax: hasLargeBatches ? 64 : 1 + Math.floor(2 * draw('batch')),
      lingerMs: draw('linger') < 0.15 ? 1 + Math.round(20 * draw('linger time')) : 0,
      sessionsMax: draw('few sessions') < 0.2 ? 9 : 10_000,
      ...(draw('short sessions') < 0.3
        ? { sessionTimeoutMs: Math.round(10 * roundMs + 3000 * draw('session timeout')) }
        : {}),
      ...(draw('compaction') < 0.5 ? compaction(draw) : {}),
    },
    net: {
      delaySpreadMs,
      tailShare: 0.15 * draw('tail') ** 2,
      loss: draw('loss') < 0.5 ? 0 : 0.3 * draw('loss share'),
      duplicate: draw('duplicate') < 0.5 ? 0 : 0.2 * draw('duplicate share'),
    },
    disk: { syncMinMs, syncSpreadMs, loseAll: draw('lose all') < 0.5 ? 1 : 0.3 },
    ...(isLeased ? { clocks: { skewMs: 100, drift: 0.49 } } : {}),
  }
}

function compaction(draw: Draw): Partial<RaftLabConfig> {
  return {
    snapshotEntries: 1 + Math.floor(30 * draw('snapshot') ** 2),
    keepEntries: Math.floor(8 * draw('keep') ** 2),
    snapshotChunkBytes: draw('small pieces') < 0.5 ? 150 : 10_000,
  }
}

/**
 * Writes operations out: few keys, values that never return, half of them reads. Every other client
 * mostly reads, since one that writes soon leaves a leader that was deposed and does not know it.
 */
function drawWork(work: Drawn, draw: Draw): Scripted<KvOp> {
  const { clients, operations, thinkMs, timeoutMs } = work
  const keys = work['keys'] ?? 3
  const at = new Map<number, number>()
  const written = new Map<string, string>()
  const script = Array.from({ length: operations }, (_, index): ScriptedOperation<KvOp> => {
    const client = index % clients
    const notBefore = (at.get(client) ?? 0) + thinkMs * 2 * draw('think')
    at.set(client, notBefore)
    const key = String.fromCharCode(120 + Math.floor(draw('key') * keys))
    const value = String(index + 1)
    if (draw('read') < (client % 2 === 0 ? 0.15 : 0.85)) {
      return [client, Math.round(notBefore), { type: 'get', key }]
    }
    const kind = draw('kind')
    if (kind > 0.94) return [client, Math.round(notBefore), { type: 'delete', key }]
    const from = written.get(key) ?? null
    written.set(key, value)
    const op: KvOp =
      kind > 0.7 ? { type: 'cas', key, from, to: value } : { type: 'put', key, value }
    return [client, Math.round(notBefore), op]
  })
  return { script, timeoutMs }
}

async function runClient(
  scenario: Full<RaftLabConfig, KvOp>,
  port: Port,
  operations: readonly (readonly [notBefore: Milliseconds, op: KvOp])[],
  record: Recorder<KvOp, KvValue>,
): Promise<void> {
  const { attemptTimeoutMs, pipelineMax, readsFrom } = scenario.config
  const client = new RaftClient(port, {
    nodes: nodeIds(scenario.nodes),
    timeoutMs: scenario.work.timeoutMs,
    attemptTimeoutMs,
    pipelineMax,
  })
  const began = port.elapsed()
  const operate = async (op: KvOp): Promise<void> => {
    const id = record.invoke(op)
    const outcome = await client.operate(op, readsFrom === 'any' ? 'any' : undefined)
    if (outcome.type === 'ok') record.ok(id, outcome.value)
    // Where the network doubles messages, a copy of a refused write may come again and be taken.
    else if (outcome.type === 'failed' && (op.type === 'get' || scenario.net.duplicate === 0)) {
      record.fail(id, outcome.text)
    } else record.info(id, outcome.text)
  }
  const underWay = new Set<Promise<void>>()
  for (const [notBefore, op] of operations) {
    const wait = began + notBefore - port.elapsed()
    if (wait > 0) await port.sleep(wait)
    const operation = operate(op).finally(() => underWay.delete(operation))
    underWay.add(operation)
    while (underWay.size >= pipelineMax) await Promise.race(underWay)
  }
  await Promise.all(underWay)
}

/** Of the nodes that take themselves for the leader, the one of the latest term. */
function leaderOf(processes: ReadonlyMap<NodeId, Process>): NodeId | undefined {
  let leader: RaftNode | undefined
  for (const process of processes.values()) {
    if (!(process instanceof RaftNode) || process.raft.role !== 'leader') continue
    if (leader === undefined || process.raft.term > leader.raft.term) leader = process
  }
  return leader?.id
}
