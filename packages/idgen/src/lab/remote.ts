/** What the lab's nodes lease and load from, over the network: the ports of the generators, as other programs have them. */
import type { Message, Milliseconds, Port, Reply } from '@lockstep/process'
import { IdError } from '../id-error.ts'
import type { RedisCommands } from '../redis/redis-commands.ts'
import type { FloorEra, RedisFloor } from '../redis/redis-floor.ts'
import type { Segment, SegmentStore } from '../segment/segment-store.ts'
import type { LentWorker, WorkerLeases } from '../worker/worker-leases.ts'
import type { IdLabConfig } from './config.ts'
import type { IndexCost } from './index-pages.ts'
import type { Evaled, FloorReply, Inserted, LenderReply, SegmentTaken } from './messages.ts'

/** A request, to which the port adds its id. */
type Question = Message & Readonly<Record<string, unknown>>

/** How long an answer is waited for. */
const answerMs: Milliseconds = 250

/** The names of the processes beside the nodes. */
export const lenderId = 'lender'
export const databaseId = 'db'
export const redisId = 'redis'

/** Leases worker ids from the lab's lender. */
export class RemoteLeases implements WorkerLeases {
  readonly #port: Port
  readonly #forMs: Milliseconds
  readonly #keepsMarks: boolean

  constructor(
    port: Port,
    { leaseTtlMs, lentMarks }: Pick<IdLabConfig, 'leaseTtlMs' | 'lentMarks'>,
  ) {
    this.#port = port
    this.#forMs = leaseTtlMs
    this.#keepsMarks = lentMarks
  }

  async lend(): Promise<LentWorker | undefined> {
    const forMs = this.#forMs
    const reply = await this.#ask({ type: 'Lend', holder: this.#port.id, ttlMs: forMs })
    if (reply.type !== 'Lent') return undefined
    const { workerId, token, markMs } = reply
    const loan = { workerId, token }
    return {
      workerId,
      forMs,
      renew: () => this.#isKept({ type: 'Renew', ...loan, ttlMs: forMs }),
      release: async () => void (await this.#isKept({ type: 'Release', ...loan })),
      mark: this.#keepsMarks
        ? {
            load: () => Promise.resolve(markMs ?? undefined),
            save: (next) => this.#saveMark({ type: 'SaveMark', ...loan, markMs: next }),
          }
        : { load: () => Promise.resolve(undefined), save: () => Promise.resolve() },
    }
  }

  async #saveMark(request: Question): Promise<void> {
    if (await this.#isKept(request)) return
    throw new IdError('lease-lost', 'the worker id is not ours any more: lease another one')
  }

  async #isKept(request: Question): Promise<boolean> {
    const reply = await this.#ask(request)
    return reply.type === 'Kept' && reply.isOurs
  }

  async #ask(request: Question): Promise<LenderReply> {
    return answered(await this.#port.call(lenderId, request, answerMs)) as LenderReply
  }
}

export class RemoteStore implements SegmentStore {
  readonly #port: Port
  readonly #step: number

  constructor(port: Port, step: number) {
    this.#port = port
    this.#step = step
  }

  tags(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map([['orders', this.#step]]))
  }

  async load(tag: string, size?: number): Promise<Segment> {
    const request = { type: 'TakeSegment', tag, ...(size === undefined ? {} : { size }) }
    const reply = answered(await this.#port.call(databaseId, request, answerMs))
    const { first, end, step } = reply as Reply & SegmentTaken
    return { first: BigInt(first), end: BigInt(end), step }
  }
}

/** Runs scripts in the lab's Redis. */
export class RemoteRedis implements RedisCommands {
  readonly #port: Port

  constructor(port: Port) {
    this.#port = port
  }

  async eval(
    script: string,
    keys: readonly string[],
    values: readonly string[],
  ): Promise<readonly string[]> {
    const question: Question = { type: 'Eval', script, keys, values }
    const reply = answered(await this.#port.call(redisId, question, answerMs))
    return (reply as Reply & Evaled).answer
  }
}

/** Keeps floors in the lab's database. */
export class RemoteFloor implements RedisFloor {
  readonly #port: Port

  constructor(port: Port) {
    this.#port = port
  }

  async begin(name: string): Promise<FloorEra> {
    const reply = await this.#ask({ type: 'BeginEra', name })
    if (reply.type === 'EraBegun') return { era: reply.era, bound: BigInt(reply.bound) }
    throw new IdError('unavailable', `the floor answered ${reply.type}: ask again`)
  }

  async raise(name: string, era: number, bound: bigint): Promise<boolean> {
    const reply = await this.#ask({ type: 'RaiseFloor', name, era, bound: String(bound) })
    return reply.type === 'FloorRaised' && reply.isRaised
  }

  async #ask(question: Question): Promise<FloorReply> {
    return answered(await this.#port.call(databaseId, question, answerMs)) as FloorReply
  }
}

/** Inserts keys into an index of the lab's database; `undefined` where it does not answer. */
export async function insertKeys(
  port: Port,
  index: string,
  keys: readonly string[],
): Promise<IndexCost | undefined> {
  const question: Question = { type: 'InsertKeys', index, keys }
  const reply = await port.call(databaseId, question, answerMs)
  return reply === undefined ? undefined : (reply as Reply & Inserted).cost
}

function answered(reply: Reply | undefined): Reply {
  if (reply !== undefined) return reply
  throw new IdError('unavailable', `no answer came within ${answerMs} ms: it may be down`)
}
