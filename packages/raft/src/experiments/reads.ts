import type { ScriptedOperation } from '@lockstep/sim'
import type { KvOp } from '../kv/operation.ts'
import { get, put, type RaftExperiment, type RaftScenario, steady } from './steady.ts'

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

/** A leader with a slow clock is cut off with its readers, while quick clocks elect another one. */
const slowLeader: RaftScenario = {
  ...steady,
  nodes: 3,
  config: {
    preVote: false,
    checkQuorum: true,
    reads: 'lease',
    handOverOnStall: false,
    electionTimeoutMinMs: 200,
    electionTimeoutMaxMs: 400,
    heartbeatMs: 50,
    clockDriftMax: 0.5,
  },
  work: {
    script: [
      [0, 300, put('x', '1')],
      ...Array.from({ length: 35 }, (_, i): ScriptedOperation<KvOp> => [1, 320 + 20 * i, get('x')]),
      [2, 640, put('x', '2')],
    ],
    timeoutMs: 2000,
  },
  faults: [
    { do: 'clock', node: 'n1', rate: 0.5, at: 250 },
    { do: 'clock', node: 'n2', rate: 1.5, at: 250 },
    { do: 'clock', node: 'n3', rate: 1.5, at: 250 },
    { do: 'partition', groups: [['n1'], ['n2', 'n3']], at: 500, for: 1000 },
  ],
  forced: {
    'n1/election#0': 0,
    'n2/election#1': 0,
    'n3/election#1': 0.9,
    'c3/first node#0': 0.5,
  },
  healMs: 2500,
}

const slowLeaderWatch = [
  'n1 leads, and its clock runs at half the speed; those of n2 and n3 run half as fast again.',
  'A client reads x from n1 again and again, under the lease that the answers to heartbeats renew.',
  'At 0.5 s n1 is cut off, with that client. n2 is soon elected, and a write of x = 2 is answered there.',
]

const lostLease: RaftExperiment = {
  id: 'raft-lost-lease',
  title: 'A lease that lasts too long',
  story:
    'A leader that was answered by a majority may read by itself for a while: nobody who answered votes for another leader within an election timeout. That is a promise in time, and each node measures time by a clock of its own. With the flaw `lease-with-drift` the leader gives way to the drift in the wrong direction. Its clock is slow and the others are quick, so it trusts its lease when they have long elected another leader, and it reads what is no longer true.',
  watch: [
    ...slowLeaderWatch,
    'n1 still trusts its lease and answers x = 1: a read of the past.',
    'No order of these operations explains the answer.',
  ],
  scenario: { ...slowLeader, flaws: ['lease-with-drift'] },
  expect: { is: 'violated', by: 'linearizability' },
  marks: ['read under its lease', 'became leader'],
}

const lostLeaseSafe: RaftExperiment = {
  id: 'raft-lost-lease-safe',
  title: 'A lease that ends in time',
  story:
    'The same clocks, the same cut, and the lease as the rule has it: the leader takes its own clock for as slow and the others for as quick as the drift allows, and trusts its lease for that much less (thesis §6.4.1). It ends before anybody else can be elected. From then on a read waits for a majority that the leader does not have, so the client gets no answer rather than a wrong one.',
  watch: [
    ...slowLeaderWatch,
    'The lease of n1 had ended before: it lets the reads wait, and steps down when it hears no majority.',
    'The client finds n2, and reads x = 2.',
  ],
  scenario: slowLeader,
  expect: { is: 'holds' },
  marks: ['read under its lease', 'became leader', 'heard no majority'],
}

/** When a leader may answer a read from its own state. */
export const readExperiments: readonly RaftExperiment[] = [staleRead, lostLease, lostLeaseSafe]
