import { text } from 'node:stream/consumers'
import type { TxnOp } from '@lockstep/raft'
import type { Command } from 'commander'
import { UsageError } from '../usage.ts'
import { type KvOptions, kvCommand, operate } from './connection.ts'
import { parseTransaction } from './transaction-text.ts'

/** Runs transactions. */
export function addTransactions(kv: Command): void {
  kvCommand(
    kv,
    'txn [lines...]',
    'Compares, and then does all of one branch or of the other, in one revision. Without arguments the lines are read from the input.',
    "txn 'if value x = 1' 'if version y > 0' 'then put x 2' 'then get y' 'else get x'",
  ).action(async (lines: readonly string[], options: KvOptions) => {
    const all = lines.length > 0 ? lines : (await text(process.stdin)).split('\n')
    await operate(read(all), options)
  })
}

function read(lines: readonly string[]): TxnOp {
  try {
    return parseTransaction(lines)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
