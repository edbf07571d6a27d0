import type { Milliseconds } from '@lockstep/process'
import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import { leaseLost } from './lease-settings.ts'
import type { LentWorker, WorkerLeases } from './worker-leases.ts'

/** All that is asked of ZooKeeper. Whatever fails rejects. */
export interface ZooKeeperNodes {
  /** How long the session lives without a word from its client, as the server granted it. */
  sessionMs(): Milliseconds
  /** Makes a node that goes with the session; the server adds ten digits to its path, which it gives. */
  createEphemeralSequential(path: string): Promise<string>
  /** Makes a node and those above it, unless they are there. */
  ensure(path: string): Promise<void>
  children(path: string): Promise<readonly string[]>
  /** Whether a node is there; `false` also when the session has expired. */
  exists(path: string): Promise<boolean>
  remove(path: string): Promise<void>
  read(path: string): Promise<string>
  /** Writes a node if another one is there, in one transaction. */
  writeIf(guard: string, path: string, text: string): Promise<boolean>
}

/** Where to keep the leases. */
export interface ZooKeeperWorkerLeasesOptions {
  readonly zooKeeper: ZooKeeperNodes
  /** How many ids there are, from 0 on; 1,024 unless told otherwise. */
  readonly workers?: number
  /** The node below which all is kept; `/lockstep/workers` unless told otherwise. */
  readonly path?: string
}

/**
 * Lends worker ids by ephemeral sequential nodes of ZooKeeper: the id is the node's number, over again
 * from 0 when there are no more. So an id rests for as long as can be before it is lent again. What
 * was lent goes with the session of the client.
 */
export class ZooKeeperWorkerLeases implements WorkerLeases {
  readonly #zooKeeper: ZooKeeperNodes
  readonly #workers: number
  readonly #path: string

  constructor({
    zooKeeper,
    workers = 1024,
    path = '/lockstep/workers',
  }: ZooKeeperWorkerLeasesOptions) {
    if (!Number.isInteger(workers) || workers < 1) {
      throw new IdError('invalid-option', `there cannot be ${workers} workers: take 1 or more`)
    }
    this.#zooKeeper = zooKeeper
    this.#workers = workers
    this.#path = path
  }

  lend(): Promise<LentWorker | undefined> {
    return this.#asked(async () => {
      const leases = `${this.#path}/leases`
      await this.#zooKeeper.ensure(leases)
      for (let attempt = 0; attempt <= this.#workers; attempt++) {
        const path = await this.#zooKeeper.createEphemeralSequential(`${leases}/w-`)
        const number = numberOf(path)
        const others = (await this.#zooKeeper.children(leases)).map(numberOf)
        const workerId = number % this.#workers
        // Of two with the same id the later one sees the earlier, and leaves it to that.
        const isOurs = !others.some((other) => other < number && other % this.#workers === workerId)
        if (isOurs) return this.#lent(workerId, path)
        await this.#zooKeeper.remove(path)
      }
      return undefined
    })
  }

  #lent(workerId: number, path: string): LentWorker {
    return {
      workerId,
      forMs: this.#zooKeeper.sessionMs(),
      // Any word of the client keeps its session.
      renew: () => this.#asked(() => this.#zooKeeper.exists(path)),
      release: () => this.#asked(() => this.#zooKeeper.remove(path)),
      mark: this.#markOf(workerId, path),
    }
  }

  #markOf(workerId: number, holder: string): HighWaterMark {
    const path = `${this.#path}/marks/${workerId}`
    return {
      load: () =>
        this.#asked(async () => {
          await this.#zooKeeper.ensure(path)
          const text = await this.#zooKeeper.read(path)
          return text === '' ? undefined : Number(text)
        }),
      save: (markMs) =>
        this.#asked(async () => {
          await this.#zooKeeper.ensure(path)
          const mark = String(Math.ceil(markMs))
          if (!(await this.#zooKeeper.writeIf(holder, path, mark))) throw leaseLost(workerId)
        }),
    }
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof IdError) throw error
      const said = error instanceof Error ? error.message : String(error)
      throw new IdError('unavailable', `ZooKeeper did not answer for worker ids: ${said}`, {
        cause: error,
      })
    }
  }
}

/** The ten digits that the server added. */
function numberOf(path: string): number {
  return Number(path.slice(-10))
}
