import type { Command } from 'commander'
import { addLeases } from './kv/leases.ts'
import { addMembers } from './kv/members.ts'
import { addOperations } from './kv/operations.ts'
import { addStatus } from './kv/status.ts'
import { addTransactions } from './kv/transactions.ts'
import { addWatch } from './kv/watch.ts'

export function addKv(program: Command): void {
  const kv = program
    .command('kv')
    .description('Uses the store of a live cluster, and changes who is in it.')
    .addHelpText(
      'after',
      "\nExample:\n  lockstep kv put x 1\n  lockstep kv get config/ --prefix --json\n  lockstep kv status --cluster .lockstep/raft\n\n'lockstep kv put --help' and so on explain each command.",
    )
  for (const add of [addOperations, addTransactions, addLeases, addWatch, addMembers, addStatus])
    add(kv)
}
