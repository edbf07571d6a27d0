import type { Build, Message, Milliseconds } from '@lockstep/process'
import type { Draw, Flaw, Lab, Settings } from '@lockstep/sim'
import * as v from 'valibot'
import { type IdLabConfig, idLabConfig } from './lab/config.ts'
import { Database, type DatabaseEntry } from './lab/database.ts'
import { labFlaws, rulesWith } from './lab/flaws.ts'
import { IdNode, type MarkEntry } from './lab/id-node.ts'
import { judges } from './lab/judges.ts'
import { Lender, type LoanEntry } from './lab/lender.ts'
import { marks } from './lab/marks.ts'
import { type EvalEntry, RedisServer } from './lab/redis.ts'
import { databaseId, lenderId, redisId } from './lab/remote.ts'
import { glyph, logRows, sentence, summary } from './lab/views.ts'
import {
  consoleExamples,
  countMax,
  drawWork,
  finalReads,
  type IdOp,
  type IdValue,
  nodeIds,
  operationText,
  parseOperation,
  runClient,
} from './lab/work.ts'

export type { IdLabConfig } from './lab/config.ts'
export { experiments } from './lab/experiments.ts'

const span = v.pipe(v.number(), v.finite(), v.minValue(1))
const bits = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))

/** Whom an operation asks, and for how many. */
const asked = {
  count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(countMax)),
  node: v.pipe(v.string(), v.regex(/^n\d+$/, 'a node such as n1')),
}

const schemas = {
  config: v.pipe(
    v.partial(
      v.strictObject({
        workerIds: v.picklist(['own', 'leased']),
        clockBack: v.picklist(['wait', 'throw', 'borrow', 'reserve']),
        aheadMaxMs: span,
        turnBits: bits(0, 4),
        workerBits: bits(1, 8),
        sequenceBits: bits(1, 8),
        smallStepMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
        waitMaxMs: span,
        markAheadMs: v.pipe(v.number(), v.finite(), v.minValue(8)),
        leaseTtlMs: v.pipe(v.number(), v.finite(), v.minValue(3)),
        lentMarks: v.boolean(),
        step: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)),
      } satisfies Readonly<Record<keyof IdLabConfig, unknown>>),
    ),
    v.check(
      ({ clockBack, turnBits = idLabConfig.turnBits }) => clockBack !== 'reserve' || turnBits > 0,
      'to reserve turns there must be turnBits',
    ),
  ),
  op: v.variant('type', [
    v.strictObject({
      type: v.literal('next'),
      kind: v.picklist(['snowflake', 'segment', 'counter']),
      ...asked,
    }),
    v.strictObject({ type: v.literal('insert'), version: v.picklist([4, 7]), ...asked }),
  ]),
}

type Where = NonNullable<Flaw['where']>

/** The processes beside the nodes. */
const services = [lenderId, databaseId, redisId]

/** Callers who leave hardly a tick without ids: a time that is used twice gives an id twice. */
const dense = {
  clients: 6,
  operations: 150,
  thinkMs: 60,
  timeoutMs: 1500,
  segmentShare: 0,
  counterShare: 0,
  countMax: 120,
}

/** Three nodes and two worker ids: whoever has none waits for the first that is free. Clocks agree, and no marks help. */
const crowded: Where = {
  nodes: 3,
  config: {
    workerIds: 'leased',
    workerBits: 1,
    clockBack: 'wait',
    leaseTtlMs: 300,
    lentMarks: false,
  },
  clocks: { skewMs: 0, drift: 0 },
  work: { ...dense, nodes: 3 },
}

/** Where flaws show that hardly ever do elsewhere. */
const wheres: Readonly<Record<string, Where>> = {
  'turn-reused': {
    nodes: 1,
    config: { workerIds: 'own', clockBack: 'reserve', turnBits: 1 },
    work: { ...dense, nodes: 1 },
    faults: { everyMs: 100, kinds: { clock: 1 }, settings: false },
  },
  'mark-ignored': {
    nodes: 1,
    config: { workerIds: 'own', clockBack: 'wait' },
    work: { ...dense, nodes: 1 },
    faults: { everyMs: 100, kinds: { clock: 1, crash: 2 }, settings: false },
  },
  // The disk stands still when the clock is set ahead, and forgets the mark that it was asked to keep.
  'mark-not-awaited': {
    nodes: 1,
    config: { workerIds: 'own', clockBack: 'wait' },
    clocks: { skewMs: 0, drift: 0 },
    disk: { loseAll: 1 },
    work: {
      script: [
        [0, 505, { type: 'next', kind: 'snowflake', count: 200, node: 'n1' }],
        [1, 612, { type: 'next', kind: 'snowflake', count: 200, node: 'n1' }],
      ],
      timeoutMs: 2500,
    },
    faults: [
      { at: 400, do: 'stall', node: 'n1', by: 400, for: 150 },
      { at: 500, do: 'clock', node: 'n1', jump: 1000 },
      { at: 560, do: 'crash', node: 'n1', for: 40 },
      { at: 605, do: 'clock', node: 'n1', jump: -100 },
    ],
  },
  'lease-not-fenced': {
    ...crowded,
    faults: { everyMs: 200, kinds: { pause: 1 }, settings: false },
  },
  'lease-loss-ignored': {
    ...crowded,
    faults: { everyMs: 200, kinds: { pause: 1, isolate: 1 }, settings: false },
  },
  // Answers take long.
  'lease-from-answer': {
    ...crowded,
    net: { delayMinMs: 40, delaySpreadMs: 80 },
    faults: { everyMs: 200, kinds: { isolate: 2, cut: 1 }, settings: false },
  },
  'worker-id-shared': { ...crowded, faults: [] },
  'redis-floor-unchecked': {
    work: { ...dense, counterShare: 1, nodes: 3 },
    faults: { everyMs: 200, kinds: { crash: 1 }, settings: false },
  },
  'loans-forgotten': {
    ...crowded,
    faults: [600, 1000, 1400, 1800].map((at) => ({ at, do: 'crash', node: lenderId, for: 20 })),
  },
}

/** Ids: nodes that make them, a service that lends worker ids, a database and a Redis that count. */
export const idLab: Lab<IdLabConfig, IdOp, IdValue> = {
  name: 'idgen',
  title: 'Ids that never repeat',
  config: idLabConfig,
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
  disk: { syncMinMs: 1, syncSpreadMs: 5, loseAll: 0.5 },
  clocks: { skewMs: 30, drift: 0.0001 },
  scenario: {
    v: 1,
    lab: 'idgen',
    seed: 1,
    nodes: 3,
    work: { clients: 4, operations: 160, thinkMs: 60, timeoutMs: 2500, nodes: 3 },
    faults: {
      everyMs: 150,
      kinds: {
        crash: 20,
        pause: 10,
        cut: 3,
        'cut-one-way': 3,
        isolate: 8,
        slow: 2,
        lose: 2,
        stall: 5,
        clock: 20,
      },
      settings: true,
    },
    healMs: 5000,
    quietMs: 2000,
  },
  schemas,
  flaws: labFlaws.map(({ name, text }) => {
    const where = wheres[name]
    return where === undefined ? { name, text } : { name, text, where }
  }),
  marks,
  messagesPerOperationMax: 12,
  settings,
  draw: drawWork,
  finalReads,
  processes({ nodes, config, flaws }) {
    const rules = rulesWith(flaws)
    const workers = 2 ** config.workerBits
    const node =
      (own: number): Build<Message, MarkEntry> =>
      (context) =>
        new IdNode(context, own % workers, config, rules)
    const lender: Build<Message, LoanEntry> = (context) =>
      new Lender(context, workers, rules.lender)
    const database: Build<Message, DatabaseEntry> = (context) =>
      new Database(context, config.step, rules.database)
    const redis: Build<Message, EvalEntry> = (context) => new RedisServer(context)
    return [
      ...nodeIds(nodes).map((id, own) => ({ id, build: node(own) })),
      { id: lenderId, build: lender },
      { id: databaseId, build: database },
      { id: redisId, build: redis },
    ]
  },
  client: runClient,
  role: (name) => (services.includes(name) ? name : undefined),
  roles: services,
  invariants: () => ({ stepped: () => undefined }),
  judges,
  views: {
    glyph,
    summary,
    log: logRows,
    sentence,
    operation: operationText,
    console: { examples: consoleExamples, parse: parseOperation },
  },
}

/** Settings for a run: every policy, narrow fields, and marks and leases that end while the run goes on. */
function settings(draw: Draw): Settings<IdLabConfig> {
  const among = <Of>(label: string, all: readonly [Of, ...Of[]]): Of =>
    all[Math.floor(draw(label) * all.length)] ?? all[0]
  const upTo = (label: string, most: Milliseconds): Milliseconds =>
    Math.round(1 + (most - 1) * draw(label))
  const workerIds = among<IdLabConfig['workerIds']>('worker ids', ['own', 'leased'])
  return {
    config: {
      workerIds,
      clockBack: among('clock back', ['wait', 'throw', 'borrow', 'reserve']),
      aheadMaxMs: upTo('ahead', 500),
      turnBits: among('turn bits', [1, 2, 3]),
      workerBits: workerIds === 'leased' ? among('worker bits', [1, 5]) : 5,
      sequenceBits: among('sequence bits', [1, 2, 3]),
      smallStepMs: among('small step', [0, 5]),
      waitMaxMs: upTo('wait', 500),
      markAheadMs: 150 + upTo('mark ahead', 300),
      leaseTtlMs: 100 + upTo('lease', 900),
      step: upTo('step', 20),
    },
    net: {
      delaySpreadMs: Math.round(2 + 30 * draw('delay') ** 2),
      tailShare: 0.15 * draw('tail') ** 2,
      loss: draw('loss') < 0.5 ? 0 : 0.2 * draw('loss share'),
      duplicate: draw('duplicate') < 0.5 ? 0 : 0.2 * draw('duplicate share'),
    },
    disk: {
      syncMinMs: 1,
      syncSpreadMs: Math.round(2 + 60 * draw('sync') ** 2),
      loseAll: draw('lose all') < 0.5 ? 1 : 0.3,
    },
  }
}
