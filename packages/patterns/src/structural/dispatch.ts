/**
 * Delegate, to many: one who takes all tasks, does none of them, and hands each to a worker.
 *
 * ```text
 *   caller ──▶ Dispatcher ──▶ Worker a   (can 'read', 2 at a time)
 *                        └──▶ Worker b   (can 'read' and 'write', 1 at a time)
 * ```
 *
 * A task goes at once to the least busy worker that can do it and is free. If all of those are at
 * work it waits; a worker that becomes free takes the longest waiting task that it can do. So no
 * worker is idle while there is work for it, and nobody overtakes another of the same kind.
 *
 * Not for one worker (a queue does that) and not across processes, where workers die without
 * saying so.
 *
 * Lockstep has the idea in `apps/playground/src/cli/swarm-pool.ts`: one hands out ranges of seeds,
 * and the workers run them.
 */

/** Somebody who does tasks of some kinds. */
export interface Worker<Task, Result> {
  readonly name: string
  /** How many tasks it does at the same time; 1 by default. */
  readonly concurrency?: number
  /** Whether this task is of a kind that it can do. It always says the same of one task. */
  can(task: Task): boolean
  work(task: Task): Result | Promise<Result>
}

/**
 * No worker can do this task, however long it waits.
 *
 * @example
 * ```ts
 * import { Dispatcher, NoWorkerError } from '@lockstep/patterns/structural/dispatch'
 *
 * const error: unknown = await new Dispatcher([]).dispatch('x').catch((reason: unknown) => reason)
 * if (!(error instanceof NoWorkerError)) throw new Error('somebody did it')
 * ```
 */
export class NoWorkerError extends Error {
  override readonly name = 'NoWorkerError'

  constructor(names: readonly string[]) {
    super(`none of the workers [${names.join(', ')}] can do this task: add one that can`)
  }
}

interface Post<Task, Result> {
  readonly worker: Worker<Task, Result>
  readonly concurrency: number
  busy: number
}

interface Waiting<Task, Result> {
  readonly task: Task
  readonly settle: (result: Promise<Result>) => void
}

/**
 * Hands out tasks; a call costs the number of workers, and a task's end the number that wait.
 *
 * @example
 * ```ts
 * import { Dispatcher } from '@lockstep/patterns/structural/dispatch'
 *
 * const office = new Dispatcher<string, string>([
 *   { name: 'ann', can: (task) => task.startsWith('letter'), work: (task) => `ann: ${task}` },
 *   { name: 'bob', can: () => true, work: (task) => `bob: ${task}` },
 * ])
 * const done = await Promise.all(['letter 1', 'letter 2', 'call'].map((task) => office.dispatch(task)))
 * if (done.join() !== 'ann: letter 1,bob: letter 2,bob: call') throw new Error(done.join())
 * ```
 */
export class Dispatcher<Task, Result> {
  readonly #posts: readonly Post<Task, Result>[]
  #waiting: Waiting<Task, Result>[] = []

  /** Throws `RangeError` if a worker may do less than one task at a time. */
  constructor(workers: readonly Worker<Task, Result>[]) {
    this.#posts = workers.map((worker) => {
      const { concurrency = 1 } = worker
      if (!(concurrency >= 1)) throw new RangeError(`concurrency of ${worker.name} is at least 1`)
      return { worker, concurrency, busy: 0 }
    })
  }

  /** How many tasks wait for a worker. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** The result of the worker that does the task. Rejects with `NoWorkerError`, and as it does. */
  dispatch(task: Task): Promise<Result> {
    const able = this.#posts.filter(({ worker }) => worker.can(task))
    if (able.length === 0)
      return Promise.reject(new NoWorkerError(this.#posts.map(({ worker }) => worker.name)))
    const free = able.filter(({ busy, concurrency }) => busy < concurrency)
    const [first] = free.toSorted((a, b) => a.busy / a.concurrency - b.busy / b.concurrency)
    if (first !== undefined) return this.#begin(first, task)
    return new Promise((resolve) => this.#waiting.push({ task, settle: resolve }))
  }

  async #begin(post: Post<Task, Result>, task: Task): Promise<Result> {
    post.busy += 1
    try {
      return await post.worker.work(task)
    } finally {
      post.busy -= 1
      this.#next(post)
    }
  }

  #next(post: Post<Task, Result>): void {
    const next = this.#waiting.find(({ task }) => post.worker.can(task))
    if (next === undefined) return
    this.#waiting = this.#waiting.filter((other) => other !== next)
    next.settle(this.#begin(post, next.task))
  }
}
