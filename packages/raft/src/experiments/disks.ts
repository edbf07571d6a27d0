import { figure2, get, put, type RaftExperiment, steady, writerAndReader } from './steady.ts'

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

/** What a disk that is slow, or forgets, does to its cluster. */
export const diskExperiments: readonly RaftExperiment[] = [transfer, voteWithoutSync]
