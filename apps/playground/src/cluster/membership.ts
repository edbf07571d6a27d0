import { setTimeout as sleep } from 'node:timers/promises'
import type { Milliseconds, NodeId } from '@lockstep/process'
import type { Configuration, MembershipOutcome, MembershipStep, RaftClient } from '@lockstep/raft'

const againEveryMs: Milliseconds = 100

/** A voter that lives is heard sooner: within an election timeout, once a link to it is up. */
const silenceMs: Milliseconds = 5_000
/** Refusals that go by themselves, and how long they take to at most: the change is asked for again. */
const passingMs: Readonly<Record<string, Milliseconds>> = {
  'change-under-way': Number.POSITIVE_INFINITY,
  'own-term-not-committed': Number.POSITIVE_INFINITY,
  'not-caught-up': Number.POSITIVE_INFINITY,
  'unreachable-quorum': silenceMs,
}

/** A change of the members that was not made; the message says why and how to mend it. */
export class MembershipError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Asks for one step of a change until it is made, as long as what is in its way may go by itself.
 * Throws a `MembershipError`, with code `unknown` when nobody knows whether it was made. Once `leave`
 * is aborted it asks no more.
 */
export async function change(
  store: () => RaftClient,
  step: MembershipStep,
  patienceMs: Milliseconds,
  leave?: AbortSignal,
): Promise<Configuration> {
  const began = performance.now()
  for (;;) {
    const outcome: MembershipOutcome = await store().changeMembership({ steps: [step] })
    if (outcome.type === 'ok') return outcome.configuration
    const code = outcome.type === 'failed' ? outcome.code : 'unknown'
    const patience = Math.min(patienceMs, passingMs[code] ?? 0)
    if (performance.now() - began > patience || leave?.aborted === true) {
      throw new MembershipError(code, outcome.text)
    }
    await sleep(againEveryMs)
  }
}

/** The members as rows of a table, with its heading. */
export function memberRows(
  { voters, outgoing, learners }: Configuration,
  urls: Readonly<Record<NodeId, string>>,
): readonly (readonly string[])[] {
  const row = (id: NodeId, is: string): readonly string[] => [id, is, urls[id] ?? '-']
  const leaving = outgoing.filter((id) => !voters.includes(id))
  return [
    ['member', 'is', 'address'],
    ...voters.map((id) => row(id, 'voter')),
    ...leaving.map((id) => row(id, 'voter that leaves')),
    ...learners.map((id) => row(id, 'learner')),
  ]
}
