import { type TxnOp, txnDepthMax } from '@lockstep/raft'
import * as v from 'valibot'

const text = v.string('expected a text')
const flag = v.boolean('expected true or false')
const count = v.pipe(
  v.number('expected a number'),
  v.safeInteger('expected a whole number'),
  v.minValue(0, 'expected a number from 0 on'),
)
const keys = { key: text, end: v.exactOptional(text) }

const compare = v.variant(
  'target',
  [
    v.strictObject({
      ...keys,
      target: v.literal('value'),
      is: v.picklist(['equal', 'not-equal', 'less', 'greater']),
      than: text,
    }),
    v.strictObject({
      ...keys,
      target: v.picklist(['version', 'createRevision', 'modRevision', 'lease']),
      is: v.picklist(['equal', 'not-equal', 'less', 'greater']),
      than: count,
    }),
  ],
  'expected value, version, createRevision, modRevision or lease',
)

const range = v.strictObject({
  type: v.literal('range'),
  ...keys,
  revision: v.exactOptional(count),
  limit: v.exactOptional(count),
  sort: v.exactOptional(
    v.strictObject({
      by: v.picklist(['key', 'value', 'version', 'createRevision', 'modRevision']),
      order: v.picklist(['ascending', 'descending']),
    }),
  ),
  minModRevision: v.exactOptional(count),
  maxModRevision: v.exactOptional(count),
  minCreateRevision: v.exactOptional(count),
  maxCreateRevision: v.exactOptional(count),
  keysOnly: v.exactOptional(flag),
  countOnly: v.exactOptional(flag),
})

const put = v.strictObject({
  type: v.literal('put'),
  key: text,
  value: v.exactOptional(text),
  lease: v.exactOptional(count),
  prevKv: v.exactOptional(flag),
  ignoreValue: v.exactOptional(flag),
  ignoreLease: v.exactOptional(flag),
})

const deleteRange = v.strictObject({
  type: v.literal('delete-range'),
  ...keys,
  prevKv: v.exactOptional(flag),
})

/** A transaction within which transactions may stand so deep. */
function txn(depth: number): v.GenericSchema<unknown, TxnOp> {
  const steps = v.exactOptional(
    v.array(
      v.lazy(() => step(depth)),
      'expected a list of steps',
    ),
    [],
  )
  return v.strictObject({
    type: v.exactOptional(v.literal('txn'), 'txn'),
    compare: v.exactOptional(v.array(compare, 'expected a list of comparisons'), []),
    success: steps,
    failure: steps,
  })
}

const plainStep = v.variant(
  'type',
  [range, put, deleteRange],
  'expected the type range, put, delete-range or txn',
)
const tooDeep = v.custom<TxnOp>(
  () => false,
  `transactions stand in each other at most ${txnDepthMax} deep`,
)

function step(depth: number): v.GenericSchema<unknown, TxnOp['success'][number]> {
  return v.lazy((given) => {
    if (!isTxn(given)) return plainStep
    return depth > 0 ? txn(depth - 1) : tooDeep
  })
}

function isTxn(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'type' in given && given.type === 'txn'
}

/**
 * Reads a transaction as JSON, in the form in which `--json` prints one: `compare`, `success` and
 * `failure`, each of which may be left out.
 *
 * @throws {Error} with a sentence that names the place and says what was expected there.
 */
export function parseTransactionJson(json: string): TxnOp {
  const given = parsed(json)
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Error(
      'The transaction cannot be read: expected an object with compare, success and failure.',
    )
  }
  const result = v.safeParse(txn(txnDepthMax - 1), given, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const place = v.getDotPath(issue)
  throw new Error(
    `The transaction cannot be read${place === null ? '' : ` at ${place}`}: ${issue.message}.`,
  )
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`The transaction is no JSON: ${reason}.`, { cause: error })
  }
}
