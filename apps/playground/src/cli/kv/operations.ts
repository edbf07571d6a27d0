import {
  type KeyRange,
  type KeyValue,
  type PutOptions,
  prefixOf,
  type RangeOptions,
  type StoreOp,
  type StoreValue,
} from '@lockstep/raft'
import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import { counted, table } from '../output.ts'
import { type KvOptions, kvCommand, operate } from './connection.ts'

const revision = wholeNumber(1, Number.MAX_SAFE_INTEGER)

interface GetOptions extends KvOptions {
  readonly prefix?: boolean
  readonly to?: string
  readonly rev?: number
  readonly limit?: number
  readonly keysOnly?: boolean
  readonly countOnly?: boolean
}

interface WriteOptions extends KvOptions {
  readonly lease?: number
  readonly prevKv?: boolean
}

interface DeleteCommandOptions extends KvOptions {
  readonly prefix?: boolean
  readonly to?: string
}

/** Reads, writes and removes keys. */
export function addOperations(kv: Command): void {
  ranged(kvCommand(kv, 'get <key>', 'Reads a key, or a range of keys.', 'get config/ --prefix'))
    .option('--rev <revision>', 'as it was at a past revision', revision)
    .option('--limit <number>', 'at most so many keys', wholeNumber(1, 1_000_000))
    .option('--keys-only', 'no values')
    .option('--count-only', 'how many there are, and none of them')
    .action((key: string, options: GetOptions) => operate(getOf(key, options), options, rangeLines))
  kvCommand(kv, 'put <key> <value>', 'Gives a key a value.', 'put x 1 --lease 7')
    .option(
      '--lease <id>',
      'the lease that the key goes with',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--prev-kv', 'answer what the key was before')
    .action((key: string, value: string, options: WriteOptions) =>
      operate(putOf(key, value, options), options),
    )
  ranged(
    kvCommand(kv, 'del <key>', 'Removes a key, or a range of keys.', 'del config/ --prefix').alias(
      'delete',
    ),
  ).action((key: string, options: DeleteCommandOptions) => operate(deleteOf(key, options), options))
  kvCommand(
    kv,
    'cas <key> <from> <to>',
    'Writes a key if it holds a value; - stands for a missing key.',
    'cas x 1 2',
  ).action((key: string, from: string, to: string, options: KvOptions) =>
    operate({ type: 'cas', key, from: from === '-' ? null : from, to }, options),
  )
  kvCommand(kv, 'compact', 'Lets the history before a revision go.', 'compact 120')
    .argument('<revision>', 'the first revision that can still be read', revision)
    .action((at: number, options: KvOptions) => operate({ type: 'compact', revision: at }, options))
}

/** Adds what makes a range of a key. */
export function ranged(command: Command): Command {
  return command
    .option('--prefix', 'all keys that begin so')
    .option('--to <key>', 'all keys from the first one up to, not including, this one')
}

/** The range that was asked for. */
export function rangeOf(key: string, options: { prefix?: boolean; to?: string }): KeyRange {
  if (options.prefix === true) return prefixOf(key)
  return options.to === undefined ? { key } : { key, end: options.to }
}

/** A get without options is the simple one, whose answer is a value. */
function getOf(key: string, options: GetOptions): StoreOp {
  const { rev, limit, keysOnly, countOnly } = options
  const how: RangeOptions = {
    ...(rev === undefined ? {} : { revision: rev }),
    ...(limit === undefined ? {} : { limit }),
    ...(keysOnly === undefined ? {} : { keysOnly }),
    ...(countOnly === undefined ? {} : { countOnly }),
  }
  const range = rangeOf(key, options)
  if (range.end === undefined && Object.keys(how).length === 0) return { type: 'get', key }
  return { type: 'range', ...range, ...how }
}

function putOf(key: string, value: string, { lease, prevKv }: WriteOptions): StoreOp {
  if (lease === undefined && prevKv === undefined) return { type: 'put', key, value }
  const how: PutOptions = {
    ...(lease === undefined ? {} : { lease }),
    ...(prevKv === undefined ? {} : { prevKv }),
  }
  const step = { type: 'put', key, value, ...how } as const
  return { type: 'txn', compare: [], success: [step], failure: [] }
}

function deleteOf(key: string, options: DeleteCommandOptions): StoreOp {
  const range = rangeOf(key, options)
  if (range.end === undefined) return { type: 'delete', key }
  const step = { type: 'delete-range', ...range } as const
  return { type: 'txn', compare: [], success: [step], failure: [] }
}

/** A range as a table; other answers are sentences. */
function rangeLines(value: StoreValue): readonly string[] | undefined {
  if (value.type !== 'range') return undefined
  const { kvs, count, more, revision: now } = value
  const rest = more ? `, the first ${kvs.length} of them above` : ''
  const total = `${counted(count, 'key')} at revision ${now}${rest}`
  return kvs.length === 0 ? [total] : [...keyValueTable(kvs), total]
}

function keyValueTable(kvs: readonly KeyValue[]): readonly string[] {
  const rows = kvs.map(({ key, value, createRevision, modRevision, version, lease }) => [
    key,
    value,
    String(createRevision),
    String(modRevision),
    String(version),
    lease === 0 ? '-' : String(lease),
  ])
  return table([['key', 'value', 'created', 'modified', 'version', 'lease'], ...rows])
}
