import type { Milliseconds } from '@lockstep/process'
import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import { systemRandomness } from '../platform.ts'
import type { Randomness } from '../randomness.ts'
import type { RedisCommands } from '../redis/redis-commands.ts'
import { holderName, leaseLost, leaseSettings } from './lease-settings.ts'
import type { LeaseSettings, LentWorker, WorkerLeases } from './worker-leases.ts'

/**
 * Every script begins so. Keys: until when each worker is lent, who holds it, its mark, and which server
 * process this is since when. A server that was restarted, or took over, may have lost what was lent:
 * for the length of a lease it lends nothing, and holders who renew are written down again.
 */
const head = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if redis.call('HGET', KEYS[4], 'run') ~= run then
  redis.call('HSET', KEYS[4], 'run', run, 'since', string.format('%.0f', now))
end
local waits = redis.call('HGET', KEYS[4], 'since') + ARGV[1] - now
local until_ms = string.format('%.0f', now + ARGV[1])`

/** Values: for how long, the holder, how many workers. */
const lend = `${head}
if waits > 0 then return {'wait', string.format('%.0f', waits)} end
local id = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
if not id then
  for unused = 0, ARGV[3] - 1 do
    if not redis.call('ZSCORE', KEYS[1], unused) then id = tostring(unused) break end
  end
end
if not id or tonumber(id) >= tonumber(ARGV[3]) then return {'none'} end
redis.call('ZADD', KEYS[1], until_ms, id)
redis.call('HSET', KEYS[2], id, ARGV[2])
return {'lent', id}`

/** Values: for how long, the holder, the worker. */
const renew = `${head}
local holder = redis.call('HGET', KEYS[2], ARGV[3])
if holder ~= ARGV[2] and (holder or waits <= 0) then return {'lost'} end
redis.call('ZADD', KEYS[1], until_ms, ARGV[3])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[2])
return {'renewed'}`

/** Values: for how long, the holder, the worker. */
const release = `${head}
if redis.call('HGET', KEYS[2], ARGV[3]) == ARGV[2] then
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('HSET', KEYS[2], ARGV[3], '')
end
return {'released'}`

/** Values: for how long, the holder, the worker, the mark. */
const save = `${head}
if redis.call('HGET', KEYS[2], ARGV[3]) ~= ARGV[2] then return {'lost'} end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
return {'saved'}`

/** Values: for how long, the holder, the worker. */
const load = `${head}
return {redis.call('HGET', KEYS[3], ARGV[3]) or ''}`

/** Where to keep the leases. */
export interface RedisWorkerLeasesOptions extends LeaseSettings {
  readonly redis: RedisCommands
  /** Keys begin with it; `lockstep:workers` unless told otherwise. */
  readonly prefix?: string
  /** Makes the names of holders; the system's unless told otherwise. */
  readonly randomness?: Randomness
}

/**
 * Lends worker ids from Redis, by its clock. Marks are as durable as that Redis is: where they get
 * lost, a worker id is unique still, but a holder whose clock is behind the last one's is not warned.
 */
export class RedisWorkerLeases implements WorkerLeases {
  readonly #redis: RedisCommands
  readonly #keys: readonly string[]
  readonly #workers: number
  readonly #leaseMs: Milliseconds
  readonly #randomness: Randomness

  constructor({
    redis,
    prefix = 'lockstep:workers',
    randomness = systemRandomness,
    ...settings
  }: RedisWorkerLeasesOptions) {
    const { workers, leaseMs } = leaseSettings(settings)
    this.#redis = redis
    // The braces keep all keys on one node of a cluster.
    this.#keys = ['until', 'holders', 'marks', 'server'].map((key) => `{${prefix}}:${key}`)
    this.#workers = workers
    this.#leaseMs = leaseMs
    this.#randomness = randomness
  }

  /** Rejects with `unavailable` and `retryAfterMs` while a server is new and may have lost leases. */
  async lend(): Promise<LentWorker | undefined> {
    const holder = holderName(this.#randomness)
    const [said, value = ''] = await this.#run(lend, [holder, String(this.#workers)])
    if (said === 'lent') return this.#lent(Number(value), holder)
    if (said === 'none') return undefined
    const text = 'this Redis is new here and may have lost leases: it lends once they have expired'
    throw new IdError('unavailable', text, { retryAfterMs: Number(value) })
  }

  #lent(workerId: number, holder: string): LentWorker {
    const own = [holder, String(workerId)]
    const said = async (script: string): Promise<string> => (await this.#run(script, own))[0] ?? ''
    return {
      workerId,
      forMs: this.#leaseMs,
      renew: async () => (await said(renew)) === 'renewed',
      release: async () => {
        await said(release)
      },
      mark: this.#markOf(workerId, holder),
    }
  }

  #markOf(workerId: number, holder: string): HighWaterMark {
    const own = [holder, String(workerId)]
    return {
      load: async () => {
        const [mark = ''] = await this.#run(load, own)
        return mark === '' ? undefined : Number(mark)
      },
      save: async (markMs) => {
        const [said] = await this.#run(save, [...own, String(Math.ceil(markMs))])
        if (said !== 'saved') throw leaseLost(workerId)
      },
    }
  }

  async #run(script: string, values: readonly string[]): Promise<readonly string[]> {
    try {
      return await this.#redis.eval(script, this.#keys, [String(this.#leaseMs), ...values])
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      throw new IdError('unavailable', `Redis did not answer for worker ids: ${said}`, {
        cause: error,
      })
    }
  }
}
