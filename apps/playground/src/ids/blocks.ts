import { Snowflake } from '@lockstep/idgen'

/** What one generator is to make. */
export interface BlocksOptions {
  readonly workerId: number
  readonly count: number
}

/** Ids that one generator made one after the other, and when. */
export interface Block {
  readonly ids: BigUint64Array
  /** By the clock of who made them, in milliseconds of Unix time. */
  readonly fromMs: number
  readonly toMs: number
}

const idsABlock = 65_536

/** Every so many blocks one is made id by id, since that is another way through the generator. */
const singly = 8

/** Makes ids by the real clock, as quickly as the layout has them, and never ahead of it. */
export async function* blocksOf({ workerId, count }: BlocksOptions): AsyncGenerator<Block> {
  const snowflake = new Snowflake({ worker: workerId })
  for (let made = 0, block = 0; made < count; block += 1) {
    const ids = new BigUint64Array(Math.min(idsABlock, count - made))
    const fromMs = Date.now()
    if (block % singly === singly - 1) {
      for (let at = 0; at < ids.length; at += 1) ids[at] = await nextOf(snowflake)
    } else await snowflake.nextInto(ids)
    made += ids.length
    yield { ids, fromMs, toMs: Date.now() }
  }
}

/** Mostly at once; where a spin was not enough it is waited for. */
function nextOf(snowflake: Snowflake): bigint | Promise<bigint> {
  try {
    return snowflake.nextSync()
  } catch {
    return snowflake.next()
  }
}
