import { CommandQueue } from '@lockstep/patterns/behavioral/command-queue'
import {
  type Execution,
  execute,
  type Lab,
  type NodeState,
  type Scenario,
  type Turn,
} from '@lockstep/sim'
import type { NodeView } from './protocol.ts'

/**
 * Looks at the nodes of a run after any of its steps, by executing it again up to there. Going on
 * from the step that was looked at last costs only the steps between.
 */
export class Looker {
  readonly #lab: Lab
  readonly #scenario: Scenario
  readonly #turn: Turn
  #execution: Execution<Lab['config'], unknown, unknown> | undefined
  /** Looks take place one after the other, since they share an execution. */
  readonly #looks = new CommandQueue()
  #newest = 0

  constructor(lab: Lab, scenario: Scenario, turn: Turn) {
    this.#lab = lab
    this.#scenario = scenario
    this.#turn = turn
  }

  /** The nodes after a step, or `undefined` when a newer look was asked for meanwhile. */
  look(step: number): Promise<readonly NodeView[] | undefined> {
    const mine = ++this.#newest
    const isStale = (): boolean => mine !== this.#newest
    return this.#looks.run(() => (isStale() ? undefined : this.#lookNow(step, isStale)))
  }

  async #lookNow(step: number, isStale: () => boolean): Promise<readonly NodeView[] | undefined> {
    if (this.#execution === undefined || this.#execution.steps > step) {
      this.#execution = execute(this.#lab, this.#scenario, {
        keeping: { rows: 'none', hash: 'none' },
        invariants: false,
        turn: this.#turn,
      })
    }
    const execution = this.#execution
    let ended = false
    while (!ended && execution.steps < step) {
      ended = await execution.advance({ steps: Math.min(step, execution.steps + 2_000) })
      await this.#turn()
      if (isStale()) return undefined
    }
    return execution.states().map((state) => this.#viewOf(state))
  }

  #viewOf(state: NodeState): NodeView {
    const { id, incarnation, clockOffsetMs, timers, unsynced } = state
    const view = state.process?.view()
    const log = view === undefined ? [] : (this.#lab.views.log?.(view) ?? [])
    return { id, state: state.state, incarnation, clockOffsetMs, timers, unsynced, log, view }
  }
}
