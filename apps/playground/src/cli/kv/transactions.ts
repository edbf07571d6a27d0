import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { TxnOp } from '@lockstep/raft'
import type { Command } from 'commander'
import { UsageError } from '../usage.ts'
import { type KvOptions, kvCommand, operate } from './connection.ts'
import { parseTransactionJson } from './transaction-json.ts'
import { parseTransaction } from './transaction-text.ts'

interface TransactionOptions extends KvOptions {
  readonly fromJson?: string
}

const jsonExample = `
As JSON, which can say all that a transaction can do:
  {"compare": [{"key": "x", "target": "value", "is": "equal", "than": "1"}],
   "success": [{"type": "put", "key": "x", "value": "2"}, {"type": "range", "key": "a", "end": "b"}],
   "failure": [{"type": "delete-range", "key": "x"}]}`

/** Runs transactions. */
export function addTransactions(kv: Command): void {
  kvCommand(
    kv,
    'txn [lines...]',
    'Compares, and then does all of one branch or of the other, in one revision. Without arguments the lines are read from the input.',
    "txn 'if value x = 1' 'if version y > 0' 'then put x 2' 'then get y' 'else get x'",
  )
    .option(
      '--from-json <file>',
      'read the transaction as JSON from a file, or with - from the input',
    )
    .addHelpText('after', jsonExample)
    .action(async (lines: readonly string[], options: TransactionOptions) => {
      await operate(await transactionFrom(lines, options), options)
    })
}

async function transactionFrom(
  lines: readonly string[],
  { fromJson }: TransactionOptions,
): Promise<TxnOp> {
  if (fromJson === undefined) {
    const all = lines.length > 0 ? lines : (await text(process.stdin)).split('\n')
    return orUsage(() => parseTransaction(all))
  }
  if (lines.length > 0) {
    throw new UsageError('Give a transaction either as lines or by --from-json, not as both.')
  }
  const json = fromJson === '-' ? await text(process.stdin) : await contentOf(fromJson)
  return orUsage(() => parseTransactionJson(json))
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`The transaction cannot be read from ${file}: ${reason}.`)
  }
}

function orUsage<Value>(read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
