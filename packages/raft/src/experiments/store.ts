import type { ScriptedOperation } from '@lockstep/sim'
import { everyKey } from '../kv/range.ts'
import type { LabOp } from '../lab-judges.ts'
import { type RaftExperiment, steady } from './steady.ts'

/** Three nodes with all that the thesis adds. */
const three: typeof steady = { ...steady, nodes: 3, config: {} }

const watch: LabOp = { type: 'watch', ...everyKey }
const leased: LabOp = {
  type: 'txn',
  compare: [],
  success: [{ type: 'put', key: 'lock', value: 'mine', lease: 7 }],
  failure: [],
}

/** A client that asks its watcher again and again. */
function watcher(client: number, fromMs: number, everyMs: number, count: number) {
  return Array.from(
    { length: count },
    (_, i): ScriptedOperation<LabOp> => [client, fromMs + i * everyMs, watch],
  )
}

/** A lease that nobody keeps alive, under a leader that does not live to see it expire. */
const leaseOutlivesLeader: RaftExperiment = {
  id: 'raft-lease-outlives-leader',
  title: 'A lease outlives its leader',
  story:
    'A client takes a lease of a second and a half and puts a key under it; then nobody keeps it alive. The leader that granted it crashes. Leases expire by the time that leaders write into the log, not by anybody’s clock, and the time without a leader does not count: whoever kept the lease alive had nobody to turn to. So the new leader gives every lease its full time again, and the key goes only when that is over.',
  watch: [
    'The lease is granted and the key is written under it; a watcher sees it.',
    'The leader crashes, and another node is elected: the lease has its full time again.',
    'When that is over the leader proposes that time goes on, since nobody else proposes anything.',
    'The entry lets the lease expire on every node alike; the watcher sees the key go, in a revision of its own.',
  ],
  scenario: {
    ...three,
    work: {
      script: [
        [0, 500, { type: 'grant', lease: 7, ttlMs: 1500 }],
        [0, 600, leased],
        ...watcher(1, 650, 250, 16),
        [2, 1700, { type: 'get', key: 'lock' }],
        [2, 4200, { type: 'get', key: 'lock' }],
      ],
      timeoutMs: 2000,
    },
    faults: [{ do: 'crash', node: '@leader', at: 1003, for: 1500 }],
    healMs: 5000,
  },
  expect: { is: 'holds' },
  marks: ['became leader', 'let time go on for its leases'],
}

/** Watchers on every node while the leader crashes and comes back. */
const watchAcrossCrash: RaftExperiment = {
  id: 'raft-watch-across-crash',
  title: 'A watch across the crash of a leader',
  story:
    'One client writes, two others watch all keys. A watcher asks any node what happened from a revision on, and the answer says which revision comes next: the cluster remembers nothing of it. The leader crashes in the middle, with a watcher’s question in its hands. The watcher asks another node from the same revision on, so it misses nothing and sees nothing twice, although that node may lag behind.',
  watch: [
    'A node without news holds the question until there is some.',
    'At 1 s the leader crashes, and a question is lost with it.',
    'The watcher turns to the next node and asks from where it was.',
    'Both watchers have seen every revision once, in order, and alike.',
  ],
  scenario: {
    ...three,
    work: {
      script: [
        ...Array.from(
          { length: 20 },
          (_, i): ScriptedOperation<LabOp> => [
            0,
            400 + 100 * i,
            { type: 'put', key: 'x', value: String(i + 1) },
          ],
        ),
        ...watcher(1, 450, 60, 40),
        ...watcher(2, 480, 90, 30),
      ],
      timeoutMs: 2000,
    },
    faults: [{ do: 'crash', node: '@leader', at: 1003, for: 1000 }],
    healMs: 4000,
  },
  expect: { is: 'holds' },
  marks: ['became leader'],
}

/** The same watchers, of whom one is told to go on too far. */
const watchSkips: RaftExperiment = {
  id: 'raft-watch-skips',
  title: 'A watch that skips a revision',
  story:
    'A watcher that comes late gets what it missed in several answers. Here each answer holds one revision, and says that the watcher may go on behind all that there is: the revisions between are never shown. Nobody who only looks at the keys would notice; whoever keeps a copy of them by watching has a wrong one.',
  watch: [
    'The writer is ten revisions ahead when the watcher begins.',
    'The first answer holds one revision and names the eleventh as the next.',
    'Another watcher, who was there from the beginning, saw all of them.',
  ],
  scenario: {
    ...watchAcrossCrash.scenario,
    config: { watchBytesMax: 1 },
    work: {
      script: [
        ...Array.from(
          { length: 10 },
          (_, i): ScriptedOperation<LabOp> => [
            0,
            400 + 50 * i,
            { type: 'put', key: 'x', value: String(i + 1) },
          ],
        ),
        ...watcher(1, 400, 40, 15),
        ...watcher(2, 1500, 50, 3),
      ],
      timeoutMs: 2000,
    },
    faults: [],
    flaws: ['watch-skips-a-revision'],
    healMs: 2500,
  },
  expect: { is: 'violated', by: 'watches' },
  marks: ['answered a watch in parts'],
}

/** What the store over the log does when leaders come and go. */
export const storeExperiments: readonly RaftExperiment[] = [
  leaseOutlivesLeader,
  watchAcrossCrash,
  watchSkips,
]
