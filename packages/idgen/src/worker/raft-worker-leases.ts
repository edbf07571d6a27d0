import type { Milliseconds } from '@lockstep/process'
import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import { leaseLost, leaseSettings } from './lease-settings.ts'
import type { LeaseSettings, LentWorker, WorkerLeases } from './worker-leases.ts'

/** How a call to the store ended. */
export type RaftTold<Value> =
  | { readonly type: 'ok'; readonly value: Value }
  | { readonly type: 'failed' | 'unknown'; readonly text: string }

/** A comparison of a key's revision or lease with a number. */
export interface RaftCompare {
  readonly key: string
  readonly target: 'createRevision' | 'lease'
  readonly is: 'equal'
  readonly than: number
}

/** A write of a transaction. */
export interface RaftPut {
  readonly type: 'put'
  readonly key: string
  readonly value: string
  readonly lease?: number
}

/** What is used of the `RaftClient` of `@lockstep/raft`. */
export interface RaftKeyValues {
  grant(
    ttlMs: Milliseconds,
  ): Promise<RaftTold<{ readonly lease: number; readonly ttlMs: Milliseconds }>>
  revoke(lease: number): Promise<RaftTold<unknown>>
  keepAlive(lease: number): Promise<RaftTold<Milliseconds>>
  range(range: {
    readonly key: string
    readonly end?: string
  }): Promise<
    RaftTold<{ readonly kvs: readonly { readonly key: string; readonly value: string }[] }>
  >
  txn(txn: {
    readonly compare: readonly RaftCompare[]
    readonly success: readonly RaftPut[]
  }): Promise<RaftTold<{ readonly succeeded: boolean }>>
}

/** Where to keep the leases. */
export interface RaftWorkerLeasesOptions extends LeaseSettings {
  readonly raft: RaftKeyValues
  /** Keys begin with it; `lockstep/workers` unless told otherwise. */
  readonly prefix?: string
}

/** Lends worker ids from the store of `@lockstep/raft`: each is a key that goes with its lease. */
export class RaftWorkerLeases implements WorkerLeases {
  readonly #raft: RaftKeyValues
  readonly #prefix: string
  readonly #settings: Required<LeaseSettings>

  constructor({ raft, prefix = 'lockstep/workers', ...settings }: RaftWorkerLeasesOptions) {
    this.#raft = raft
    this.#prefix = prefix
    this.#settings = leaseSettings(settings)
  }

  async lend(): Promise<LentWorker | undefined> {
    const { lease, ttlMs } = valueOf(await this.#raft.grant(this.#settings.leaseMs))
    for (;;) {
      const workerId = await this.#free()
      if (workerId === undefined) {
        await this.#raft.revoke(lease)
        return undefined
      }
      const key = this.#keyOf('holder', workerId)
      const isOurs = await this.#putIf(
        { key, target: 'createRevision', is: 'equal', than: 0 },
        { type: 'put', key, value: String(lease), lease },
      )
      // Otherwise somebody else was quicker, and there may be another.
      if (isOurs) return this.#lent(workerId, lease, ttlMs)
    }
  }

  /** The lowest number that nobody holds. */
  async #free(): Promise<number | undefined> {
    // '0' is the character behind '/', so this is the end of all keys that begin so.
    const range = { key: `${this.#prefix}/holder/`, end: `${this.#prefix}/holder0` }
    const { kvs } = valueOf(await this.#raft.range(range))
    const held = new Set(kvs.map(({ key }) => key))
    for (let workerId = 0; workerId < this.#settings.workers; workerId++) {
      if (!held.has(this.#keyOf('holder', workerId))) return workerId
    }
    return undefined
  }

  #lent(workerId: number, lease: number, forMs: Milliseconds): LentWorker {
    return {
      workerId,
      forMs,
      renew: async () => valueOf(await this.#raft.keepAlive(lease)) > 0,
      release: async () => {
        // One that is not there any more was given back as well.
        await this.#raft.revoke(lease)
      },
      mark: this.#markOf(workerId, lease),
    }
  }

  #markOf(workerId: number, lease: number): HighWaterMark {
    const key = this.#keyOf('mark', workerId)
    return {
      load: async () => {
        const { kvs } = valueOf(await this.#raft.range({ key }))
        return kvs[0] === undefined ? undefined : Number(kvs[0].value)
      },
      save: async (markMs) => {
        const isSaved = await this.#putIf(
          { key: this.#keyOf('holder', workerId), target: 'lease', is: 'equal', than: lease },
          { type: 'put', key, value: String(Math.ceil(markMs)) },
        )
        if (!isSaved) throw leaseLost(workerId)
      },
    }
  }

  async #putIf(compare: RaftCompare, put: RaftPut): Promise<boolean> {
    const { succeeded } = valueOf(await this.#raft.txn({ compare: [compare], success: [put] }))
    return succeeded
  }

  #keyOf(what: 'holder' | 'mark', workerId: number): string {
    return `${this.#prefix}/${what}/${workerId}`
  }
}

function valueOf<Value>(told: RaftTold<Value>): Value {
  if (told.type === 'ok') return told.value
  throw new IdError('unavailable', `the store did not answer for worker ids: ${told.text}`)
}
