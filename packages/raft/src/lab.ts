import type { Build, NodeId, Process } from '@lockstep/process'
import type { Draw, Full, Lab, Settings } from '@lockstep/sim'
import * as v from 'valibot'
import { type RaftConfig, raftDefaults } from './config.ts'
import { consoleExamples, parseOperation } from './console.ts'
import { flaws, rulesWith } from './flaws.ts'
import { RaftInvariants } from './invariants.ts'
import { judges, type LabOp, type LabValue } from './lab-judges.ts'
import {
  drawWork,
  finalReads,
  labOperationText,
  nodeIds,
  type RaftLabConfig,
  runClient,
} from './lab-work.ts'
import { journal } from './lab-journal.ts'
import { measuresOf } from './lab-measures.ts'
import { places } from './lab-places.ts'
import { marks } from './marks.ts'
import { raftShapes } from './shapes.ts'
import { RaftNode, raft } from './node.ts'
import { glyph, logRows, sentence, summary } from './stage.ts'

export { experiments } from './experiments.ts'
export type { RaftLabConfig } from './lab-work.ts'

const span = v.pipe(v.number(), v.finite(), v.minValue(1))
const limit = v.pipe(v.number(), v.integer(), v.minValue(1))
const text = v.pipe(v.string(), v.maxLength(256))

/** What the judge of the store understands. */
const compare = v.variant('target', [
  v.strictObject({ key: text, target: v.literal('value'), is: v.literal('equal'), than: text }),
  v.strictObject({
    key: text,
    target: v.literal('version'),
    is: v.literal('equal'),
    than: v.literal(0),
  }),
])
const plainPut = v.strictObject({
  type: v.literal('put'),
  key: v.pipe(text, v.regex(/^(?!l)/, 'a key with a lease begins with l')),
  value: text,
})
const leasedPut = v.strictObject({
  type: v.literal('put'),
  key: v.pipe(text, v.regex(/^l/, 'a key with a lease begins with l')),
  value: text,
  lease: limit,
})

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
        coalesceAppends: v.boolean(),
        inFlightBytesMax: limit,
        uncommittedBytesMax: limit,
        clockDriftMax: v.pipe(v.number(), v.minValue(0), v.maxValue(0.99)),
        commitDelayMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
        confirmDelayMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
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
        voters: v.pipe(v.number(), v.integer(), v.minValue(0)),
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
    v.strictObject({ type: v.literal('range'), key: text, end: v.optional(text) }),
    v.strictObject({ type: v.literal('watch'), key: v.literal('\0'), end: v.literal('\0') }),
    v.strictObject({
      type: v.literal('txn'),
      compare: v.array(compare),
      success: v.array(v.union([plainPut, leasedPut])),
      failure: v.tuple([]),
    }),
    v.strictObject({ type: v.literal('grant'), lease: limit, ttlMs: span }),
    v.strictObject({ type: v.picklist(['revoke', 'keep-alive']), lease: limit }),
    v.strictObject({ type: v.literal('compact'), revision: limit }),
    v.strictObject({
      type: v.literal('change'),
      change: v.strictObject({
        steps: v.pipe(
          v.array(
            v.strictObject({
              type: v.picklist(['add-voter', 'add-learner', 'promote', 'demote', 'remove']),
              id: text,
            }),
          ),
          v.maxLength(32),
        ),
        mode: v.optional(v.picklist(['auto', 'simple', 'joint'])),
        force: v.optional(v.boolean()),
      }),
    }),
  ]),
}

/** How to build a node that is none of the founders: it waits until the leader of a cluster adds it. */
export function newcomer({ config, flaws: broken }: Full<RaftLabConfig, LabOp>): Build {
  return raft({ ...nodeConfig(config), nodes: [] }, rulesWith(broken))
}

/** What of a lab's settings is the nodes' own. */
function nodeConfig(config: RaftLabConfig): Partial<RaftConfig> {
  const { attemptTimeoutMs: _, readsFrom: _r, pipelineMax: __, voters: _voters, ...rest } = config
  return rest
}

/** Raft and its store, for the worlds to run, break, judge and show. */
export const raftLab: Lab<RaftLabConfig, LabOp, LabValue> = {
  name: 'raft',
  title: 'Raft: a replicated key-value store',
  config: {
    ...raftDefaults,
    clockDriftMax: 0.5,
    readsFrom: 'leader',
    voters: 0,
    attemptTimeoutMs: 150,
    lingerMs: 0,
    confirmDelayMs: 0,
    pipelineMax: 1,
    leaseTtlMinMs: 100,
  },
  net: {
    delayMinMs: 1,
    delaySpreadMs: 9,
    tailShare: 0.02,
    tailMs: 100,
    loss: 0,
    duplicate: 0,
    fifo: false,
    hangUps: false,
  },
  disk: { syncMinMs: 1, syncSpreadMs: 5, loseAll: 0.3 },
  clocks: { skewMs: 100, drift: 0.0001 },
  scenario: {
    v: 1,
    lab: 'raft',
    seed: 1,
    nodes: 3,
    work: {
      clients: 8,
      operations: 120,
      thinkMs: 80,
      timeoutMs: 3500,
      keys: 2,
      nodes: 3,
      changes: 5,
      changeShare: 0.6,
    },
    faults: {
      everyMs: 120,
      kinds: {
        crash: 36,
        stop: 6,
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
    const where = places[name]
    return where === undefined ? { name, text: said } : { name, text: said, where }
  }),
  marks,
  shapes: raftShapes,
  messagesPerOperationMax: 15,
  settings,
  draw: drawWork,
  finalReads,
  processes({ nodes, config, flaws: broken }) {
    const ids = nodeIds(nodes)
    const { voters } = config
    const first = voters === 0 ? ids : ids.slice(0, voters)
    const rules = rulesWith(broken)
    return ids.map((id) => ({
      id,
      build: raft({ ...nodeConfig(config), nodes: first.includes(id) ? first : [] }, rules),
    }))
  },
  client: runClient,
  role: (name, processes) => (name === 'leader' ? leaderOf(processes) : undefined),
  roles: ['leader'],
  invariants: () => new RaftInvariants(),
  judges,
  views: {
    glyph,
    summary,
    log: logRows,
    measures: measuresOf,
    journal,
    sentence,
    operation: labOperationText,
    console: { examples: consoleExamples, parse: parseOperation },
  },
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
      coalesceAppends: false,
      batchEntriesMax: hasLargeBatches ? 64 : 1 + Math.floor(2 * draw('batch')),
      confirmDelayMs: draw('asks few') < 0.3 ? Math.ceil(roundMs * draw('asks all after')) : 0,
      lingerMs: draw('linger') < 0.15 ? 1 + Math.round(20 * draw('linger time')) : 0,
      // A put takes 65 bytes and its value: one of three digits is too large.
      entryBytesMax: draw('small entries') < 0.1 ? 67 : raftDefaults.entryBytesMax,
      pendingMax: draw('few requests') < 0.1 ? 3 : raftDefaults.pendingMax,
      sessionsMax: draw('few sessions') < 0.2 ? 9 : 10_000,
      ...(draw('short sessions') < 0.3
        ? { sessionTimeoutMs: Math.round(10 * roundMs + 3000 * draw('session timeout')) }
        : {}),
      historyRevisions: draw('short history') < 0.2 ? 10 : 1000,
      watchBytesMax: draw('watched in parts') < 0.4 ? 1 : 10_000,
      ...(draw('compaction') < 0.5 ? compaction(draw) : {}),
    },
    net: {
      delaySpreadMs,
      tailShare: 0.15 * draw('tail') ** 2,
      loss: draw('loss') < 0.5 ? 0 : 0.3 * draw('loss share'),
      duplicate: draw('duplicate') < 0.5 ? 0 : 0.2 * draw('duplicate share'),
      hangUps: draw('hang-ups') < 0.5,
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

/** Of the nodes that take themselves for the leader, the one of the latest term. */
function leaderOf(processes: ReadonlyMap<NodeId, Process>): NodeId | undefined {
  let leader: RaftNode | undefined
  for (const process of processes.values()) {
    if (!(process instanceof RaftNode) || process.raft.role !== 'leader') continue
    if (leader === undefined || process.raft.term > leader.raft.term) leader = process
  }
  return leader?.id
}
