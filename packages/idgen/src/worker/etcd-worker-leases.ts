import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import { fromBase64, toBase64 } from '../platform.ts'
import { leaseLost, leaseSettings } from './lease-settings.ts'
import type { LeaseSettings, LentWorker, WorkerLeases } from './worker-leases.ts'

/** One call of etcd's JSON gateway: `path` is such as `kv/range`, and both bodies are JSON. */
export type EtcdCall = (path: string, body: object) => Promise<unknown>

/** What is used of `fetch`. */
export type EtcdFetch = (
  url: string,
  options: { readonly method: 'POST'; readonly body: string },
) => Promise<{ readonly ok: boolean; text(): Promise<string> }>

/** Calls an etcd by HTTP at its client address, such as `http://127.0.0.1:2379`, with the platform's `fetch`. */
export function etcdHttp(url: string, fetch: EtcdFetch): EtcdCall {
  return async (path, body) => {
    const answer = await fetch(`${url}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`etcd answered ${path} with ${text}`)
    return JSON.parse(text)
  }
}

/** Where to keep the leases. */
export interface EtcdWorkerLeasesOptions extends LeaseSettings {
  readonly etcd: EtcdCall
  /** Keys begin with it; `lockstep/workers` unless told otherwise. */
  readonly prefix?: string
}

interface Granted {
  readonly ID: string
  readonly TTL: string
}

/**
 * Lends worker ids from etcd: each is a key that goes with its lease. Leases are whole seconds, and
 * etcd makes short ones longer.
 */
export class EtcdWorkerLeases implements WorkerLeases {
  readonly #etcd: EtcdCall
  readonly #prefix: string
  readonly #settings: Required<LeaseSettings>

  constructor({ etcd, prefix = 'lockstep/workers', ...settings }: EtcdWorkerLeasesOptions) {
    this.#etcd = etcd
    this.#prefix = prefix
    this.#settings = leaseSettings(settings)
  }

  async lend(): Promise<LentWorker | undefined> {
    const seconds = String(Math.ceil(this.#settings.leaseMs / 1000))
    const lease = (await this.#call('lease/grant', { TTL: seconds })) as Granted
    for (;;) {
      const workerId = await this.#free()
      if (workerId === undefined) {
        await this.#call('lease/revoke', { ID: lease.ID })
        return undefined
      }
      const key = this.#keyOf('holder', workerId)
      const isOurs = await this.#if(
        { target: 'CREATE', key, create_revision: '0' },
        { key, value: toBase64(lease.ID), lease: lease.ID },
      )
      // Otherwise somebody else was quicker, and there may be another.
      if (isOurs) return this.#lent(workerId, lease)
    }
  }

  /** The lowest number that nobody holds. */
  async #free(): Promise<number | undefined> {
    const prefix = `${this.#prefix}/holder/`
    const found = (await this.#call('kv/range', {
      key: toBase64(prefix),
      // The first key that does not begin so: '0' is the character behind '/'.
      range_end: toBase64(`${prefix.slice(0, -1)}0`),
      keys_only: true,
    })) as { readonly kvs?: readonly { readonly key: string }[] }
    const held = new Set((found.kvs ?? []).map(({ key }) => key))
    for (let workerId = 0; workerId < this.#settings.workers; workerId++) {
      if (!held.has(this.#keyOf('holder', workerId))) return workerId
    }
    return undefined
  }

  #lent(workerId: number, { ID, TTL }: Granted): LentWorker {
    return {
      workerId,
      forMs: Number(TTL) * 1000,
      renew: async () => {
        const answer = await this.#call('lease/keepalive', { ID })
        return Number((answer as { readonly result?: Partial<Granted> }).result?.TTL ?? 0) > 0
      },
      release: async () => {
        await this.#call('lease/revoke', { ID })
      },
      mark: this.#markOf(workerId, ID),
    }
  }

  #markOf(workerId: number, lease: string): HighWaterMark {
    const key = this.#keyOf('mark', workerId)
    return {
      load: async () => {
        const { kvs = [] } = (await this.#call('kv/range', { key })) as {
          readonly kvs?: readonly { readonly value: string }[]
        }
        return kvs[0] === undefined ? undefined : Number(fromBase64(kvs[0].value))
      },
      save: async (markMs) => {
        const isHeld = { target: 'LEASE', key: this.#keyOf('holder', workerId), lease }
        const put = { key, value: toBase64(String(Math.ceil(markMs))) }
        if (!(await this.#if(isHeld, put))) throw leaseLost(workerId)
      },
    }
  }

  /** Puts a key if something holds, in one transaction. */
  async #if(compare: object, put: object): Promise<boolean> {
    const answer = await this.#call('kv/txn', {
      compare: [{ result: 'EQUAL', ...compare }],
      success: [{ requestPut: put }],
    })
    return (answer as { readonly succeeded?: boolean }).succeeded === true
  }

  #keyOf(what: 'holder' | 'mark', workerId: number): string {
    return toBase64(`${this.#prefix}/${what}/${workerId}`)
  }

  async #call(path: string, body: object): Promise<unknown> {
    try {
      return await this.#etcd(path, body)
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      throw new IdError('unavailable', `etcd did not answer for worker ids: ${said}`, {
        cause: error,
      })
    }
  }
}
