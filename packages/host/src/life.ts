import type {
  Build,
  Context,
  Message,
  Milliseconds,
  NodeId,
  Process,
  Saved,
} from '@lockstep/process'
import type { HostClock } from './clock.ts'
import type { Draws } from './draws.ts'
import { HostError } from './host-error.ts'
import { type SetTimer, Timers } from './timers.ts'
import type { Tracer } from './tracer.ts'
import type { Turn } from './turn.ts'
import type { WriteAheadLog } from './wal/log.ts'

/** What a life stands on. */
export interface LifeOptions {
  readonly id: NodeId
  readonly incarnation: number
  readonly build: Build
  readonly clock: HostClock
  readonly draws: Draws
  readonly tracer: Tracer
  readonly turn: Turn
  readonly log: Pick<
    WriteAheadLog,
    'append' | 'saveSnapshot' | 'compact' | 'writes' | 'durableWrites'
  >
  send(to: NodeId, message: Message, cause: number): void
  /** The process threw. No step follows. */
  onFailed(error: HostError): void
}

/** Somebody waits until that many writes are durable. */
interface Waiting {
  readonly writes: number
  readonly resolve: () => void
}

interface HeldMessage {
  readonly to: NodeId
  readonly message: Message
  readonly cause: number
  /** Goes out once that many writes are durable. */
  readonly writes: number
}

/**
 * One incarnation of a process: its steps, one at a time, and the context through which it acts.
 *
 * Effects apply in the order of the calls. After the end nothing it does has an effect, so a step
 * that is still under way then cannot get anything out.
 */
export class Life implements Context {
  readonly id: NodeId
  readonly incarnation: number
  readonly timers: Timers
  readonly #options: LifeOptions
  readonly #tracer: Tracer
  readonly #process: Process
  #held: HeldMessage[] = []
  #waiting: Waiting[] = []
  #syncedTo = -1
  /** The trace row that began the step under way. */
  #cause = -1
  #flushes = false
  #over = false

  constructor(options: LifeOptions) {
    this.#options = options
    this.#tracer = options.tracer
    this.id = options.id
    this.incarnation = options.incarnation
    this.timers = new Timers(options.clock, (timer) => this.#fire(timer))
    this.#process = options.build(this)
  }

  start(saved: Saved<unknown, unknown>): void {
    this.#syncedTo = saved.first + saved.entries.length - 1
    const recovered = {
      entries: saved.entries.length,
      first: saved.first,
      snapshot: saved.snapshot !== undefined,
    }
    this.#step(this.#tracer.note('start', { value: this.incarnation, data: recovered }), () =>
      this.#process.start(saved),
    )
  }

  deliver(from: NodeId, number: number, message: Message): void {
    const row = this.#tracer.watched
      ? this.#tracer.note('deliver', { peer: from, name: message.type, value: number })
      : -1
    this.#step(row, () => this.#process.receive(from, message))
  }

  /** The connection over which a peer sent has ended. */
  hungUp(peer: NodeId): void {
    if (this.#process.hungUp === undefined) return
    const row = this.#tracer.watched ? this.#tracer.note('hang-up', { peer }) : -1
    this.#step(row, () => this.#process.hungUp?.(peer))
  }

  /** The disk reports: everything up to `position`, and `writes` writes in all, are durable. */
  onSynced(position: number, writes: number): void {
    const row = this.#tracer.watched ? this.#tracer.note('sync', { value: position }) : -1
    this.#release(writes)
    this.#waiting = this.#waiting.filter((waiting) => {
      if (waiting.writes <= writes) waiting.resolve()
      return waiting.writes > writes
    })
    if (position <= this.#syncedTo) return
    this.#syncedTo = position
    this.#step(row, () => this.#process.synced?.(position))
  }

  /**
   * Asks the process to finish. Resolves once it has, what it had written by then is durable, and
   * what it held back for that is sent; never when the life ends before.
   */
  async stop(): Promise<void> {
    const finished = new Promise<void>((resolve) => {
      this.#step(this.#tracer.note('stop'), () => {
        if (this.#process.stop === undefined) resolve()
        else this.#process.stop(resolve)
      })
    })
    await finished
    await new Promise<void>((resolve) => this.#options.turn.atEnd('process', resolve))
    const { writes, durableWrites } = this.#options.log
    if (durableWrites >= writes) return
    await new Promise<void>((resolve) => this.#waiting.push({ writes, resolve }))
  }

  /** The state for people. Throws what the process throws. */
  view(): unknown {
    return this.#process.view()
  }

  end(): void {
    this.#over = true
    this.timers.stop()
    this.#held = []
  }

  wall(): Milliseconds {
    return this.#options.clock.wall()
  }

  elapsed(): Milliseconds {
    return Math.floor(this.#options.clock.local())
  }

  random(label: string): number {
    return this.#options.draws.next(label)
  }

  send(to: NodeId, message: Message): void {
    if (!this.#over) this.#options.send(to, message, this.#cause)
  }

  sendOnceSynced(to: NodeId, message: Message): void {
    const { writes, durableWrites } = this.#options.log
    if (writes === durableWrites) this.send(to, message)
    else if (!this.#over) this.#held.push({ to, message, cause: this.#cause, writes })
  }

  setTimer(name: string, after: Milliseconds): void {
    if (this.#over) return
    if (!this.#tracer.watched) {
      this.timers.set(name, after, -1)
      return
    }
    const dueAt = this.#options.clock.local() + after
    const value = this.#options.clock.trueAt(dueAt)
    this.timers.set(name, after, this.#tracer.note('arm', { name, value, cause: this.#cause }))
  }

  clearTimer(name: string): void {
    if (this.timers.clear(name) && this.#tracer.watched)
      this.#tracer.note('disarm', { name, cause: this.#cause })
  }

  append(entry: unknown): number {
    const position = this.#options.log.append(entry)
    if (this.#tracer.watched) this.#tracer.note('append', { value: position, cause: this.#cause })
    return position
  }

  saveSnapshot(snapshot: unknown, keepFrom: number): void {
    this.#options.log.saveSnapshot(snapshot, keepFrom)
    if (this.#tracer.watched) this.#tracer.note('save', { value: keepFrom, cause: this.#cause })
  }

  compact(snapshot: unknown, keepFrom: number): void {
    this.#options.log.compact(snapshot, keepFrom)
    if (this.#tracer.watched) this.#tracer.note('save', { value: keepFrom, cause: this.#cause })
  }

  mark(name: string, data?: unknown): void {
    if (this.#tracer.hearsMarks) this.#tracer.note('mark', { name, data, cause: this.#cause })
  }

  #fire(timer: SetTimer): void {
    const row = this.#tracer.watched
      ? this.#tracer.note('fire', { name: timer.name, cause: timer.cause })
      : -1
    this.#step(row, () => this.#process.timeout(timer.name))
  }

  /** Held messages are in the order of their `writes`, which never shrinks. */
  #release(writes: number): void {
    let count = 0
    for (const held of this.#held) {
      if (held.writes > writes) break
      this.#options.send(held.to, held.message, held.cause)
      count++
    }
    this.#held.splice(0, count)
  }

  #step(cause: number, step: () => void): void {
    if (this.#over) return
    this.#cause = cause
    this.#guarded(step)
    if (this.#flushes || this.#process.flush === undefined) return
    this.#flushes = true
    this.#options.turn.atEnd('process', this.#flush)
  }

  /** Of the steps that led to it the last one counts as its cause. */
  readonly #flush = (): void => {
    this.#flushes = false
    if (!this.#over) this.#guarded(() => this.#process.flush?.())
    this.#cause = -1
  }

  #guarded(step: () => void): void {
    try {
      step()
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      this.end()
      this.#options.onFailed(
        new HostError('step-failed', `the process of ${this.id} threw: ${text}`, { cause: error }),
      )
    }
  }
}
