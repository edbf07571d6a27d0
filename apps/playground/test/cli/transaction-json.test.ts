import fc from 'fast-check'
import { txnDepthMax } from '@lockstep/raft'
import { describe, expect, test } from 'vitest'
import { parseTransactionJson } from '../../src/cli/kv/transaction-json.ts'

const key = fc.string({ maxLength: 5 })
const count = fc.nat()
const is = fc.constantFrom('equal', 'not-equal', 'less', 'greater')
const compare = fc.oneof(
  fc.record(
    { key, end: key, target: fc.constant('value'), is, than: key },
    { requiredKeys: ['key', 'target', 'is', 'than'] },
  ),
  fc.record({
    key,
    target: fc.constantFrom('version', 'createRevision', 'modRevision', 'lease'),
    is,
    than: count,
  }),
)
const put = fc.record(
  { type: fc.constant('put'), key, value: key, lease: count, prevKv: fc.boolean() },
  { requiredKeys: ['type', 'key'] },
)
const sort = fc.record({
  by: fc.constantFrom('key', 'value', 'version', 'createRevision', 'modRevision'),
  order: fc.constantFrom('ascending', 'descending'),
})
const range = fc.record(
  {
    type: fc.constant('range'),
    key,
    end: key,
    revision: count,
    limit: count,
    sort,
    maxModRevision: count,
    countOnly: fc.boolean(),
  },
  { requiredKeys: ['type', 'key'] },
)
const deleteRange = fc.record(
  { type: fc.constant('delete-range'), key, end: key },
  { requiredKeys: ['type', 'key'] },
)
const { txn } = fc.letrec<{ txn: unknown; step: unknown }>((tie) => ({
  step: fc.oneof({ depthSize: 'small' }, put, range, deleteRange, tie('txn')),
  txn: fc.record({
    type: fc.constant('txn'),
    compare: fc.array(compare, { maxLength: 3 }),
    success: fc.array(tie('step'), { maxLength: 3, depthIdentifier: 'txn' }),
    failure: fc.array(tie('step'), { maxLength: 3, depthIdentifier: 'txn' }),
  }),
}))

function levelsOf(given: unknown): number {
  const { success = [], failure = [] } = given as { success?: unknown[]; failure?: unknown[] }
  return 1 + Math.max(0, ...[...success, ...failure].filter(isTxn).map(levelsOf))
}

function isTxn(given: unknown): boolean {
  return (given as { type?: string }).type === 'txn'
}

/** Every place of a value at which something stands that is no list and no object. */
function leavesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by
  const copy: Record<string, unknown> = Array.isArray(value)
    ? (value.slice() as never)
    : { ...(value as object) }
  copy[name] = replaced(copy[name], rest, by)
  return copy
}

describe('a transaction as JSON', () => {
  test('is read as it stands, whatever is in it', () => {
    fc.assert(
      fc.property(txn, (given) => {
        fc.pre(levelsOf(given) <= txnDepthMax)
        expect(parseTransactionJson(JSON.stringify(given))).toEqual(given)
      }),
    )
  })

  test('with one value spoilt is refused, and the place is named', () => {
    fc.assert(
      fc.property(txn, fc.nat(), (given, pick) => {
        fc.pre(levelsOf(given) <= txnDepthMax)
        const leaves = leavesOf(given).filter((path) => path.length > 0)
        const path = leaves[pick % leaves.length] ?? []
        const spoilt = JSON.stringify(replaced(given, path, null))
        const place = path.join('.').replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
        expect(() => parseTransactionJson(spoilt)).toThrow(
          new RegExp(`^The transaction cannot be read at ${place}: .+\\.$`),
        )
      }),
    )
  })

  test('may leave out what is empty', () => {
    expect(parseTransactionJson('{}')).toEqual({
      type: 'txn',
      compare: [],
      success: [],
      failure: [],
    })
  })

  const nested = (depth: number): string =>
    depth === 0 ? '{"type":"txn"}' : `{"type":"txn","success":[${nested(depth - 1)}]}`

  test.for([
    ['{"compare": [', /^The transaction is no JSON: .*JSON/],
    ['{"sucess": []}', /^The transaction cannot be read at sucess: /],
    ['{"success": {}}', /at success: expected a list of steps\.$/],
    ['{"success": [{"type": "eat", "key": "x"}]}', /at success\.0\.type: expected the type range,/],
    ['{"success": [{"type": "put", "key": "x", "lease": -1}]}', /at success\.0\.lease: .* from 0/],
    [
      '{"compare": [{"key": "x", "is": "equal"}]}',
      /at compare\.0\.target: expected value, version/,
    ],
    ['[]', /^The transaction cannot be read: expected an object/],
    ['7', /^The transaction cannot be read: expected an object/],
    [nested(8), /at (success\.0\.?){8}: transactions stand in each other at most 8 deep\.$/],
  ] as const)('%s is refused', ([json, text]) => {
    expect(() => parseTransactionJson(json)).toThrow(text)
  })

  test('stands as deep as the store takes it', () => {
    expect(levelsOf(parseTransactionJson(nested(txnDepthMax - 1)))).toBe(txnDepthMax)
  })
})
