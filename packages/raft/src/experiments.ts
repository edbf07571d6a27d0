import type { ScriptedOperation } from '@lockstep/sim'
import { leaseExperiments } from './experiments/leases.ts'
import { membershipExperiments } from './experiments/membership.ts'
import {
  figure2,
  get,
  put,
  type RaftExperiment,
  type RaftScenario,
  steady,
  writerAndReader,
} from './experiments/steady.ts'
import { storeExperiments } from './experiments/store.ts'
import type { KvOp } from './kv/operation.ts'

const election: RaftExperiment = {
  id: 'raft-election',
  title: 'The first election',
  story:
    'Five nodes start and know of no leader. Each waits for a time of its own choice, so one of them is first: it asks the others for their votes, and a majority makes it the leader of term 1. From then on it replicates what clients ask of it, and its heartbeats keep the others from standing themselves.',
  watch: [
    'n3 waits least: it stands for election in term 1 and votes for itself.',
    'Three votes of five make it the leader; it appends an empty entry to open its term.',
    'An entry is committed once three disks hold it, and the client has its answer.',
    'Heartbeats start every other node’s timeout anew.',
  ],
  scenario: {
    ...steady,
    work: { script: writerAndReader(200, 8), timeoutMs: 1000 },
    faults: [],
    forced: { 'n3/election#0': 0 },
    healMs: 2000,
  },
  expect: { is: 'holds' },
  marks: ['started an election', 'became leader'],
}

const leaderCrash: RaftExperiment = {
  id: 'raft-leader-crash',
  title: 'The leader crashes',
  story:
    'The leader crashes while two clients use the store. Its heartbeats stop, a follower’s timeout runs out, and a majority elects it in the next term. Clients ask again with the same number, so that a write whose answer was lost is still applied once. The old leader comes back as a follower and catches up.',
  watch: [
    'At 1 s the leader crashes; nothing is committed until the next election.',
    'The new leader has every committed entry, or it would not have got a majority.',
    'The clients find it by trying, and go on.',
    'The old leader comes back from its disk, hears of the later term and follows.',
  ],
  scenario: {
    ...steady,
    work: { script: writerAndReader(100, 20), timeoutMs: 2000 },
    faults: [{ do: 'crash', node: '@leader', at: 1003, for: 1000 }],
    forced: { 'n1/election#0': 0, 'n4/election#1': 0.1 },
    healMs: 3000,
  },
  expect: { is: 'holds' },
  marks: ['became leader'],
}

const rollingRestart: RaftExperiment = {
  id: 'raft-rolling-restart',
  title: 'A rolling restart',
  story:
    'Whoever leads is asked to stop, three times in a row, as an upgrade does it. The leader hands over before it ends: it brings a follower up to its own log and tells it to stand at once, and that one is elected although everybody still hears the old leader. Nobody waits for an election timeout, and the clients are told whom to ask.',
  watch: [
    'At 1 s the leader is asked to stop; it takes no more writes and tells the best follower to stand.',
    'The next term begins within a few messages, without a pre-vote.',
    'Only once it follows the new leader does the old one end; it comes back as a follower.',
    'Compare with the crash of a leader, where all that is lost is the time of a timeout.',
  ],
  scenario: {
    ...steady,
    work: { script: writerAndReader(100, 40), timeoutMs: 2000 },
    faults: [1003, 2003, 3003].map((at) => ({ do: 'stop', node: '@leader', at, for: 500 })),
    healMs: 5000,
  },
  expect: { is: 'holds' },
  marks: ['began to hand over', 'became leader'],
}

const splitVote: RaftExperiment = {
  id: 'raft-split-vote',
  title: 'A split vote',
  story:
    'Two of four nodes stand for election at the same moment, and each gets the vote of the node that hears it first: two votes each, where three are needed. Nobody leads term 1. Both wait again for a time of their own choice, and the one that is first this time wins term 2.',
  watch: [
    'n1 and n4 stand at once; n2 hears n1 first, n3 hears n4 first.',
    'Each voter refuses the second candidate: one vote a term.',
    'No majority. A random timeout is what ends this, not a rule of rank.',
    'In term 2 one candidate is alone and wins.',
  ],
  scenario: {
    ...steady,
    nodes: 4,
    work: {
      script: writerAndReader(200, 4).map(([c, at, op]) => [c, at + 600, op]),
      timeoutMs: 1000,
    },
    faults: [
      { do: 'slow', from: 'n1', to: 'n3', by: 10, at: 0, for: 300 },
      { do: 'slow', from: 'n4', to: 'n2', by: 10, at: 0, for: 300 },
    ],
    forced: {
      'n1/election#0': 0,
      'n4/election#0': 0,
      'n2/election#0': 0.9,
      'n3/election#0': 0.9,
      'n1/election#1': 0.1,
      'n4/election#1': 0.7,
      'n2/election#1': 0.9,
      'n3/election#1': 0.9,
    },
    healMs: 2000,
  },
  expect: { is: 'holds' },
  marks: ['refused a second vote', 'lost an election', 'became leader'],
}

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

const voteWithoutSync: RaftExperiment = {
  id: 'raft-vote-without-sync',
  title: 'A vote that the disk forgot',
  story:
    'Disks are slow here, and with the flaw `vote-without-sync` nobody waits for them: n1 votes for itself, asks, and leads term 1 before its vote is on disk. It crashes, comes back at once, and remembers nothing. When n3 stands for the same term, n1 votes a second time, and term 1 has two leaders. By the rule a vote leaves only once the disk has it.',
  watch: [
    'n1 stands for term 1; n2 votes for it, and n1 leads, all before any disk is done.',
    'n1 crashes, loses its vote with its memory, and starts again in term 0.',
    'n3, which heard nothing of this, stands for term 1 too.',
    'n1 votes for n3: two leaders in one term.',
  ],
  scenario: {
    ...steady,
    nodes: 3,
    flaws: ['vote-without-sync'],
    disk: { syncMinMs: 80, syncSpreadMs: 0, loseAll: 1 },
    work: {
      script: [
        [0, 300, put('x', '1')],
        [1, 500, get('x')],
      ],
      timeoutMs: 2000,
    },
    faults: [
      { do: 'cut', from: 'n1', to: 'n3', at: 0, for: 190 },
      { do: 'crash', node: 'n1', at: 165, for: 20 },
    ],
    forced: {
      'n1/election#0': 0,
      'n3/election#0': 0.4,
      'n2/election#0': 0.9,
      'n2/election#1': 0.9,
    },
    healMs: 1500,
  },
  expect: { is: 'violated', by: 'election safety' },
  marks: ['became leader'],
}

const staleRead: RaftExperiment = {
  id: 'raft-stale-read',
  title: 'A leader that no longer leads',
  story:
    'A leader that is cut off from the others cannot know that they have elected another one. With the flaw `stale-read` it answers reads from its own state, and so it tells an old value long after a newer one was written and answered elsewhere. By the rule a read goes through the log like a write, or waits until a majority has confirmed the leader, and a leader without a majority cannot answer it.',
  watch: [
    'n1 leads and is cut off from n2 and n3, though clients still reach it.',
    'n2 and n3 elect a leader, and a client writes x = 2 there.',
    'Another client asks n1, which takes itself for the leader: x = 1.',
    'No order of these operations explains the answer.',
  ],
  scenario: {
    ...steady,
    nodes: 3,
    flaws: ['stale-read'],
    work: {
      script: [
        [0, 200, put('x', '1')],
        [1, 300, get('x')],
        [0, 900, put('x', '2')],
        [1, 1300, get('x')],
      ],
      timeoutMs: 2000,
    },
    faults: [{ do: 'partition', groups: [['n1'], ['n2', 'n3']], at: 500, for: 1200 }],
    forced: { 'n1/election#0': 0, 'c1/first node#0': 0, 'c2/first node#0': 0 },
    healMs: 2000,
  },
  expect: { is: 'violated', by: 'linearizability' },
  marks: ['became leader', 'stepped down'],
}

/** n3 is cut off for a second, and nothing is written before it is back. */
const returner: RaftScenario = {
  ...steady,
  nodes: 3,
  work: {
    script: [
      [0, 250, put('x', '1')],
      [0, 1900, put('x', '2')],
      [1, 2200, get('x')],
    ],
    timeoutMs: 2000,
  },
  faults: [{ do: 'isolate', node: 'n3', at: 500, for: 1003 }],
  forced: { 'n1/election#0': 0, 'n2/election#0': 0.9, 'n2/election#1': 0.9 },
  healMs: 2500,
}

const disruptiveReturner: RaftExperiment = {
  id: 'raft-disruptive-returner',
  title: 'A node comes back and deposes the leader',
  story:
    'One of three nodes is cut off. It hears no leader, so it stands for election again and again, and each time it raises its term, though nobody hears it. When the link heals it has the highest term of all, and a leader that hears of a later term must step down: a node that brings nothing stops a cluster that had no trouble.',
  watch: [
    'n1 leads term 1; n3 is cut off and stands in term 2, 3, 4, …',
    'n3 is back, and asks for votes in its high term.',
    'n1 and n2 must follow that term, so n1 steps down and nobody leads.',
    'A new election costs time and gains nothing.',
  ],
  scenario: returner,
  expect: { is: 'holds' },
  marks: ['ran out of votes in time', 'stepped down'],
}

const preVote: RaftExperiment = {
  id: 'raft-pre-vote',
  title: 'Pre-vote: ask before you stand',
  story:
    'The same node is cut off for the same time, but with the pre-vote of the thesis (§9.6) it asks first whether a majority would elect it, and raises its term only then. Alone it gets no answer, so it stays in term 1. When it is back the others ignore it while they hear their leader, and the leader’s next heartbeat takes it in.',
  watch: [
    'n3 is cut off and asks, in vain: its term stays 1.',
    'n3 is back; n1 goes on leading term 1 as if nothing had been.',
    'n3 hears a heartbeat and follows.',
  ],
  scenario: { ...returner, config: { ...figure2, preVote: true } },
  expect: { is: 'holds' },
  marks: ['asked before an election'],
}

const oneWay: RaftScenario = {
  ...steady,
  nodes: 3,
  work: { script: writerAndReader(150, 14), timeoutMs: 2500 },
  faults: [
    { do: 'cut', from: 'n2', to: 'n1', at: 700, for: 1400 },
    { do: 'cut', from: 'n3', to: 'n1', at: 700, for: 1400 },
  ],
  forced: { 'n1/election#0': 0, 'n2/election#1': 0.2, 'n3/election#1': 0.9 },
  healMs: 3000,
}

const checkQuorum: RaftExperiment = {
  id: 'raft-check-quorum',
  title: 'A leader that is heard and hears nobody',
  story:
    'The links to the leader are dead while those from it work: its heartbeats keep the others quiet, and none of their answers reach it, so nothing is committed and nobody stands. With the quorum check of the thesis (§6.2) a leader that hears no majority for an election timeout steps down. Its heartbeats stop, and the others elect one that hears them.',
  watch: [
    'n1 leads; from 0.7 s on it sends and hears nothing.',
    'An election timeout later it steps down by itself, in the same term.',
    'n2 is elected, and the clients go on there.',
  ],
  scenario: { ...oneWay, config: { ...figure2, preVote: true, checkQuorum: true } },
  expect: { is: 'holds' },
  marks: ['heard no majority', 'stepped down'],
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

const transfer: RaftExperiment = {
  id: 'raft-transfer',
  title: 'A leader whose disk stalls hands over',
  story:
    'The leader’s disk hangs. Its heartbeats go on, and the two followers can commit without it, so nobody else finds out that a third of the cluster is gone and that one more fault would stop it. Here the leader notices by itself: when its disk wrote nothing for an election timeout it hands over (thesis §3.10). It takes no proposals, waits until the follower has the whole log, and tells it to stand at once, so that the change costs a few messages and no timeout.',
  watch: [
    'n1 leads; from 0.8 s on its disk writes nothing.',
    'Entries go on being committed by n2 and n3, while the durable end of n1’s log stands still.',
    'n1 sends TimeoutNow to the follower with the most, which stands without asking before.',
    'The others vote although they hear a leader, since the leader wants it.',
  ],
  scenario: {
    ...steady,
    nodes: 3,
    config: { ...figure2, preVote: true, checkQuorum: true, handOverOnStall: true },
    work: { script: writerAndReader(100, 24), timeoutMs: 2500 },
    faults: [{ do: 'stall', node: 'n1', by: 5000, at: 800, for: 1800 }],
    forced: { 'n1/election#0': 0, 'n2/election#0': 0.9, 'n3/election#0': 0.9 },
    healMs: 3000,
  },
  expect: { is: 'holds' },
  marks: ['found its disk stalled', 'began to hand over', 'stepped down', 'became leader'],
}

/** The experiments, in the order in which they teach. */
export const experiments: readonly RaftExperiment[] = [
  election,
  leaderCrash,
  rollingRestart,
  splitVote,
  disruptiveReturner,
  preVote,
  checkQuorum,
  transfer,
  partitionedLeader,
  figure8Flawed,
  figure8Safe,
  voteWithoutSync,
  staleRead,
  ...leaseExperiments,
  slowFollower,
  ...membershipExperiments,
  ...storeExperiments,
]
