import type { TraceEvent } from '@lockstep/process'
import {
  encodeLink,
  type Execution,
  execute,
  type Lab,
  type Scenario,
  type Trace,
  type Turn,
} from '@lockstep/sim'
import { historyCards } from './history-cards.ts'
import type { FromSession } from './protocol.ts'
import { isSameRow, RowsBuilder } from './rows.ts'
import { SummaryWatch } from './summary-watch.ts'

const rowsAChunk = 8_192
const stepsATurn = 1_000
/** A page that holds more rows than this is out of breath. */
const rowsMax = 3_000_000

/** What the page holds of a run: the first `length` rows of a trace. */
export interface Held {
  readonly trace: Trace
  readonly length: number
}

export interface SimulationOptions {
  readonly lab: Lab
  readonly scenario: Scenario
  readonly request: number
  readonly send: (message: FromSession) => void
  readonly turn: Turn
  /** Rows that the page holds of the run that this one replaces. */
  readonly before: Held | undefined
}

/**
 * One run of a scenario on its way to the page. It is executed in turns, so that a newer request
 * can cancel it; rows that equal those of the run before are not sent again.
 */
export class Simulation {
  readonly scenario: Scenario
  readonly #options: SimulationOptions
  readonly #execution: Execution<Lab['config'], unknown, unknown>
  readonly #summaries: SummaryWatch
  #rows: RowsBuilder | undefined
  /** Rows that were compared with the run before, or handed on. */
  #passed = 0
  #fromRow = 0
  #cancelled = false

  /** Throws a `ScenarioError` for a scenario that cannot run. */
  constructor(options: SimulationOptions) {
    const { lab, scenario } = options
    this.scenario = scenario
    this.#options = options
    this.#summaries = new SummaryWatch(lab.views)
    this.#execution = execute(lab, scenario, {
      keeping: { rows: 'all', hash: 'rows' },
      turn: options.turn,
      onStep: (id, process, row) => this.#summaries.look(id, process.view(), row),
    })
  }

  /** What the page holds now. Before the first difference was found it is the run before. */
  get held(): Held | undefined {
    if (this.#rows === undefined) return this.#options.before
    return { trace: this.#execution.trace, length: this.#passed }
  }

  /** Runs no further. Whoever asked for it hears so, unless the page has something of it already. */
  cancel(): void {
    const { request, send } = this.#options
    if (!this.#cancelled && this.#rows === undefined) {
      send({ type: 'done', request, text: 'Done; another run has taken its place.' })
    }
    this.#cancelled = true
  }

  /** A row of this run, for who asks for its data. */
  event(row: number): TraceEvent | undefined {
    const { trace } = this.#execution
    return row < trace.length ? trace.event(row) : undefined
  }

  /** Runs to the end, or until it is cancelled. */
  async run(): Promise<void> {
    const execution = this.#execution
    const { turn, send, request, before } = this.#options
    if (before === undefined) this.#open(0)
    for (;;) {
      const ended = await execution.advance({ steps: execution.steps + stepsATurn })
      await turn()
      if (this.#cancelled) return
      this.#pass()
      if (ended) return this.#finish()
      if (this.#passed > rowsMax) {
        const text = `The run passed ${rowsMax} events and was stopped. Make it shorter: fewer operations or an earlier healMs.`
        send({ type: 'refused', request, code: 'too-long', text })
        return
      }
    }
  }

  /** Compares the new rows with the run before, and hands on what differs. */
  #pass(): void {
    const { trace } = this.#execution
    const { before } = this.#options
    if (this.#rows === undefined && before !== undefined) {
      const common = Math.min(before.length, trace.length)
      while (this.#passed < common && isSame(before.trace, trace, this.#passed)) this.#passed++
      if (this.#passed === trace.length) return
      this.#open(this.#passed)
    }
    for (; this.#passed < trace.length; this.#passed++) {
      this.#rows?.add(trace.event(this.#passed))
      if (this.#rows?.length === rowsAChunk) this.#flush()
    }
    this.#flush()
    this.#options.send({ type: 'progress', steps: this.#execution.steps, at: this.#execution.now })
  }

  #open(fromRow: number): void {
    const { lab, request, scenario, send } = this.#options
    this.#fromRow = fromRow
    this.#rows = new RowsBuilder(lab.views, fromRow)
    send({
      type: 'opened',
      request,
      world: 'simulated',
      scenario,
      link: encodeLink(scenario),
      nodes: this.#execution.states().map(({ id }) => id),
      clients: this.#execution.clients,
      fromRow,
    })
  }

  #flush(): void {
    const { send } = this.#options
    const rows = this.#rows
    if (rows === undefined) return
    if (rows.length > 0) send({ type: 'rows', rows: rows.take() })
    const changes = this.#summaries.take(this.#fromRow)
    if (changes.length > 0) send({ type: 'summaries', fromRow: this.#fromRow, changes })
  }

  #finish(): void {
    const { lab, send } = this.#options
    if (this.#rows === undefined) this.#open(this.#passed)
    const run = this.#execution.finish()
    send({ type: 'history', operations: historyCards(run.history, lab.views) })
    send({
      type: 'judged',
      verdict: run.verdict,
      verdicts: run.verdicts,
      traceHash: run.traceHash,
      steps: run.steps,
      end: run.end,
      marks: Object.fromEntries(run.marks),
    })
  }
}

function isSame(one: Trace, two: Trace, row: number): boolean {
  return isSameRow(one.event(row), two.event(row))
}
