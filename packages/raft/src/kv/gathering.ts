import type { Context, Milliseconds } from '@lockstep/process'

type Timers = Pick<Context, 'setTimer' | 'clearTimer' | 'elapsed'>

/** Of those that are likely to come, so many are waited for: some clients have other things to do. */
const awaitedShare = 0.9

/** Those that are likely to come are on their way already: when so much of the time brings nobody, it was not so. */
const comingShare = 0.1

/**
 * Requests that are held back for others, so that all share what a batch of them costs: proposals an
 * append, a sync and a frame; reads a round of questions.
 *
 * Clients whose requests committed together are answered together, and those that go on at once ask
 * again together. If the first of them left alone, all others would wait for the batch after it: two
 * cohorts would take turns, each half as large as it could be. So while a batch is under way
 * everything waits for its end, and then for as many as were in it or waited beside it. A single
 * client is never held back: after a batch of one, one is enough.
 */
export class Gathering<Item> {
  readonly #context: Timers
  readonly #timer: string
  readonly #lingerMs: Milliseconds
  #items: Item[] = []
  /** How many were in the batch that is under way; 0 when none is. */
  #underWay = 0
  /** How many are waited for when no batch is under way. */
  #awaited = 1
  #isOverdue = false
  /** What the timer limits, if it is set: the wait for the batch under way, or for those that come. */
  #timed: 'under way' | 'coming' | undefined
  /** How many were held back when the timer was set for those that come. */
  #seen = 0
  /** When the wait for those that come began. */
  #waitsSince: Milliseconds = 0

  /**
   * Nothing waits for a batch, or for others, longer than `lingerMs`; nor longer for others than while
   * they come, each within a tenth of it. The timer of that name ends the holding back.
   */
  constructor(context: Timers, timer: string, lingerMs: Milliseconds) {
    this.#context = context
    this.#timer = timer
    this.#lingerMs = lingerMs
  }

  /** How many are held back. */
  get size(): number {
    return this.#items.length
  }

  add(item: Item): void {
    this.#items.push(item)
  }

  /** Takes all of them if it is time for them to go; none otherwise, and the timer is set. */
  take(): readonly Item[] {
    if (this.#items.length === 0) return this.#items
    const isTime = this.#underWay === 0 && this.#items.length >= this.#awaited
    if (isTime || this.#isOverdue || this.#lingerMs === 0) return this.#leave()
    const waitsFor = this.#underWay > 0 ? 'under way' : 'coming'
    if (this.#timed === waitsFor) return []
    this.#timed = waitsFor
    if (waitsFor === 'under way') this.#context.setTimer(this.#timer, this.#lingerMs)
    else {
      this.#waitsSince = this.#context.elapsed()
      this.#awaitNext()
    }
    return []
  }

  /** The batch that left last is done: committed, or answered. */
  done(): void {
    this.#awaited = Math.max(1, awaitedShare * (this.#underWay + this.#items.length))
    this.#underWay = 0
  }

  /** The timer came due: the next `take` takes all, unless more came meanwhile. */
  timedOut(): void {
    const waited = this.#context.elapsed() - this.#waitsSince
    const isComing = this.#timed === 'coming' && this.#items.length > this.#seen
    if (isComing && waited < this.#lingerMs) return this.#awaitNext()
    this.#timed = undefined
    this.#isOverdue = true
  }

  /** Begins anew, and returns what was held back. */
  clear(): readonly Item[] {
    const items = this.#leave()
    this.#underWay = 0
    this.#awaited = 1
    return items
  }

  #awaitNext(): void {
    this.#seen = this.#items.length
    this.#context.setTimer(this.#timer, comingShare * this.#lingerMs)
  }

  #leave(): readonly Item[] {
    const items = this.#items
    this.#items = []
    this.#underWay = items.length
    this.#isOverdue = false
    if (this.#timed !== undefined) this.#context.clearTimer(this.#timer)
    this.#timed = undefined
    return items
  }
}
