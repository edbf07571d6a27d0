import type { History, NodeId, Verdict } from '@lockstep/process'
import type { Lab } from './lab.ts'
import type { Seen } from './world.ts'

/** What a run shows beside its history. */
export interface Evidence {
  readonly violations: readonly Seen[]
  readonly steps: number
  /** A client that waits for something outside of the world. */
  readonly escaped: NodeId | undefined
  /** Clients whose operations did not end in time. */
  readonly unfinished: readonly NodeId[]
}

/** All verdicts on a run: invariants, liveness, and the lab's judges, in this order. */
export function judge<Config, Op, Value>(
  lab: Lab<Config, Op, Value>,
  history: History<Op, Value>,
  evidence: Evidence,
): Verdict[] {
  return [
    ofInvariants(evidence),
    ofLiveness(history, evidence),
    ...lab.judges.map((one) => one.judge(history)),
  ]
}

function ofInvariants({ violations, steps }: Evidence): Verdict {
  const first = violations[0]
  if (first === undefined) {
    return { is: 'holds', text: `Invariants: held through ${steps} steps` }
  }
  return { is: 'violated', by: first.invariant, text: first.text, step: first.step }
}

/** After the heal every client must get an answer, the final one to each of its questions. */
function ofLiveness(history: History, { escaped, unfinished }: Evidence): Verdict {
  const by = 'liveness'
  if (escaped !== undefined) {
    const text = `Client ${escaped} waits for something outside of the simulated world`
    return { is: 'unknown', by, text }
  }
  if (unfinished.length > 0) {
    const text = `Not live: ${unfinished.join(', ')} got no answer in time after the heal`
    return { is: 'violated', by, text }
  }
  const asked = history.filter(({ type, client }) => type === 'invoke' && isFinal(client))
  const answered = history.filter(({ type, client }) => type === 'ok' && isFinal(client))
  if (answered.length < asked.length) {
    const text = `Not live: ${asked.length - answered.length} of ${asked.length} final reads failed after the heal`
    return { is: 'violated', by, text }
  }
  return { is: 'holds', text: `Live: all ${asked.length} final reads answered after the heal` }
}

function isFinal(client: NodeId): boolean {
  return client === 'final' || client.startsWith('final.')
}
