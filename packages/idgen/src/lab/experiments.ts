import type { Experiment, Scenario, ScriptedOperation } from '@lockstep/sim'
import type { IdLabConfig } from './config.ts'
import type { IdKind } from './messages.ts'
import type { IdOp } from './work.ts'

type IdExperiment = Experiment<IdLabConfig, IdOp>
type IdScenario = Scenario<IdLabConfig, IdOp>

/** Messages take 5 ms and a sync takes 2 ms: slow enough to see, even enough to plan. */
const steady: Omit<IdScenario, 'work' | 'faults'> = {
  v: 1,
  lab: 'idgen',
  seed: 1,
  nodes: 1,
  net: { delayMinMs: 5, delaySpreadMs: 0, tailShare: 0, fifo: true },
  disk: { syncMinMs: 2, syncSpreadMs: 0, loseAll: 1 },
  clocks: { skewMs: 0, drift: 0 },
  healMs: 3000,
  quietMs: 500,
}

/** A caller who asks one node again and again. */
function caller(
  client: number,
  node: string,
  given: { kind?: IdKind; count?: number; everyMs?: number; times?: number; fromMs?: number } = {},
): ScriptedOperation<IdOp>[] {
  const { kind = 'snowflake', count = 4, everyMs = 20, times = 40, fromMs = 300 } = given
  return Array.from({ length: times }, (_, index) => [
    client,
    fromMs + index * everyMs,
    { type: 'next', kind, count, node },
  ])
}

function work(...callers: readonly ScriptedOperation<IdOp>[][]): IdScenario['work'] {
  return { script: callers.flat(), timeoutMs: 2500 }
}

const own = { workerIds: 'own' } as const

/** The clock of a node is set back while it is asked. */
const setBack: IdScenario = {
  ...steady,
  config: own,
  work: work(caller(0, 'n1')),
  faults: [{ at: 600, do: 'clock', node: 'n1', jump: -80 }],
}

/** A node dies, and its clock is set back before it is there again. */
const restartBehind: IdScenario = {
  ...steady,
  config: own,
  // A caller whose node dies waits for its answer, so another one comes after that.
  work: work(caller(0, 'n1', { times: 14 }), caller(1, 'n1', { fromMs: 660 })),
  faults: [
    { at: 600, do: 'crash', node: 'n1', for: 50 },
    { at: 630, do: 'clock', node: 'n1', jump: -200 },
  ],
}

/** Three nodes, two worker ids, and no marks with the lender: the lease alone keeps them apart. */
const crowded: IdScenario = {
  ...steady,
  nodes: 3,
  config: { workerIds: 'leased', workerBits: 1, leaseTtlMs: 300, lentMarks: false },
  work: work(
    ...['n1', 'n2', 'n3'].map((node, client) =>
      caller(client, node, { count: 150, everyMs: 25, times: 70 }),
    ),
  ),
  faults: [],
}

/** Who has the first worker id stands still for longer than its lease. */
const longPause: IdScenario = {
  ...crowded,
  faults: [{ at: 600, do: 'pause', node: 'n1', for: 800 }],
}

/** Segments of ten ids, and a database that dies with what it had not synced. */
const database: IdScenario = {
  ...steady,
  nodes: 2,
  config: { ...own, step: 10 },
  work: work(
    caller(0, 'n1', { kind: 'segment', count: 3, everyMs: 30 }),
    caller(1, 'n2', { kind: 'segment', count: 3, everyMs: 30 }),
  ),
  faults: [{ at: 700, do: 'crash', node: 'db', for: 1300 }],
}

/** A Redis that dies, and has forgotten what it said last when it is back. */
const redisFailOver: IdScenario = {
  ...steady,
  nodes: 2,
  config: own,
  disk: { syncMinMs: 60, syncSpreadMs: 0, loseAll: 1 },
  work: work(
    caller(0, 'n1', { kind: 'counter', count: 3, everyMs: 40, times: 14 }),
    caller(1, 'n2', { kind: 'counter', count: 3, everyMs: 40, times: 20, fromMs: 1000 }),
  ),
  faults: [{ at: 900, do: 'crash', node: 'redis', for: 30 }],
}

/** The experiments of the lab. */
export const experiments: readonly IdExperiment[] = [
  {
    id: 'ids-clock-set-back',
    title: 'A clock that is set back',
    story:
      'A time service finds that the clock of n1 is 80 ms fast, and sets it back. The node remembers the last tick in which it made ids, so it makes none until its clock has come there again: callers wait for 80 ms, and no id is given twice.',
    watch: [
      'The clock is set at 600 ms.',
      'Callers wait for about 80 ms.',
      'Ids go on behind the last one.',
    ],
    scenario: setBack,
    expect: { is: 'holds' },
    marks: ['waited for its clock'],
  },
  {
    id: 'ids-clock-followed-back',
    title: 'A clock that is followed back',
    story:
      'The same, but the node takes every time that it has not just seen for a new one, and begins its sequence anew. For 80 ms it makes the ids of the 80 ms before once more. Several published packages do this.',
    watch: ['The clock is set at 600 ms.', 'The ids behind that are those from before.'],
    scenario: { ...setBack, flaws: ['rollback-ignored'] },
    expect: { is: 'violated', by: 'uniqueness' },
  },
  {
    id: 'ids-borrowed-time',
    title: 'Ids from borrowed time',
    story:
      'Whoever cannot wait lets ids run ahead of the clock, up to a bound. The clock of n1 goes back by 80 ms and nobody notices: ids go on where they were, and their times are ahead of the clock until it has caught up.',
    watch: ['The clock is set at 600 ms.', 'Nobody waits.'],
    scenario: { ...setBack, config: { ...own, clockBack: 'borrow', aheadMaxMs: 100 } },
    expect: { is: 'holds' },
  },
  {
    id: 'ids-reserved-turns',
    title: 'Another turn through the same time',
    story:
      'Two bits of the id are kept for this: when the clock goes back, ids take the next value of them, and so differ from those that were made when the clock showed that time first. Nobody waits and times are true; ids are not in order.',
    watch: ['The clock is set at 600 ms.', 'Ids get smaller, and none comes twice.'],
    scenario: { ...setBack, config: { ...own, clockBack: 'reserve', turnBits: 2 } },
    expect: { is: 'holds' },
  },
  {
    id: 'ids-tick-used-up',
    title: 'More ids than a tick has',
    story:
      'Eight ids fit into a millisecond here, and a caller wants sixty. The node gives eight, sleeps until the next tick, and goes on; it neither repeats a number nor keeps a processor busy.',
    watch: ['Sixty ids take eight ticks.'],
    scenario: {
      ...steady,
      config: own,
      work: work(caller(0, 'n1', { count: 60, times: 5, everyMs: 100 })),
      faults: [],
    },
    expect: { is: 'holds' },
    marks: ['waited for more ids'],
  },
  {
    id: 'ids-restart-behind',
    title: 'A restart with the clock behind',
    story:
      'n1 dies, and comes back with a clock that is 200 ms behind. Its memory is gone, but before it ever made an id it had saved a mark ahead of it: the new life makes none below that mark, and callers wait.',
    watch: [
      'n1 dies at 600 ms.',
      'Its clock is set back before it is there again.',
      'It waits for its clock.',
    ],
    scenario: restartBehind,
    expect: { is: 'holds' },
    marks: ['waited for its clock'],
  },
  {
    id: 'ids-restart-forgetful',
    title: 'A restart that remembers nothing',
    story:
      'The same without the mark: the new life begins by its clock alone, and makes ids that the last life made 200 ms ago. All is well in tests, since clocks hardly ever go back there.',
    watch: ['n1 dies at 600 ms.', 'After its restart it gives ids that it gave before.'],
    scenario: { ...restartBehind, flaws: ['mark-ignored'] },
    expect: { is: 'violated', by: 'uniqueness' },
  },
  {
    id: 'ids-worker-shared',
    title: 'Two workers with one id',
    story:
      'A worker id counts only where nobody else has it. Here it is lent without a look at who has it, so all nodes are worker 0; as soon as two of them make ids in one millisecond these are the same.',
    watch: ['All nodes have the same colour: they are worker 0.'],
    scenario: { ...crowded, flaws: ['worker-id-shared'] },
    expect: { is: 'violated', by: 'uniqueness' },
  },
  {
    id: 'ids-lease-lost-in-a-pause',
    title: 'A lease that ends during a long pause',
    story:
      'n1 stands still for 800 ms, as in a long collection of garbage, and its lease of worker id 0 ends meanwhile; n3 gets it. When n1 goes on it looks at its own clock first: the lease is over, so it refuses, and asks for another worker id.',
    watch: [
      'n1 stands still at 600 ms.',
      'n3 becomes worker 0.',
      'n1 refuses its callers when it goes on.',
    ],
    scenario: longPause,
    expect: { is: 'holds' },
    marks: ['refused a caller for its lost worker id', 'lost its worker id'],
  },
  {
    id: 'ids-lease-not-fenced',
    title: 'A lease that nobody looks at',
    story:
      'The same, but n1 renews its lease in the background and does not look at it when it makes ids. After the pause it answers the callers that waited before it hears that worker id 0 is n3’s now, and both give the same ids.',
    watch: ['n1 stands still at 600 ms.', 'n3 becomes worker 0.', 'Both make ids as worker 0.'],
    scenario: { ...longPause, flaws: ['lease-not-fenced'] },
    expect: { is: 'violated', by: 'uniqueness' },
  },
  {
    id: 'ids-database-down',
    title: 'Segments while the database is down',
    story:
      'As in Leaf, each node holds two segments, and loads the next one as soon as it goes over to the second. The database dies for more than a second: callers get what is left, then an error at once that says when to ask again, and ids again when it is back.',
    watch: [
      'The database dies at 700 ms.',
      'Ids go on from memory for a while.',
      'Then callers are refused.',
    ],
    scenario: database,
    expect: { is: 'holds' },
    marks: ['loaded a segment', 'refused a caller for want of an answer'],
  },
  {
    id: 'ids-segment-before-sync',
    title: 'A segment that was not on disk',
    story:
      'The database answers before the new count is on its disk. It dies, comes back with the old count, and gives the same segment to the other node.',
    watch: ['The database dies five times, for 20 ms.', 'Both nodes give the same ids.'],
    scenario: {
      ...database,
      faults: [340, 400, 460, 520, 580].map((at) => ({ at, do: 'crash', node: 'db', for: 20 })),
      disk: { syncMinMs: 60, syncSpreadMs: 0, loseAll: 1 },
      flaws: ['segment-before-sync'],
    },
    expect: { is: 'violated', by: 'uniqueness' },
  },
  {
    id: 'ids-redis-loses-increments',
    title: 'Redis loses increments',
    story:
      'Redis answers before it is durable, so a restart or a replica that takes over may know less than was given. Each id is below a bound that is kept in a database; when another server process answers, the counter goes on behind that bound. Some numbers are given to nobody, and none twice.',
    watch: ['Redis dies at 900 ms.', 'The counter goes on behind its floor.'],
    scenario: redisFailOver,
    expect: { is: 'holds' },
  },
  {
    id: 'ids-redis-floor-unchecked',
    title: 'A counter that trusts Redis',
    story:
      'The same, but the counter goes on where Redis says that it is: it gives numbers once more.',
    watch: ['Redis dies at 900 ms.', 'It gives numbers that were given before.'],
    scenario: { ...redisFailOver, flaws: ['redis-floor-unchecked'] },
    expect: { is: 'violated', by: 'uniqueness' },
  },
  {
    id: 'ids-random-keys-in-an-index',
    title: 'Random keys in an index',
    story:
      'A B-tree keeps keys in order, so a random UUID (version 4) goes into a page of its own somewhere in the middle: twenty of them touch nearly as many pages, each of which is read, written and logged, and pages that are split in half stay a third empty. A UUID of version 7 begins with the time, so all go into the last page, and the pages before it are full.',
    watch: [
      'Both callers insert twenty keys at a time.',
      'Those of version 4 touch nearly twenty pages, those of version 7 two at most.',
    ],
    scenario: {
      ...steady,
      config: own,
      work: work(
        ...([4, 7] as const).map((version, client) =>
          Array.from(
            { length: 60 },
            (_, index): ScriptedOperation<IdOp> => [
              client,
              300 + 40 * index,
              { type: 'insert', version, count: 20, node: 'n1' },
            ],
          ),
        ),
      ),
      faults: [],
    },
    expect: { is: 'holds' },
  },
]
