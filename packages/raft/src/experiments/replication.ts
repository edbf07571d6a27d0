import type { ScriptedOperation } from '@lockstep/sim'
import type { KvOp } from '../kv/operation.ts'
import { figure7 } from './figure-7.ts'
import {
  figure2,
  get,
  put,
  type RaftExperiment,
  type RaftScenario,
  steady,
  writerAndReader,
} from './steady.ts'

const partitionedLeader: RaftExperiment = {
  id: 'raft-partitioned-leader',
  title: 'A leader without a majority',
  story:
    'A partition leaves the leader with one follower; the other three elect a leader of their own. Clients reach both sides. The old leader still takes requests, but it cannot commit them, since two of five are no majority. When the partition heals it hears of the later term, steps down, and the entries that never were committed are cut from its log.',
  watch: [
    'n1 leads, and is cut off together with n2.',
    'What clients ask of n1 stays uncommitted: its log grows, its commit index stands.',
    'n3, n4 and n5 elect a leader of term 2 and commit.',
    'After the heal n1 steps down and cuts its tail; nothing that was answered is lost.',
  ],
  scenario: {
    ...steady,
    work: { script: writerAndReader(100, 20), timeoutMs: 3000 },
    faults: [
      {
        do: 'partition',
        groups: [
          ['n1', 'n2'],
          ['n3', 'n4', 'n5'],
        ],
        at: 1000,
        for: 1000,
      },
    ],
    forced: { 'n1/election#0': 0 },
    healMs: 3000,
  },
  expect: { is: 'holds' },
  marks: ['stepped down', 'left requests open', 'truncated its log'],
}

/** Figure 8 of the paper, with n1 as its S1 and n5 as its S5; its terms are one higher. */
const figure8: RaftScenario = {
  ...steady,
  config: { ...figure2, batchEntriesMax: 1 },
  work: {
    script: [
      [0, 200, put('x', '1')],
      [0, 420, put('x', '2')],
      [1, 1500, get('x')],
    ],
    timeoutMs: 3000,
  },
  faults: [
    {
      do: 'partition',
      groups: [
        ['n1', 'n2'],
        ['n3', 'n4', 'n5'],
      ],
      at: 400,
      for: 160,
    },
    { do: 'isolate', node: 'n5', at: 535, for: 227 },
    {
      do: 'partition',
      groups: [
        ['n1', 'n2'],
        ['n3', 'n4', 'n5'],
      ],
      at: 762,
      for: 1000,
    },
  ],
  forced: {
    'n1/election#0': 0,
    'n5/election#1': 0,
    'n1/election#2': 0,
    'n2/election#2': 0.9,
    'n3/election#2': 0.9,
    'n4/election#2': 0.9,
    'n5/election#3': 0,
    'n3/election#3': 0.9,
    'n4/election#3': 0.9,
  },
  healMs: 2000,
}

const figure8Watch = [
  'n1 appends a write of term 1 that reaches n2 only.',
  'n5 is elected for term 2 by n3 and n4, appends an entry of its own at the same index, and is cut off.',
  'n1 is elected for term 3 and copies the old write to n3 and n4: now four disks hold it.',
]

const figure8Flawed: RaftExperiment = {
  id: 'raft-figure-8',
  title: 'Figure 8: an old entry is committed too early',
  story:
    'The trap of the paper’s figure 8. A leader finds that an entry of an earlier term is on a majority of disks, and commits it by counting, as the flaw `commit-older-term` lets it. The majority is worth nothing: another node has a later term at that index, so the same majority may still elect it, and it overwrites the entry. A write that was answered is gone.',
  watch: [
    ...figure8Watch,
    'With the flaw, n1 counts and commits, and answers the client. Then it is cut off.',
    'n5 is back. Its last entry is of term 2, so n3 and n4 must vote for it, and it overwrites the write.',
  ],
  scenario: { ...figure8, flaws: ['commit-older-term'] },
  expect: { is: 'violated', by: 'leader completeness' },
  marks: ['became leader', 'truncated its log'],
}

const figure8Safe: RaftExperiment = {
  id: 'raft-figure-8-safe',
  title: 'Figure 8, by the rule',
  story:
    'The same events as in figure 8, with the rule in force: a leader commits by counting only entries of its own term, and what is older goes with them. The copies on a majority prove nothing yet, so nobody is answered, and when the later term overwrites the entry nothing is lost. The client asks again and its write is applied once.',
  watch: [
    ...figure8Watch,
    'n1 commits nothing: its own entry of term 3 has reached no majority.',
    'n5 leads term 4 and overwrites the write. The client asks again, and n5 applies it.',
  ],
  scenario: figure8,
  expect: { is: 'holds' },
  marks: ['became leader', 'truncated its log'],
}

/** A client that writes eight keys in turn and another one that reads them. */
function severalKeys(everyMs: number, count: number): ScriptedOperation<KvOp>[] {
  return Array.from({ length: count }, (_, i): ScriptedOperation<KvOp>[] => {
    const key = 'abcdefgh'.charAt(i % 8)
    const at = 250 + i * everyMs
    return [
      [0, at, put(key, String(i + 1))],
      [1, at + everyMs / 2, get(key)],
    ]
  }).flat()
}

const slowFollower: RaftExperiment = {
  id: 'raft-slow-follower',
  title: 'A follower that the log has left behind',
  story:
    'Logs cannot grow for ever, so every node puts a snapshot of its state in the place of the oldest entries. One follower is cut off while the others take several, and when it is back the entries that it needs are gone everywhere. The leader sends the snapshot, piece by piece and beside everything else that it does; one piece more is lost to a second cut, and the transfer goes on from where it stopped.',
  watch: [
    'n1 leads, and every node takes a snapshot each eight entries and keeps two of them.',
    'n3 is cut off. n1 and n2 go on, and their logs let go what n3 would need.',
    'n3 is back. n1 asks how far it is, and sends the first pieces of its snapshot.',
    'Another cut loses a piece. After the next heartbeats n3 says what it has, and n1 goes on from there.',
    'n3 installs the snapshot and takes the log behind it. Nobody waited for any of this.',
  ],
  scenario: {
    ...steady,
    nodes: 3,
    config: { snapshotEntries: 8, keepEntries: 2, snapshotChunkBytes: 24 },
    work: { script: severalKeys(60, 30), timeoutMs: 2000 },
    faults: [
      { do: 'isolate', node: 'n3', at: 500, for: 1000 },
      { do: 'isolate', node: 'n3', at: 1567, for: 60 },
    ],
    forced: { 'n1/election#0': 0 },
    healMs: 3000,
  },
  expect: { is: 'holds' },
  marks: ['took a snapshot', 'sent a snapshot', 'resumed a snapshot', 'installed a snapshot'],
}

const keys = 'abcde'

const fullWindow: RaftExperiment = {
  id: 'raft-full-window',
  title: 'A follower that fills its window',
  story:
    'A leader does not wait for an answer before it sends the next append, but it must not send without end to a follower that does not keep up: what is under way costs memory on both sides, and is lost together. So each follower has a window, here of four appends. One disk of three becomes slow, and its node answers late. The leader sends it four appends and then only heartbeats, while it goes on with the other follower, which is a majority with it. When an answer makes room, all that has come up meanwhile leaves in one append: the slower a follower, the larger its appends, and the fewer.',
  watch: [
    'Five clients write, an entry every 6 ms; n2 and n3 have two or three appends under way.',
    'From 0.4 s on each sync of n3 takes 82 ms. Four appends are under way to it, up to entry 24, and nothing more leaves.',
    'n1 and n2 go on: they commit fourteen entries more until n3 answers, at 487 ms.',
    'One append left the window, so one leaves: entries 25 to 37 at once.',
    'At 0.8 s the disk is well again, and 33 ms later n3 is as far as n2.',
  ],
  scenario: {
    ...steady,
    nodes: 3,
    config: { ...figure2, heartbeatMs: 100, coalesceAppends: false, inFlightMessagesMax: 4 },
    work: {
      script: Array.from({ length: 100 }, (_, i) => {
        const client = i % keys.length
        return [client, 300 + 6 * i, put(keys.charAt(client), String(i + 1))]
      }),
      timeoutMs: 2000,
    },
    faults: [{ do: 'stall', node: 'n3', by: 80, at: 400, for: 400 }],
    forced: {
      'n1/election#0': 0,
      ...Object.fromEntries(Array.from(keys, (_, client) => [`c${client + 1}/first node#0`, 0])),
    },
    healMs: 1500,
  },
  expect: { is: 'holds' },
  marks: ['became leader'],
}

/** How the log comes to all nodes, and what it may not lose on the way. */
export const replicationExperiments: readonly RaftExperiment[] = [
  partitionedLeader,
  figure7,
  figure8Flawed,
  figure8Safe,
  fullWindow,
  slowFollower,
]
