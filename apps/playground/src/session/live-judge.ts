import type { Verdict } from '@lockstep/process'
import type { Lab } from '@lockstep/sim'
import type { LiveHistory } from '../cluster/live-history.ts'
import { historyCards } from './history-cards.ts'
import type { FromSession } from './protocol.ts'

const everyMs = 1_000
/** Judging takes at most this share of the time. */
const share = 0.1
/** The page shows the newest operations; the judges look at all of them. */
const cardsMax = 400

/** Judges what the clients of a live cluster saw, again and again while it grows. */
export class LiveJudge {
  readonly #lab: Lab
  readonly #history: LiveHistory
  readonly #send: (message: FromSession) => void
  #judged = -1
  #nextMs = 0

  constructor(lab: Lab, history: LiveHistory, send: (message: FromSession) => void) {
    this.#lab = lab
    this.#history = history
    this.#send = send
  }

  /** Judges when it is time and there is something new. `end` is in microseconds of the run. */
  tick(end: number, steps: number, marks: ReadonlyMap<string, number>): void {
    const began = performance.now()
    const { events } = this.#history
    if (began < this.#nextMs || events.length === this.#judged) return
    this.#judged = events.length
    const verdicts = this.#lab.judges.map((judge) => judge.judge(events))
    const cards = historyCards(events, this.#lab.views).slice(-cardsMax)
    this.#send({ type: 'history', operations: cards })
    this.#send({
      type: 'judged',
      verdict: worst(verdicts),
      verdicts,
      traceHash: undefined,
      steps,
      end,
      marks: Object.fromEntries(marks),
    })
    const took = performance.now() - began
    this.#nextMs = performance.now() + Math.max(everyMs, took / share)
  }
}

function worst(verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.find(({ is }) => is === 'violated') ??
    verdicts.find(({ is }) => is === 'unknown') ??
    verdicts[0] ?? { is: 'unknown', by: 'nobody', text: 'This lab has no judge' }
  )
}
