import {
  figure2,
  get,
  put,
  type RaftExperiment,
  type RaftScenario,
  steady,
  writerAndReader,
} from './steady.ts'

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

const hangUp: RaftExperiment = {
  id: 'raft-hang-up',
  title: 'A killed process hangs up',
  story:
    'The leader’s process is killed and its machine goes on, so the operating system closes its connections, and the followers hear of that at once. A connection may break while the leader is well, so they do not depose it: the first of them asks the others whether they miss it too (pre-vote, thesis §9.6), and leads long before an election timeout is over. Where a machine loses its power nobody hangs up, and the timeout has to run out.',
  watch: [
    'At 1 s the leader is killed; a message later each of its followers has missed it.',
    'Each waits for a short time of its own choice, up to a tenth of the least election timeout, and n3 is the first to ask.',
    'The others miss the leader as well, so they would vote, and do: 40 ms after the kill there is a leader of term 2.',
    'Compare with the crash of a leader, where nobody hangs up.',
  ],
  scenario: {
    ...steady,
    net: { ...steady.net, hangUps: true },
    work: { script: writerAndReader(100, 20), timeoutMs: 2000 },
    config: {
      ...figure2,
      preVote: true,
      electionTimeoutMinMs: 400,
      electionTimeoutMaxMs: 800,
      heartbeatMs: 80,
    },
    faults: [{ do: 'crash', node: '@leader', at: 1003, for: 1000 }],
    forced: {
      'n1/election#0': 0,
      'n2/hurry#0': 0.9,
      'n3/hurry#0': 0.2,
      'n4/hurry#0': 0.9,
      'n5/hurry#0': 0.9,
    },
    healMs: 3000,
  },
  expect: { is: 'holds' },
  marks: ['missed its leader', 'asked before an election', 'became leader'],
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

/** Who leads, and who comes after. */
export const electionExperiments: readonly RaftExperiment[] = [
  election,
  leaderCrash,
  hangUp,
  rollingRestart,
  splitVote,
  disruptiveReturner,
  preVote,
  checkQuorum,
]
