import { type Applied, CommandHistory } from '@lockstep/patterns/behavioral/command'
import { CommandQueue } from '@lockstep/patterns/behavioral/command-queue'
import { trace } from '@lockstep/patterns/lab'
import type { Fault } from '@lockstep/process'
import { unreachable } from '@lockstep/process'
import {
  type Lab,
  parseScenario,
  platformTurn,
  type Scenario,
  ScenarioError,
  type Turn,
} from '@lockstep/sim'
import type { Area, TracedArea } from '../areas.ts'
import { verdictOf } from '../traced/verdict.ts'
import { experimentCards } from './cards.ts'
import { withFault, withOperation } from './edits.ts'
import { Looker } from './looker.ts'
import { type FromSession, type MemberChange, protocolVersion, type ToSession } from './protocol.ts'
import { Simulation } from './simulation.ts'

/**
 * A run of OS processes that a session can drive in place of a simulation. What it does resolves with
 * a sentence that says what it came to, and rejects with a `Refusal`.
 */
export interface LiveRun {
  fault(fault: Fault): Promise<string>
  operate(line: string): Promise<string>
  changeMembers(change: MemberChange): Promise<string>
  look(request: number): Promise<void>
  message(request: number, row: number): void
  /** Ends its processes and removes what they wrote. */
  end(): Promise<void>
}

/** Starts a live run of an area. */
export type GoLive = (
  area: Area,
  start: {
    readonly nodes: number
    readonly request: number
    readonly send: (message: FromSession) => void
  },
) => Promise<LiveRun>

export interface SessionOptions {
  readonly areas: readonly Area[]
  readonly tracedAreas: readonly TracedArea[]
  readonly send: (message: FromSession) => void
  /** Absent where no processes can be started. */
  readonly goLive?: GoLive
  readonly turn?: Turn
}

/** Something that was asked for and cannot be done; the message says how to mend it. */
export class Refusal extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** A scenario through a person's edits: a command is the scenario that takes its place. */
type Edits = CommandHistory<Scenario, Scenario>

/**
 * What answers a page: one run at a time, simulated or live. Platform-neutral, so that the same
 * session runs in a worker thread of the server and in a web worker of the page.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #turn: Turn
  #lab: Lab | undefined
  #simulation: Simulation | undefined
  #looker: Looker | undefined
  #live: LiveRun | undefined
  #edits: Edits | undefined
  /** Going live and ending a live run take their time; what comes next waits for it. */
  readonly #requests = new CommandQueue()

  constructor(options: SessionOptions) {
    this.#options = options
    this.#turn = options.turn ?? platformTurn()
    this.#welcome()
  }

  /** Takes a request. Answers come by `send`, also those that say that it cannot be done. */
  receive(request: ToSession): void {
    void this.#requests.run(() => this.#orRefuse(request.request, this.#take(request)))
  }

  /** Ends what runs. */
  async end(): Promise<void> {
    this.#simulation?.cancel()
    await this.#requests.idle()
    await this.#endLive()
  }

  async #orRefuse(request: number, taken: Promise<void>): Promise<void> {
    try {
      await taken
    } catch (error) {
      this.#options.send({ type: 'refused', request, ...reasonOf(error) })
    }
  }

  async #take(request: ToSession): Promise<void> {
    if (this.#live !== undefined && this.#takeLive(this.#live, request)) return
    switch (request.type) {
      case 'open': {
        const scenario = parseScenario(request.scenario, this.#labs)
        await this.#open(scenario, request.request)
        return
      }
      case 'trace':
        return this.#trace(request.experiment, request.request)
      case 'go-live':
        return this.#goLive(request)
      case 'fault':
        return this.#edit(request.request, (lab, scenario) => {
          checkNodes(request.fault, scenario)
          return withFault(lab, scenario, request.at, request.fault)
        })
      case 'operate':
        return this.#edit(request.request, (lab, scenario) =>
          withOperation(scenario, request.at, parseLine(lab, request.line)),
        )
      case 'undo':
      case 'redo':
        return this.#step(request)
      case 'members':
        throw new Refusal(
          'not-live',
          'Nodes come and go in a live cluster only. Go live first, or open the scenario with another number of nodes.',
        )
      case 'look':
        this.#look(request.request, request.step)
        return
      case 'message':
        this.#message(request.request, request.row)
        return
      default:
        unreachable(request)
    }
  }

  /** Hands a request to the live run; one that takes its time does not keep the next one waiting. */
  #takeLive(live: LiveRun, request: ToSession): boolean {
    switch (request.type) {
      case 'fault':
        this.#answer(request.request, live.fault(request.fault))
        return true
      case 'look':
        void this.#orRefuse(request.request, live.look(request.request))
        return true
      case 'operate':
        this.#answer(request.request, live.operate(request.line))
        return true
      case 'members':
        this.#answer(request.request, live.changeMembers(request.change))
        return true
      case 'message':
        live.message(request.request, request.row)
        return true
      case 'undo':
      case 'redo':
        throw new Refusal('not-live', 'What was done to a live cluster cannot be taken back.')
      case 'open':
      case 'trace':
      case 'go-live':
        return false
      default:
        return unreachable(request)
    }
  }

  /** Says that a request was done, once it is. */
  #answer(request: number, done: Promise<string>): void {
    const { send } = this.#options
    void this.#orRefuse(
      request,
      done.then((text) => send({ type: 'done', request, text })),
    )
  }

  get #labs(): readonly Lab[] {
    return this.#options.areas.map(({ lab }) => lab)
  }

  #welcome(): void {
    const { areas, tracedAreas, send, goLive } = this.#options
    const live = goLive !== undefined
    send({
      type: 'welcome',
      version: protocolVersion,
      live,
      labs: areas.map((area) => ({
        name: area.lab.name,
        title: area.lab.title,
        flaws: area.lab.flaws,
        consoleExamples: area.lab.views.console.examples,
        live: live && area.live !== undefined,
        grows: area.newcomer !== undefined,
      })),
      experiments: experimentCards(areas, tracedAreas),
    })
  }

  async #open(scenario: Scenario, request: number): Promise<void> {
    const lab = this.#labOf(scenario)
    const simulation = this.#simulate(lab, scenario, request, undefined)
    await this.#endLive()
    this.#edits = new CommandHistory(simulation.scenario, replacing)
    this.#begin(lab, simulation, request)
  }

  async #trace(id: string, request: number): Promise<void> {
    const { tracedAreas, send } = this.#options
    const experiment = tracedAreas
      .flatMap(({ experiments }) => experiments)
      .find((known) => known.id === id)
    if (experiment === undefined) {
      throw new Refusal('unknown-experiment', `There is no traced experiment ${id}.`)
    }
    const run = await trace(experiment)
    await this.#endLive()
    this.#simulation?.cancel()
    this.#simulation = undefined
    this.#lab = undefined
    this.#looker = undefined
    this.#edits = undefined
    const { diagram, picture, lines } = run
    send({ type: 'traced', request, experiment: id, diagram, picture, lines })
    const verdict = verdictOf(run)
    const steps = lines.length
    const said = { verdict, verdicts: [verdict], traceHash: undefined, steps, end: 0, marks: {} }
    send({ type: 'judged', ...said })
  }

  #edit(request: number, edit: (lab: Lab, scenario: Scenario) => Scenario): void {
    const { lab, simulation, edits } = this.#current()
    const edited = edit(lab, simulation.scenario)
    this.#rerun(lab, simulation, edited, request)
    edits.execute(edited)
  }

  /** Goes back by one edit of the person, or forward again by one that was taken back. */
  #step({ type, request }: ToSession & { type: 'undo' | 'redo' }): void {
    const { lab, simulation, edits } = this.#current()
    const isPossible = type === 'undo' ? edits.canUndo : edits.canRedo
    if (!isPossible) {
      const what = type === 'undo' ? 'take back' : 'do again'
      throw new Refusal(`nothing-to-${type}`, `There is nothing to ${what}.`)
    }
    edits[type]()
    this.#rerun(lab, simulation, edits.state, request)
  }

  #rerun(lab: Lab, before: Simulation, scenario: Scenario, request: number): void {
    this.#begin(lab, this.#simulate(lab, scenario, request, before), request)
  }

  #simulate(
    lab: Lab,
    scenario: Scenario,
    request: number,
    before: Simulation | undefined,
  ): Simulation {
    const { send } = this.#options
    const turn = this.#turn
    return new Simulation({ lab, scenario, request, send, turn, before: before?.held })
  }

  #begin(lab: Lab, simulation: Simulation, request: number): void {
    this.#simulation?.cancel()
    this.#simulation = simulation
    this.#lab = lab
    this.#looker = new Looker(lab, simulation.scenario, this.#turn)
    void this.#orRefuse(request, simulation.run())
  }

  async #goLive({ lab: name, nodes, request }: ToSession & { type: 'go-live' }): Promise<void> {
    const { goLive, send } = this.#options
    const area = this.#options.areas.find(({ lab }) => lab.name === name)
    if (area === undefined) throw new Refusal('unknown-lab', `There is no lab called ${name}.`)
    if (goLive === undefined || area.live === undefined) {
      throw new Refusal(
        'not-live',
        "No processes can be started from here. Start 'lockstep play' on your own machine.",
      )
    }
    await this.#endLive()
    this.#simulation?.cancel()
    this.#live = await goLive(area, { nodes, request, send })
  }

  #look(request: number, step: number): void {
    const { simulation } = this.#current()
    const looked = this.#looker?.look(step).then((nodes) => {
      if (nodes === undefined || this.#simulation !== simulation) {
        throw new Refusal('overtaken', 'Something newer was asked for meanwhile.')
      }
      this.#options.send({ type: 'views', request, step, nodes })
    })
    if (looked !== undefined) void this.#orRefuse(request, looked)
  }

  #message(request: number, row: number): void {
    const event = this.#current().simulation.event(row)
    if (event?.data === undefined) {
      throw new Refusal('no-message', `Row ${row} carries no message.`)
    }
    this.#options.send({ type: 'message', request, row, message: event.data })
  }

  #current(): { readonly lab: Lab; readonly simulation: Simulation; readonly edits: Edits } {
    const [lab, simulation, edits] = [this.#lab, this.#simulation, this.#edits]
    if (lab === undefined || simulation === undefined || edits === undefined) {
      throw new Refusal('nothing-open', 'Open an experiment first.')
    }
    return { lab, simulation, edits }
  }

  #labOf(scenario: Scenario): Lab {
    const lab = this.#labs.find(({ name }) => name === scenario.lab)
    if (lab === undefined) throw new Refusal('unknown-lab', `There is no lab ${scenario.lab}.`)
    return lab
  }

  async #endLive(): Promise<void> {
    const live = this.#live
    this.#live = undefined
    await live?.end()
  }
}

/** Reads an operation as a person typed it. Throws a `Refusal`. */
export function parseLine(lab: Lab, line: string): unknown {
  try {
    return lab.views.console.parse(line)
  } catch (error) {
    throw new Refusal('bad-operation', error instanceof Error ? error.message : String(error))
  }
}

/** Refuses a fault on a node that the scenario does not have. Clients are at the ends of links too. */
function checkNodes(fault: Fault, scenario: Scenario): void {
  if (!('node' in fault) || fault.node.startsWith('@')) return
  const nodes = Array.from({ length: scenario.nodes }, (_, index) => `n${index + 1}`)
  if (!nodes.includes(fault.node)) {
    throw new Refusal(
      'unknown-node',
      `There is no node ${fault.node}; there are ${nodes.join(', ')}.`,
    )
  }
}

function reasonOf(error: unknown): { readonly code: string; readonly text: string } {
  if (error instanceof Refusal || error instanceof ScenarioError) {
    return { code: error.code, text: error.message }
  }
  return { code: 'failed', text: error instanceof Error ? error.message : String(error) }
}

/** An edit puts a scenario in the place of another, and is taken back by putting that one back. */
function replacing(state: Scenario, next: Scenario): Applied<Scenario, Scenario> {
  return { state: next, inverse: state }
}
