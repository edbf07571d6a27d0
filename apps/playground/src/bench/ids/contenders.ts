import { Snowflake, Ulid, UuidV4, UuidV7 } from '@lockstep/idgen'
import { nanoid } from 'nanoid'
import { monotonicFactory } from 'ulid'
import { v4, v7 } from 'uuid'
import type { Contender } from '../rounds.ts'
import { peers } from './peers.ts'

/** A generator, ours or a published one. */
export interface IdContender extends Contender {
  /** What it makes. Only those that make the same are compared. */
  readonly makes: string
  /** The next id, to be counted: bytes come as their number. */
  next(): bigint | string
  /** How many ids come of one time that `run` is told; 1 if not given. */
  readonly idsATime?: number
}

/** Where ids go, so that nobody is spared the making of one. */
const kept: { id: unknown } = { id: undefined }

/** Far enough ahead of the clock for a whole bench. */
const borrowing = { policy: 'borrow', aheadMaxMs: 24 * 3_600_000 } as const

/** Every loop is written out: a shared one would call all of them through one place, which is slower for all. */
function snowflakesAsBigint(): readonly IdContender[] {
  const makes = 'Snowflake, bigint'
  const waiting = new Snowflake({ worker: 1 })
  const ahead = new Snowflake({ worker: 1, clockBack: borrowing })
  const nodejs = peers['nodejs-snowflake']()
  const sapphire = peers['@sapphire/snowflake']()
  const snowy = peers.snowyflake()
  const yitter = peers['simple-flakeid (Yitter)']()
  return [
    {
      makes,
      name: 'Snowflake of ours, never ahead of the clock',
      next: () => waiting.nextSync(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = waiting.nextSync()
      },
    },
    {
      makes,
      name: 'Snowflake of ours, which may borrow',
      next: () => ahead.nextSync(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = ahead.nextSync()
      },
    },
    {
      makes,
      name: 'nodejs-snowflake',
      next: nodejs,
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = nodejs()
      },
    },
    {
      makes,
      name: '@sapphire/snowflake',
      next: sapphire,
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = sapphire()
      },
    },
    {
      makes,
      name: 'snowyflake',
      next: snowy,
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = snowy()
      },
    },
    {
      makes,
      name: 'simple-flakeid (Yitter)',
      next: yitter,
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = yitter()
      },
    },
  ]
}

function snowflakesAsDecimal(): readonly IdContender[] {
  const makes = 'Snowflake, decimal text'
  const waiting = new Snowflake({ worker: 1 }).as('decimal')
  const ahead = new Snowflake({ worker: 1, clockBack: borrowing }).as('decimal')
  const sapphire = peers['@sapphire/snowflake']()
  const akash = peers['@akashrajpurohit/snowflake-id']()
  return [
    {
      makes,
      name: 'Snowflake of ours, never ahead of the clock',
      next: () => waiting.nextSync(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = waiting.nextSync()
      },
    },
    {
      makes,
      name: 'Snowflake of ours, which may borrow',
      next: () => ahead.nextSync(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = ahead.nextSync()
      },
    },
    {
      makes,
      name: '@sapphire/snowflake',
      next: () => sapphire().toString(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = sapphire().toString()
      },
    },
    {
      makes,
      name: '@akashrajpurohit/snowflake-id',
      next: akash,
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = akash()
      },
    },
  ]
}

/** It throws where the others wait, so it is asked again until it gives one. */
function untilGiven(next: () => Buffer): Buffer {
  for (;;) {
    try {
      return next()
    } catch {
      // The millisecond has no more ids.
    }
  }
}

function snowflakesAsBytes(): readonly IdContender[] {
  const makes = 'Snowflake, 8 bytes'
  const ahead = new Snowflake({ worker: 1, clockBack: borrowing }).as('bytes')
  const flake = peers['flake-idgen']()
  return [
    {
      makes,
      name: 'Snowflake of ours, which may borrow',
      next: () => Buffer.from(ahead.nextSync()).readBigUInt64BE(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = ahead.nextSync()
      },
    },
    {
      makes,
      name: 'flake-idgen, asked again when it throws',
      next: () => untilGiven(flake).readBigUInt64BE(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = untilGiven(flake)
      },
    },
  ]
}

function snowflakesInArrays(): readonly IdContender[] {
  const ahead = new Snowflake({ worker: 1, clockBack: borrowing })
  const array = new BigUint64Array(1024)
  return [
    {
      makes: 'Snowflake, arrays of 1,024',
      name: 'Snowflake of ours, which may borrow',
      idsATime: array.length,
      next: () => ahead.nextSync(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = ahead.nextIntoSync(array)
      },
    },
  ]
}

function randomTexts(): readonly IdContender[] {
  const makes = 'random text'
  const ours = new UuidV4()
  return [
    {
      makes,
      name: 'UuidV4 of ours',
      next: () => ours.nextSync(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = ours.nextSync()
      },
    },
    {
      makes,
      name: 'crypto.randomUUID',
      next: () => crypto.randomUUID(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = crypto.randomUUID()
      },
    },
    {
      makes,
      name: 'uuid v4',
      next: () => v4(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = v4()
      },
    },
    {
      makes,
      name: 'nanoid',
      next: () => nanoid(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = nanoid()
      },
    },
  ]
}

function timeOrderedTexts(): readonly IdContender[] {
  const makes = 'time-ordered text'
  const uuids = new UuidV7()
  const ulids = new Ulid()
  const monotonic = monotonicFactory()
  return [
    {
      makes,
      name: 'UuidV7 of ours',
      next: () => uuids.nextSync(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = uuids.nextSync()
      },
    },
    {
      makes,
      name: 'uuid v7',
      next: () => v7(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = v7()
      },
    },
    {
      makes,
      name: 'Ulid of ours',
      next: () => ulids.nextSync(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = ulids.nextSync()
      },
    },
    {
      makes,
      name: 'ulid monotonicFactory',
      next: () => monotonic(),
      run: (times) => {
        for (let time = 0; time < times; time += 1) kept.id = monotonic()
      },
    },
  ]
}

/** All of them, made anew: those that make the same stand together, ours first. */
export function idContenders(): readonly IdContender[] {
  return [
    ...snowflakesAsBigint(),
    ...snowflakesAsDecimal(),
    ...snowflakesAsBytes(),
    ...snowflakesInArrays(),
    ...randomTexts(),
    ...timeOrderedTexts(),
  ]
}
