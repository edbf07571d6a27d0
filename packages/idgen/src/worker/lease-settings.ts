import { IdError } from '../id-error.ts'
import type { Randomness } from '../randomness.ts'
import type { LeaseSettings } from './worker-leases.ts'

const workersMax = 2 ** 22

/**
 * The settings of a lender with what was not told.
 *
 * @throws {IdError} `invalid-option`.
 */
export function leaseSettings({
  workers = 1024,
  leaseMs = 10_000,
}: LeaseSettings): Required<LeaseSettings> {
  if (!Number.isInteger(workers) || workers < 1 || workers > workersMax) {
    throw new IdError(
      'invalid-option',
      `there cannot be ${workers} workers: take 1 to ${workersMax}`,
    )
  }
  if (!Number.isInteger(leaseMs) || leaseMs < 100) {
    throw new IdError('invalid-option', `no lease lasts ${leaseMs} ms: take 100 or more`)
  }
  return { workers, leaseMs }
}

/** A name that nobody else has, for the holder of a lease. */
export function holderName(randomness: Randomness): string {
  const bytes = new Uint8Array(16)
  randomness.draw(bytes)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What a lender says to a former holder that saves its mark. */
export function leaseLost(workerId: number): IdError {
  return new IdError('lease-lost', `worker id ${workerId} is held by somebody else: lease another`)
}
