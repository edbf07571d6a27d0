import type { Milliseconds, Timed } from '@lockstep/process'
import type { Flaw, ScriptedOperation } from '@lockstep/sim'
import { figure2 } from './experiments/steady.ts'
import type { LabOp } from './lab-judges.ts'
import { nodeIds } from './lab-work.ts'

type Place = NonNullable<Flaw['where']>

const healMs: Milliseconds = 5000
/** Rival leaders take their time. */
const rivalHealMs: Milliseconds = 8000

/** One fault after another, at even intervals, as long as faults last. */
function inTurn<Item>(everyMs: Milliseconds, fault: (turn: number) => Item): readonly Item[] {
  return Array.from({ length: Math.ceil(healMs / everyMs) - 1 }, (_, turn) => fault(turn))
}

/** Whoever leads is cut off from the others, alone or with some of them in turn, and clients reach both sides. */
function leadersCutOff(
  nodes: number,
  everyMs: Milliseconds,
  forMs: Milliseconds,
  company = 0,
): readonly Timed[] {
  const ids = nodeIds(nodes)
  return inTurn(everyMs, (turn) => {
    const beside = Array.from({ length: company }, (_, i) => ids[(turn + i) % nodes] ?? '')
    const groups = [ids, ['@leader', ...beside]]
    return { do: 'partition', groups, at: everyMs * (turn + 1), for: forMs }
  })
}

/** Work on single keys, and nothing else. */
const singleKeys = { clients: 8, timeoutMs: 3500, nodes: 3, severalShare: 0 }

/** Three voters and two nodes that wait, and an administrator who changes them all the time. */
const comingAndGoing = {
  nodes: 5,
  work: {
    clients: 6,
    operations: 90,
    thinkMs: 80,
    timeoutMs: 3500,
    keys: 2,
    nodes: 5,
    voters: 3,
    changes: 24,
    changeShare: 1,
    severalShare: 0,
  },
  config: { voters: 3, preVote: true, checkQuorum: true, pipelineMax: 4 },
} as const

/**
 * Of four voters the leader is cut off, and everybody is asked for a change meanwhile. Soon after the
 * others had time to elect another one that is cut off too, with one of them, and everybody is asked
 * for a change again. Messages take long, so the fourth node has often given its vote by then and got
 * no entry yet: with the first leader it is a majority of what that one made of the members, as the
 * two others are of what they made of them. In between all nodes become members again.
 */
const rivalLeaders: Place = rivalry({ aloneMs: 350, apartMs: 500, togetherMs: 700 })

function rivalry(span: {
  readonly aloneMs: Milliseconds
  readonly apartMs: Milliseconds
  readonly togetherMs: Milliseconds
}): Place {
  const { aloneMs, apartMs, togetherMs } = span
  const ids = nodeIds(4)
  const faults: Timed[] = []
  const script: ScriptedOperation<LabOp>[] = []
  // Each request comes from a client of its own: one that waits for an answer keeps no other one waiting.
  const askFor = (at: Milliseconds, type: 'remove' | 'add-voter'): void => {
    for (const id of ids) {
      script.push([script.length, at, { type: 'change', change: { steps: [{ type, id }] } }])
    }
  }
  const roundMs = aloneMs + apartMs + togetherMs
  const rounds = Math.floor((rivalHealMs - 600) / roundMs)
  for (let round = 0; round < rounds; round++) {
    const alone = 600 + round * roundMs
    const apart = alone + aloneMs
    const together = apart + apartMs
    const beside = ids[round % ids.length] ?? ''
    faults.push(
      { do: 'partition', groups: [ids, ['@leader']], at: alone, for: aloneMs },
      { do: 'partition', groups: [ids, ['@leader', beside]], at: apart, for: apartMs },
    )
    askFor(alone + 60, 'remove')
    for (const after of [0, 50, 100, 150]) askFor(apart + after, 'remove')
    for (const after of [100, 250, 400, 550]) askFor(together + after, 'add-voter')
  }
  return {
    nodes: 4,
    work: { script, timeoutMs: 1000 },
    config: {
      preVote: true,
      checkQuorum: true,
      electionTimeoutMinMs: 200,
      electionTimeoutMaxMs: 300,
      heartbeatMs: 50,
      attemptTimeoutMs: 150,
    },
    net: { delayMinMs: 30, delaySpreadMs: 10, tailShare: 0 },
    disk: { syncMinMs: 1, syncSpreadMs: 4 },
    faults,
    healMs: rivalHealMs,
  }
}

/** Each leader takes entries that nobody else gets, and is cut off until the next one is: figure 8, and its like. */
const leaderAfterLeader: Place = {
  work: { ...singleKeys, operations: 120, thinkMs: 50, keys: 2 },
  config: {
    ...figure2,
    batchEntriesMax: 1,
    coalesceAppends: false,
    inFlightMessagesMax: 1,
    electionTimeoutMinMs: 100,
    electionTimeoutMaxMs: 300,
    heartbeatMs: 30,
  },
  net: { delaySpreadMs: 20, tailShare: 0 },
  disk: { syncMinMs: 1, syncSpreadMs: 60 },
  faults: leadersCutOff(3, 200, 240),
}

/** Leader after leader crashes, and the next one has to find out what the last one committed. */
const leadersCrash: Place = {
  ...leaderAfterLeader,
  config: { ...leaderAfterLeader.config, reads: 'index' },
  faults: inTurn(300, (turn) => ({ do: 'crash', node: '@leader', at: 300 * (turn + 1), for: 100 })),
}

/** Two nodes at once, in turn, lose power and all that their disks had not finished. */
const powerFails: Place = {
  work: { ...singleKeys, operations: 80, thinkMs: 50, keys: 2 },
  config: figure2,
  disk: { syncMinMs: 20, syncSpreadMs: 60, loseAll: 1 },
  faults: [0, 1].flatMap((next) =>
    inTurn(400, (turn) => ({
      do: 'crash',
      node: nodeIds(3)[(turn + next) % 3] ?? '',
      at: 400 * (turn + 1),
      for: 15,
    })),
  ),
}

/** Where flaws show that hardly ever do elsewhere, by the names of the flaws. */
export const places: Readonly<Record<string, Place>> = {
  // Nodes crash in turn, so soon one after the other that disks rarely finish a vote in between.
  'vote-without-sync': {
    work: { ...singleKeys, operations: 40, thinkMs: 50, keys: 2 },
    config: {
      ...figure2,
      electionTimeoutMinMs: 150,
      electionTimeoutMaxMs: 300,
      heartbeatMs: 50,
    },
    net: { tailShare: 0.2, tailMs: 50 },
    disk: { syncMinMs: 30, syncSpreadMs: 40, loseAll: 1 },
    faults: inTurn(60, (turn) => ({
      do: 'crash',
      node: nodeIds(3)[turn % 3] ?? '',
      at: 60 * (turn + 1),
      for: 15,
    })),
  },
  'ack-before-sync': powerFails,
  'count-own-before-sync': powerFails,
  'no-log-match': leaderAfterLeader,
  'commit-older-term': leaderAfterLeader,
  'read-before-own-commit': leadersCrash,
  // A leader is cut off with its readers, and has more patience than the others until it notices.
  'lease-with-drift': {
    work: { ...singleKeys, operations: 240, thinkMs: 60, keys: 1 },
    config: {
      reads: 'lease',
      checkQuorum: true,
      preVote: false,
      clockDriftMax: 0.8,
      electionTimeoutMinMs: 150,
      electionTimeoutMaxMs: 400,
      heartbeatMs: 100,
      attemptTimeoutMs: 50,
    },
    net: { delaySpreadMs: 2, tailShare: 0 },
    clocks: { skewMs: 100, drift: 0.1 },
    faults: leadersCutOff(3, 900, 600),
  },
  // A leader is cut off, and again as soon as the others hear that its connections broke: its lease goes on.
  'forget-under-lease': {
    work: { ...singleKeys, operations: 240, thinkMs: 40, keys: 1 },
    config: {
      reads: 'lease',
      checkQuorum: true,
      preVote: true,
      electionTimeoutMinMs: 300,
      electionTimeoutMaxMs: 500,
      heartbeatMs: 100,
      attemptTimeoutMs: 50,
    },
    net: { delaySpreadMs: 2, tailShare: 0, hangUps: true },
    disk: { syncMinMs: 1, syncSpreadMs: 4 },
    faults: inTurn(900, (turn) => 900 * (turn + 1)).flatMap((at) => [
      { do: 'partition', groups: [nodeIds(3), ['@leader']], at, for: 30 },
      { do: 'partition', groups: [nodeIds(3), ['@leader']], at: at + 36, for: 400 },
    ]),
  },
  // A snapshot after every entry, and copies of the old ones that arrive when the log has gone on.
  'install-older-snapshot': {
    work: { ...singleKeys, clients: 6, operations: 150, thinkMs: 30, keys: 1 },
    config: { snapshotEntries: 1, keepEntries: 0, batchEntriesMax: 2 },
    net: { delaySpreadMs: 10, tailShare: 0.2, loss: 0.05, duplicate: 0.3 },
    faults: {
      everyMs: 250,
      kinds: { isolate: 3, 'cut-one-way': 3, cut: 3, crash: 1 },
      settings: false,
    },
  },
  // Who was cut off gets a snapshot, since nothing else is kept, and loses power soon.
  'install-beside-log': {
    work: { ...singleKeys, operations: 120, thinkMs: 30, keys: 2 },
    config: { snapshotEntries: 4, keepEntries: 0 },
    disk: { syncMinMs: 5, syncSpreadMs: 30, loseAll: 1 },
    faults: { everyMs: 150, kinds: { isolate: 3, crash: 4 }, settings: false },
  },
  // One change comes soon after the other, and the leader that takes them has two nodes or none to commit them.
  'change-before-settled': {
    ...comingAndGoing,
    work: { ...comingAndGoing.work, operations: 40, thinkMs: 20, changes: 80, setShare: 0.1 },
    config: {
      ...comingAndGoing.config,
      electionTimeoutMinMs: 150,
      electionTimeoutMaxMs: 225,
      attemptTimeoutMs: 50,
    },
    faults: leadersCutOff(5, 225, 180, 2),
  },
  'change-before-own-commit': rivalLeaders,
  // Many at once compare and write the same few keys, and nothing else goes wrong.
  'txn-not-atomic': {
    work: { clients: 8, operations: 80, thinkMs: 20, timeoutMs: 3500, keys: 2, severalShare: 1 },
    config: { pipelineMax: 4 },
    faults: [],
  },
  // Whole sets of members change places, and who leads is cut off in the middle of it.
  'one-majority-of-two': {
    ...comingAndGoing,
    work: { ...comingAndGoing.work, thinkMs: 60, changes: 80, setShare: 1 },
    config: {
      ...comingAndGoing.config,
      electionTimeoutMinMs: 100,
      electionTimeoutMaxMs: 150,
      attemptTimeoutMs: 50,
    },
    disk: { syncMinMs: 5, syncSpreadMs: 5 },
    faults: leadersCutOff(5, 200, 160),
  },
  'snapshot-without-configuration': {
    ...comingAndGoing,
    config: { ...comingAndGoing.config, snapshotEntries: 4, keepEntries: 0 },
    disk: { syncMinMs: 5, syncSpreadMs: 30 },
    faults: {
      everyMs: 200,
      kinds: { crash: 4, isolate: 3, partition: 3, 'cut-one-way': 1 },
      settings: false,
    },
  },
}
