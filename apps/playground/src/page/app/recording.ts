import { type Accessor, batch, createSignal, type Setter } from 'solid-js'
import type { FromSession } from '../../session/protocol.ts'
import { Run } from '../run/run.ts'
import { TracedRun } from '../sequence/traced-run.ts'
import type { Answer } from '../session/session.ts'
import { Frames } from './frames.ts'
import { Player } from './player.ts'
import { createSetting } from './settings.ts'

const notifyEveryMs = 100
const firstSpeed = 1 / 20

/** What the session said about the run, as it comes in, and the walk over it. */
export class Recording {
  /** Notifies again, ten times a second at most, when rows were added. */
  readonly run: Accessor<Run | undefined>
  /** The traced run, where that is what is open in the place of a run. */
  readonly traced: Accessor<TracedRun | undefined>
  readonly judged: Accessor<Answer<'judged'> | undefined>
  readonly progress: Accessor<Answer<'progress'> | undefined>
  readonly frames: Frames
  readonly player: Player
  /** The time at which the cursor belongs once the rows for it are here; set before a run is opened again. */
  aim: number | undefined
  readonly #setRun: (run: Run | undefined) => void
  readonly #setTraced: (traced: TracedRun | undefined) => void
  readonly #setJudged: Setter<Answer<'judged'> | undefined>
  readonly #setProgress: Setter<Answer<'progress'> | undefined>
  #run: Run | undefined
  #head: { readonly at: number; readonly seenAt: number } | undefined
  #notifying: ReturnType<typeof setTimeout> | undefined

  /** `stop` says where playing must stop. */
  constructor(stop: (run: Run, after: number, upTo: number) => number | undefined) {
    const [run, setRun] = createSignal<Run | undefined>(undefined, { equals: false })
    const [traced, setTraced] = createSignal<TracedRun>()
    const [judged, setJudged] = createSignal<Answer<'judged'>>()
    const [progress, setProgress] = createSignal<Answer<'progress'>>()
    this.run = run
    this.traced = traced
    this.judged = judged
    this.progress = progress
    this.#setRun = (next) => setRun(() => next)
    this.#setTraced = (next) => setTraced(() => next)
    this.#setJudged = setJudged
    this.#setProgress = setProgress
    this.frames = new Frames((now) => this.player.tick(now))
    this.player = new Player(
      {
        track: () => this.#run ?? traced(),
        complete: () => judged() !== undefined && this.#head === undefined,
        head: () => this.#head,
        changed: () => this.frames.request(),
        stop: (after, upTo) => this.#run && stop(this.#run, after, upTo),
      },
      createSetting('speed', firstSpeed),
    )
  }

  receive(message: FromSession): void {
    switch (message.type) {
      case 'opened':
        this.#opened(message)
        break
      case 'traced':
        this.#openTraced(message)
        break
      case 'rows':
        this.#addRows(message)
        break
      case 'summaries':
        this.#run?.summarize(message.changes)
        this.#notifySoon()
        break
      case 'nodes':
        this.#run?.renode(message.row, message.nodes)
        this.#notifySoon()
        break
      case 'history':
        if (this.#run !== undefined) this.#run.operations = message.operations
        this.#notifySoon()
        break
      case 'judged':
        this.#notify()
        this.#setJudged(message)
        break
      case 'progress':
        this.#setProgress(message)
        this.#seen(message.at)
        break
      case 'welcome':
      case 'views':
      case 'message':
      case 'done':
      case 'refused':
        break
    }
  }

  #opened(message: Answer<'opened'>): void {
    if (this.#run === undefined || message.fromRow === 0) this.#run = new Run(message)
    else {
      this.#run.opening = message
      this.#run.truncate(message.fromRow)
    }
    this.#head = message.world === 'live' ? { at: 0, seenAt: performance.now() } : undefined
    batch(() => {
      this.#setTraced(undefined)
      this.#setJudged(undefined)
      this.#setProgress(undefined)
      this.#notify()
      this.player.restore(this.aim ?? 0)
      if (this.#head !== undefined) this.player.follow()
    })
  }

  #openTraced(message: Answer<'traced'>): void {
    this.#run = undefined
    this.#head = undefined
    batch(() => {
      this.#setTraced(new TracedRun(message))
      this.#setJudged(undefined)
      this.#setProgress(undefined)
      this.#notify()
      this.player.restore(0)
    })
  }

  #addRows(message: Answer<'rows'>): void {
    const run = this.#run
    if (run === undefined) return
    const { player } = this
    const atEnd = player.moment.row >= Math.min(run.trace.length, message.rows.from) - 1
    run.append(message.rows)
    this.#seen(run.trace.end)
    if (atEnd) player.restore(player.moment.at)
    this.#notifySoon()
  }

  #seen(at: number): void {
    if (this.#head !== undefined) this.#head = { at, seenAt: performance.now() }
  }

  #notify(): void {
    clearTimeout(this.#notifying)
    this.#notifying = undefined
    this.#setRun(this.#run)
    this.frames.request()
  }

  #notifySoon(): void {
    this.#notifying ??= setTimeout(() => this.#notify(), notifyEveryMs)
  }
}
