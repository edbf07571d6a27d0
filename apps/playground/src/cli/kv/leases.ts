import type { StoreOp } from '@lockstep/raft'
import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import { type KvOptions, kvCommand, operate } from './connection.ts'

const leaseId = wholeNumber(1, Number.MAX_SAFE_INTEGER)

/** Grants and ends leases. */
export function addLeases(kv: Command): void {
  const lease = kv
    .command('lease')
    .description('Grants leases, keeps them alive, and ends them: their keys go with them.')
  const ofLease = (name: string, text: string, op: (id: number) => StoreOp): void => {
    kvCommand(lease, name, text, `lease ${name} 7`)
      .argument('<id>', 'the lease', leaseId)
      .action((id: number, options: KvOptions) => operate(op(id), options))
  }
  kvCommand(lease, 'grant', 'Grants a lease.', 'lease grant 60000')
    .argument('<ms>', 'how long it lives, in milliseconds', leaseId)
    .option('--id <id>', 'its id; the store chooses one if not given', leaseId)
    .action((ttlMs: number, options: KvOptions & { readonly id?: number }) =>
      operate({ type: 'grant', lease: options.id ?? 0, ttlMs }, options),
    )
  ofLease('revoke', 'Ends a lease and removes its keys.', (id) => ({ type: 'revoke', lease: id }))
  ofLease('keep-alive', 'Gives a lease its full time again.', (id) => ({
    type: 'keep-alive',
    lease: id,
  }))
  ofLease('ttl', 'How long a lease still has; with --json its keys too.', (id) => ({
    type: 'time-to-live',
    lease: id,
    keys: true,
  }))
  kvCommand(lease, 'list', 'The ids of all leases.', 'lease list').action((options: KvOptions) =>
    operate({ type: 'leases' }, options),
  )
}
