/** What happens at the end of a turn, in this order. */
export type Stage = 'process' | 'links' | 'disk' | 'replies'

const order: readonly Stage[] = ['process', 'links', 'disk', 'replies']

/**
 * The end of a turn of the event loop: what came in through all sockets is handled by then, so what
 * was gathered meanwhile goes on at once, and nothing waits for another turn.
 *
 * First the process flushes; then what it sent to its peers leaves, since they have to travel; then
 * the disk begins to write, which it does beside all else; at last come the replies, which may be
 * many.
 */
export class Turn {
  readonly #tasks: Readonly<Record<Stage, (() => void)[]>> = {
    process: [],
    links: [],
    disk: [],
    replies: [],
  }
  #isScheduled = false

  /** Runs a task once at that stage of this turn, or of the next one when the stage is over. */
  atEnd(stage: Stage, task: () => void): void {
    this.#tasks[stage].push(task)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#end())
  }

  #end(): void {
    for (const stage of order) this.#run(stage)
    this.#isScheduled = order.some((stage) => this.#tasks[stage].length > 0)
    if (this.#isScheduled) setImmediate(() => this.#end())
  }

  #run(stage: Stage): void {
    const tasks = this.#tasks[stage]
    // A task may add further ones to its own stage.
    for (let next = 0; next < tasks.length; next++) tasks[next]?.()
    tasks.length = 0
  }
}
