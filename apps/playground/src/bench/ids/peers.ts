import akashrajpurohit from '@akashrajpurohit/snowflake-id'
import { Snowflake as SapphireSnowflake } from '@sapphire/snowflake'
import FlakeId from 'flake-idgen'
import { Snowflake as NodejsSnowflake } from 'nodejs-snowflake'
import { SnowflakeIdv1 } from 'simple-flakeid'
import { Snowyflake } from 'snowyflake'

/** Twitter's epoch, for all who can be told one. */
const epochMs = 1_288_834_974_657

/** Each published generator as its own documents say that it is set up, with worker id 1 and 12 bits of sequence where it has them. */
export const peers = {
  'nodejs-snowflake': (): (() => bigint) => {
    const ids = new NodejsSnowflake({ instance_id: 1, custom_epoch: epochMs })
    return () => ids.getUniqueID() as bigint
  },
  '@sapphire/snowflake': (): (() => bigint) => {
    const ids = new SapphireSnowflake(epochMs)
    return () => ids.generate()
  },
  snowyflake: (): (() => bigint) => {
    const ids = new Snowyflake({ workerId: 1n, processId: 0n, epoch: BigInt(epochMs) })
    return () => ids.nextId()
  },
  'simple-flakeid (Yitter)': (): (() => bigint) => {
    // Without `maxSeqNumber` it uses 64 numbers a millisecond, whatever the bits.
    const ids = new SnowflakeIdv1({
      workerId: 1,
      workerIdBitLength: 10,
      seqBitLength: 12,
      maxSeqNumber: 4095,
    })
    return () => ids.NextBigId()
  },
  'flake-idgen': (): (() => Buffer) => {
    const ids = new FlakeId({ id: 1, epoch: epochMs })
    return () => ids.next()
  },
  '@akashrajpurohit/snowflake-id': (): (() => string) => {
    const ids = akashrajpurohit.SnowflakeId({ workerId: 1, epoch: epochMs })
    return () => ids.generate()
  },
} as const
