import { type Accessor, createSignal } from 'solid-js'
import type { Track } from '../run/track.ts'

/** A place in a run: rows up to `row` have happened (-1: none), and the time is `at` microseconds. */
export interface Moment {
  readonly row: number
  readonly at: number
}

/** Virtual time per real time, from real time down. */
export const slowest = 1 / 1000
export const fastest = 1

const shownEveryMs = 100
/** How far the page stays behind a live cluster, so that most messages have their end when they are drawn. */
const liveLagMs = 250
const reducedStepMs = 500

/** What the player needs to know of the world. */
export interface Tape {
  track(): Track | undefined
  /** Whether all rows of the run are here. */
  complete(): boolean
  /** A live run's newest instant: microseconds of the run, and when the page learnt it. */
  head(): { readonly at: number; readonly seenAt: number } | undefined
  changed(): void
  /** A row at which playing from one row to another must stop. */
  stop(after: number, upTo: number): number | undefined
}

/**
 * The walk over a run: play, pause, step and scrub.
 *
 * `moment` is exact and for drawing; `shown` follows it ten times a second at most while playing,
 * and at once otherwise, for panels.
 */
export class Player {
  moment: Moment = { row: -1, at: 0 }
  readonly shown: Accessor<Moment>
  readonly playing: Accessor<boolean>
  readonly following: Accessor<boolean>
  readonly speed: Accessor<number>
  readonly #tape: Tape
  readonly #setShown: (moment: Moment) => void
  readonly #setPlaying: (playing: boolean) => void
  readonly #setFollowing: (following: boolean) => void
  readonly #setSpeed: (speed: number) => void
  readonly #reduced: MediaQueryList = matchMedia('(prefers-reduced-motion: reduce)')
  #last = 0
  #lastShown = 0

  constructor(tape: Tape, speed: readonly [Accessor<number>, (speed: number) => void]) {
    this.#tape = tape
    const [shown, setShown] = createSignal<Moment>(this.moment)
    const [playing, setPlaying] = createSignal(false)
    const [following, setFollowing] = createSignal(false)
    this.shown = shown
    this.playing = playing
    this.following = following
    this.speed = speed[0]
    this.#setShown = setShown
    this.#setPlaying = setPlaying
    this.#setFollowing = setFollowing
    this.#setSpeed = speed[1]
  }

  play(): void {
    const track = this.#tape.track()
    if (track === undefined) return
    if (this.#tape.complete() && this.moment.row >= track.length - 1) this.restore(0)
    this.#last = performance.now()
    this.#setPlaying(true)
    this.#tape.changed()
  }

  pause(): void {
    this.#setPlaying(false)
    this.#setFollowing(false)
    this.#show(performance.now())
  }

  toggle(): void {
    if (this.playing()) this.pause()
    else this.play()
  }

  /** Plays a live run at its newest instant. */
  follow(): void {
    this.#setFollowing(true)
    this.#last = performance.now()
    this.#setPlaying(true)
    this.#tape.changed()
  }

  setSpeed(speed: number): void {
    this.#setSpeed(Math.min(fastest, Math.max(slowest, speed)))
  }

  /** Goes to a time. */
  seek(at: number): void {
    const track = this.#tape.track()
    if (track === undefined) return
    const within = Math.max(0, Math.min(at, track.end))
    this.#setFollowing(false)
    this.#move({ at: within, row: track.rowAt(within) })
  }

  /** Goes to the moment right after a row and the rest of its event. */
  seekRow(row: number): void {
    const track = this.#tape.track()
    if (track === undefined) return
    const last = row < 0 ? -1 : track.eventEnd(row)
    this.#setFollowing(false)
    this.#move({ row: last, at: last < 0 ? 0 : track.timeOf(last) })
  }

  /** Steps so many events forward, or back where it is negative, and pauses. */
  step(events: number): void {
    const track = this.#tape.track()
    if (track === undefined) return
    this.pause()
    let { row } = this.moment
    for (let i = 0; i < Math.abs(events); i++) row = track.eventFrom(row, events > 0 ? 1 : -1)
    this.seekRow(row)
  }

  /** Back to a place that still exists, after the run was cut or replaced. */
  restore(at: number): void {
    this.#move({ at, row: this.#tape.track()?.rowAt(at) ?? -1 })
  }

  /** Moves on while playing; `now` is in milliseconds. Says whether there was anything to do. */
  tick(now: number): boolean {
    if (!this.playing()) return false
    const track = this.#tape.track()
    if (track === undefined) return false
    const passed = now - this.#last
    if (this.#reduced.matches && passed < reducedStepMs) return true
    this.#last = now
    const head = this.#tape.head()
    const before = this.moment.row
    if (this.following() && head !== undefined) this.#followHead(track, head, now)
    else this.#advance(track, passed * 1000 * this.speed())
    const stop = this.#tape.stop(before, this.moment.row)
    if (stop !== undefined) {
      this.pause()
      this.seekRow(stop)
    }
    if (now - this.#lastShown >= shownEveryMs) this.#show(now)
    return true
  }

  #followHead(
    track: Track,
    head: { readonly at: number; readonly seenAt: number },
    now: number,
  ): void {
    const at = Math.max(this.moment.at, head.at + (now - head.seenAt - liveLagMs) * 1000)
    this.moment = { at, row: track.rowAt(at) }
  }

  #advance(track: Track, by: number): void {
    const { end } = track
    const at = Math.min(end, this.moment.at + by)
    this.moment = { at, row: track.rowAt(at) }
    if (at < end) return
    if (this.#tape.head() !== undefined) this.#setFollowing(true)
    else if (this.#tape.complete()) this.pause()
  }

  #move(moment: Moment): void {
    this.moment = moment
    this.#show(performance.now())
    this.#tape.changed()
  }

  #show(now: number): void {
    this.#lastShown = now
    if (this.moment !== this.shown()) this.#setShown(this.moment)
  }
}
