import type { RefusalCode, Refused } from '../kv/operation.ts'
import type { Outcome } from './outcome.ts'

const texts: Readonly<Record<RefusalCode, string>> = {
  compacted: 'the revision was compacted',
  'future-revision': 'the revision is still to come',
  'empty-key': 'a key is needed',
  'key-not-found': 'the key to keep the value or the lease of does not exist',
  'value-provided': 'a value was given together with ignoreValue',
  'lease-provided': 'a lease was given together with ignoreLease',
  'lease-not-found': 'there is no such lease; it may have expired',
  'lease-exists': 'there is a lease of that id already; ask for another id, or for 0',
  'ttl-too-large': 'a lease lives nine billion seconds at most',
  'duplicate-key': 'one branch of the transaction writes a key twice, or writes and removes it',
  'too-many-operations': 'a transaction has too many comparisons or steps: 128 a list, 1024 in all',
}

/** How an operation ended that the store refused. */
export function refusedOutcome({ code, revision, compacted }: Refused): Outcome & {
  readonly type: 'failed'
} {
  const where =
    code === 'compacted' || code === 'future-revision'
      ? `; revisions ${Math.max(1, compacted)} to ${revision} can be read`
      : ''
  return { type: 'failed', code, text: `nothing was done: ${texts[code]}${where}` }
}
