import type { Fault } from '@lockstep/process'
import type { Scenario } from '@lockstep/sim'
import { type Accessor, createSignal, type Setter } from 'solid-js'
import {
  type ExperimentCard,
  type FromSession,
  type MemberChange,
  protocolVersion,
  type TracedCard,
} from '../../session/protocol.ts'
import { nextStop } from '../conditions/stops.ts'
import type { Run } from '../run/run.ts'
import { type Answer, type Request, SessionClient, type Status } from '../session/session.ts'
import type { Connect } from '../session/transport.ts'
import { words } from '../words.ts'
import { Watches } from './watches.ts'
import type { Frames } from './frames.ts'
import { createNotices, type Notices } from './notices.ts'
import type { Player } from './player.ts'
import { Recording } from './recording.ts'
import type { Selection } from './selection.ts'
import type { TracedRun } from '../sequence/traced-run.ts'

/** Everything that the parts of the page share: the session, the run, the walk over it, and what is pinned. */
export class Workshop {
  readonly watches: Watches = new Watches()
  readonly recording: Recording = new Recording((run, after, upTo) => {
    const stop = nextStop(run, this.watches.stops, after, upTo)
    if (stop !== undefined) this.notices.tell(words.watches.stopped(stop.condition.text))
    return stop?.row
  })
  readonly player: Player = this.recording.player
  readonly frames: Frames = this.recording.frames
  readonly run: Accessor<Run | undefined> = this.recording.run
  readonly traced: Accessor<TracedRun | undefined> = this.recording.traced
  readonly notices: Notices = createNotices()
  readonly status: Accessor<Status>
  readonly welcome: Accessor<Answer<'welcome'> | undefined>
  /** The experiment that the run began as; `undefined` for a link or a file. */
  readonly experiment: Accessor<ExperimentCard | undefined>
  /** The change of the members of a live cluster that is under way. */
  readonly changing: Accessor<MemberChange | undefined>
  readonly selection: Accessor<Selection | undefined>
  readonly select: (selection: Selection | undefined) => void
  readonly #setStatus: Setter<Status>
  readonly #setWelcome: Setter<Answer<'welcome'> | undefined>
  readonly #setChanging: Setter<MemberChange | undefined>
  readonly #setExperiment: (card: ExperimentCard | undefined) => void
  readonly #begin: (workshop: Workshop) => void
  #client: SessionClient

  /** `begin` opens the first run, once the session has greeted. */
  constructor(connect: Connect, begin: (workshop: Workshop) => void) {
    const [status, setStatus] = createSignal<Status>('connecting')
    const [welcome, setWelcome] = createSignal<Answer<'welcome'>>()
    const [experiment, setExperiment] = createSignal<ExperimentCard>()
    const [changing, setChanging] = createSignal<MemberChange>()
    const [selection, select] = createSignal<Selection>()
    this.changing = changing
    this.#setChanging = setChanging
    this.status = status
    this.welcome = welcome
    this.experiment = experiment
    this.selection = selection
    this.select = (next) => {
      select(() => next)
      this.frames.request()
    }
    this.#setStatus = setStatus
    this.#setWelcome = setWelcome
    this.#setExperiment = (card) => setExperiment(() => card)
    this.#begin = begin
    this.#client = this.#converse(connect)
  }

  /** Runs a scenario from its start; with `at`, the cursor goes there. */
  async open(scenario: Scenario, card: ExperimentCard | undefined, at?: number): Promise<boolean> {
    if (at === undefined) this.player.pause()
    return this.#openAs(card, { type: 'open', scenario }, at)
  }

  /** Runs a traced experiment. */
  trace(card: TracedCard): Promise<boolean> {
    this.player.pause()
    this.select(undefined)
    return this.#openAs(card, { type: 'trace', experiment: card.id }, undefined)
  }

  /** Runs the same code as OS processes. */
  async goLive(lab: string, nodes: number): Promise<void> {
    if (await this.#attempt({ type: 'go-live', lab, nodes }, undefined))
      this.#setExperiment(undefined)
  }

  /** Does something to the run at the moment that is shown, and goes to where it was done. */
  async fault(...faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) {
      const at = Math.round(this.player.moment.at)
      if (!(await this.#attempt({ type: 'fault', at, fault }, at + 1))) return
    }
  }

  /** Runs an operation of the person's own client, now. Rejects with `Refused`. */
  async operate(line: string): Promise<void> {
    const at = Math.round(this.player.moment.at)
    this.recording.aim = at + 1
    await this.ask({ type: 'operate', at, line })
  }

  /** Lets a node come into the live cluster or leave it, one after the other, and says what came of it. */
  async changeMembers(change: MemberChange): Promise<void> {
    const before = this.changing()
    if (before !== undefined) return this.notices.tell(words.members.wait(before))
    this.#setChanging(change)
    try {
      const answer = await this.ask({ type: 'members', change })
      if (answer.type === 'done') this.notices.tell(answer.text)
    } catch (error) {
      this.notices.tell(error instanceof Error ? error.message : String(error), 'error')
    } finally {
      this.#setChanging(undefined)
    }
  }

  /** Takes the last fault or operation of the person back. */
  async undo(): Promise<void> {
    await this.#attempt({ type: 'undo' }, this.player.moment.at)
  }

  /** Does again what was taken back last. */
  async redo(): Promise<void> {
    await this.#attempt({ type: 'redo' }, this.player.moment.at)
  }

  /** Asks the session. Rejects with `Refused`. */
  ask(request: Request): Promise<FromSession> {
    return this.#client.ask(request)
  }

  /** Starts over with another way to a session. */
  reconnect(connect: Connect): void {
    this.#client.close()
    this.#client = this.#converse(connect)
  }

  #converse(connect: Connect): SessionClient {
    return new SessionClient(connect, {
      status: (status) => this.#setStatus(status),
      message: (message) => this.#receive(message),
    })
  }

  #receive(message: FromSession): void {
    if (message.type === 'welcome') this.#welcomed(message)
    else if (message.type === 'refused') this.notices.tell(message.text, 'error')
    else this.recording.receive(message)
  }

  /** After a lost connection the same scenario runs again, and the cursor stays where it was. */
  #welcomed(message: Answer<'welcome'>): void {
    this.#setWelcome(message)
    if (message.version !== protocolVersion) this.notices.tell(words.rail.otherVersion, 'error')
    const opening = this.run()?.opening
    if (opening === undefined) this.#begin(this)
    else if (opening.world === 'simulated')
      void this.open(opening.scenario, this.experiment(), this.player.moment.at)
    else this.notices.tell(words.stage.liveEnded, 'error')
  }

  async #openAs(
    card: ExperimentCard | undefined,
    request: Request,
    aim: number | undefined,
  ): Promise<boolean> {
    const before = this.experiment()
    this.#setExperiment(card)
    const opened = await this.#attempt(request, aim)
    if (!opened) this.#setExperiment(before)
    return opened
  }

  /** Sends what a person asked for, and tells them when it was refused. */
  async #attempt(request: Request, aim: number | undefined): Promise<boolean> {
    this.recording.aim = aim
    try {
      await this.ask(request)
      return true
    } catch (error) {
      this.notices.tell(error instanceof Error ? error.message : String(error), 'error')
      return false
    }
  }
}
