/**
 * Command, asynchronous: deeds that must not run at the same time, one after the other.
 *
 * ```text
 *   run(a) ─┐
 *   run(b) ─┼─▶ CommandQueue:  a ──▶ b ──▶ c      each run resolves as its deed does
 *   run(c) ─┘
 * ```
 *
 * Two writers of one file, two requests that change one state: each is right alone and wrong
 * between the lines of the other. Handed to one queue, a deed begins when the one before it has
 * ended, well or badly. Who asked hears how his own went and nothing of the others.
 *
 * Not for work that may overlap (see `Dispatcher`), and not to be called from within a deed of the
 * same queue, which would wait for itself.
 *
 * Lockstep uses it in `apps/playground/src/cluster/cluster.ts`, where one at a time writes the
 * cluster's file, and in `apps/playground/src/session/session.ts`,
 * `apps/playground/src/session/looker.ts`, `apps/playground/src/session/live.ts` and
 * `apps/playground/src/session/live-members.ts`.
 */

/**
 * So many deeds wait that another one is refused; it has not begun and will not.
 *
 * @example
 * ```ts
 * import { CommandQueue, QueueFull } from '@lockstep/patterns/behavioral/command-queue'
 *
 * const queue = new CommandQueue({ sizeMax: 1 })
 * const first = queue.run(async () => 'done')
 * const error: unknown = await queue.run(async () => 'too many').catch((reason: unknown) => reason)
 * if (!(error instanceof QueueFull) || (await first) !== 'done') throw new Error('not refused')
 * ```
 */
export class QueueFull extends Error {
  override readonly name = 'QueueFull'

  constructor(sizeMax: number) {
    super(`${sizeMax} deeds are waiting or under way; try again when one has ended`)
  }
}

/**
 * Runs deeds in the order in which they come, one at a time.
 *
 * @example
 * ```ts
 * import { CommandQueue } from '@lockstep/patterns/behavioral/command-queue'
 *
 * const queue = new CommandQueue()
 * const steps: string[] = []
 * const deed = (name: string) => async () => {
 *   steps.push(`${name} begins`)
 *   await Promise.resolve()
 *   steps.push(`${name} ends`)
 * }
 * await Promise.all([queue.run(deed('a')), queue.run(deed('b'))])
 * if (steps.join() !== 'a begins,a ends,b begins,b ends') throw new Error(steps.join())
 * ```
 */
export class CommandQueue {
  readonly #sizeMax: number
  #last: Promise<unknown> = Promise.resolve()
  #size = 0

  /** @param options.sizeMax how many may wait or be under way; no bound by default. */
  constructor({ sizeMax = Number.POSITIVE_INFINITY }: { readonly sizeMax?: number } = {}) {
    this.#sizeMax = sizeMax
  }

  /** How many deeds wait or are under way. */
  get size(): number {
    return this.#size
  }

  /** Runs a deed after all that came before it. Rejects with `QueueFull`, and as the deed does. */
  run<R>(deed: () => R | Promise<R>): Promise<R> {
    if (this.#size >= this.#sizeMax) return Promise.reject(new QueueFull(this.#sizeMax))
    this.#size += 1
    const ended = (): void => {
      this.#size -= 1
    }
    const result = this.#last.then(deed)
    this.#last = result.then(ended, ended)
    return result
  }

  /** Resolves when all that came so far has ended. It never rejects. */
  async idle(): Promise<void> {
    await this.#last
  }
}
