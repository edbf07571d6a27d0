import type { Milliseconds } from '@lockstep/process'
import type { HostClock } from './clock.ts'

/** A timer that is set. Times are local milliseconds since the start. */
export interface SetTimer {
  readonly name: string
  readonly armedAt: Milliseconds
  readonly dueAt: Milliseconds
  /** Whatever the setter wants back when it fires. */
  readonly cause: number
}

interface Slot {
  timer: SetTimer | undefined
  handle: NodeJS.Timeout | undefined
  /** When the handle wakes, in local milliseconds; never later than the timer is due. */
  wakesAt: Milliseconds
}

/**
 * The named timers of one process, on its own clock. A timer that is put off again and again, as
 * an election timer is by every heartbeat, keeps its system timer, which finds the later time when
 * it wakes.
 */
export class Timers {
  readonly #clock: HostClock
  readonly #onDue: (timer: SetTimer) => void
  readonly #slots = new Map<string, Slot>()

  constructor(clock: HostClock, onDue: (timer: SetTimer) => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  set(name: string, after: Milliseconds, cause: number): SetTimer {
    const armedAt = this.#clock.local()
    const timer = { name, armedAt, dueAt: armedAt + Math.max(0, after), cause }
    let slot = this.#slots.get(name)
    if (slot === undefined) {
      slot = { timer, handle: undefined, wakesAt: 0 }
      this.#slots.set(name, slot)
    }
    slot.timer = timer
    if (slot.handle === undefined || slot.wakesAt > timer.dueAt) this.#arm(slot, timer)
    return timer
  }

  /** Whether such a timer was set. */
  clear(name: string): boolean {
    const slot = this.#slots.get(name)
    if (slot?.timer === undefined) return false
    slot.timer = undefined
    return true
  }

  /** The timers that are set. */
  pending(): readonly SetTimer[] {
    return [...this.#slots.values()].flatMap((slot) => slot.timer ?? [])
  }

  /** To be called when the clock's rate changed: the time that is left is another now. */
  rateChanged(): void {
    for (const slot of this.#slots.values())
      if (slot.timer !== undefined) this.#arm(slot, slot.timer)
  }

  stop(): void {
    for (const slot of this.#slots.values()) clearTimeout(slot.handle)
    this.#slots.clear()
  }

  #arm(slot: Slot, timer: SetTimer): void {
    clearTimeout(slot.handle)
    slot.wakesAt = timer.dueAt
    const left = (timer.dueAt - this.#clock.local()) / this.#clock.rate
    // Longer waits overflow the system's timers; waking early is harmless.
    slot.handle = setTimeout(() => this.#wake(slot), Math.min(Math.ceil(left), 0x7fff_ffff))
  }

  #wake(slot: Slot): void {
    slot.handle = undefined
    const { timer } = slot
    if (timer === undefined) return
    if (this.#clock.local() < timer.dueAt) return this.#arm(slot, timer)
    slot.timer = undefined
    this.#onDue(timer)
  }
}
