import type { NodeId, Timed } from '@lockstep/process'
import { figure2, put, type RaftExperiment, steady } from './steady.ts'

const ids: readonly NodeId[] = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7']

/** Who leads when somebody asks, and when that is. A request that stays uncommitted is one entry, to open a session. */
const asked: readonly (readonly [leader: NodeId, atMs: number])[] = [
  ['n7', 200],
  ['n7', 480],
  ['n7', 490],
  ['n7', 700],
  ['n7', 705],
  ['n7', 710],
  ['n7', 715],
  ['n6', 860],
  ['n6', 905],
  ['n6', 910],
  ['n1', 1080],
  ['n4', 1300],
  ['n4', 1350],
  ['n5', 1510],
]

/** Which of a node's election timeouts are the least; all others are long. */
const shortest: Readonly<Record<NodeId, readonly number[]>> = {
  n1: [4, 8],
  n2: [],
  n3: [],
  n4: [5],
  n5: [6],
  n6: [3],
  n7: [0, 2, 4],
}

function alone(node: NodeId, at: number, span: number): Timed {
  const others = ids.filter((id) => id !== node)
  return { do: 'partition', groups: [[node], others], at, for: span }
}

/** Figure 7 of the paper: n1 is its leader of term 8, and n2 to n7 are its followers a to f. */
export const figure7: RaftExperiment = {
  id: 'raft-figure-7',
  title: 'Figure 7: a leader brings all logs in line',
  story:
    'Seven terms of crashes and cuts leave seven nodes with the logs of the paper’s figure 7: one misses an entry, one most of them, and four have entries that nobody else has, of one old term or of several. Then n1 leads term 8. It looks at no log but its own: with each append it says what stands before, a follower that has something else there says up to where it may agree, and both skip whole terms at a time. One answer of each is enough. What a follower has behind that place was never committed, or n1 would have it, so it is overwritten.',
  watch: [
    'n7 leads terms 1 to 3, and is cut off as soon as it is elected: its entries of terms 2 and 3 are nobody else’s.',
    'n6 leads term 4, n1 term 5, n4 term 6, and each keeps entries to itself that it could not send before it went.',
    'At 1.5 s n5 is elected for term 7 by those that are back, and is cut off at once with two entries.',
    'At 1.66 s n1 leads term 8. Its first append stands behind entry 12 of term 6, and n2, n3, n6 and n7 reject it.',
    'Their answers name the last entry that may be common; the next append brings all four in line, 15 ms after the election.',
    'n4 and n5 have entry 12, and cut what they have behind it as soon as they hear n1.',
  ],
  scenario: {
    ...steady,
    nodes: ids.length,
    // Whoever is not answered asks the others when all is over.
    config: { ...figure2, attemptTimeoutMs: 1400 },
    work: {
      script: asked.map(([, atMs], client) => [client, atMs, put('x', String(client + 1))]),
      timeoutMs: 3000,
    },
    faults: [
      { do: 'crash', node: 'n7', at: 300, for: 1 },
      alone('n7', 467, 100),
      { do: 'crash', node: 'n7', at: 520, for: 1 },
      alone('n7', 687, 100),
      { do: 'crash', node: 'n7', at: 740, for: 660 },
      { do: 'crash', node: 'n3', at: 855, for: 545 },
      alone('n6', 900, 100),
      { do: 'crash', node: 'n6', at: 930, for: 470 },
      { do: 'crash', node: 'n1', at: 1150, for: 1 },
      { do: 'cut', from: 'n4', to: 'n2', at: 1320, for: 100 },
      alone('n4', 1345, 100),
      { do: 'crash', node: 'n4', at: 1380, for: 340 },
      alone('n5', 1504, 296),
    ],
    forced: {
      ...Object.fromEntries(
        ids.flatMap((id) =>
          Array.from({ length: 10 }, (_, k) => [
            `${id}/election#${k}`,
            shortest[id]?.includes(k) === true ? 0 : 0.9,
          ]),
        ),
      ),
      ...Object.fromEntries(
        asked.map(([leader], client) => [
          `c${client + 1}/first node#0`,
          (ids.indexOf(leader) + 0.5) / ids.length,
        ]),
      ),
    },
    healMs: 2500,
  },
  expect: { is: 'holds' },
  marks: ['rejected an append', 'truncated its log', 'committed an older term through its own'],
}
