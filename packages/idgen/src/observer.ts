import type { Milliseconds } from '@lockstep/process'
import type { IdErrorCode } from './id-error.ts'

/** What a generator waited for. */
export type WaitReason = Extract<IdErrorCode, 'clock-behind' | 'exhausted' | 'unavailable'>

/**
 * What a generator tells whoever counts: hooks for metrics, all of them optional.
 *
 * They are called in the middle of the work, so they return soon and never throw.
 */
export interface IdObserver {
  /** So many ids were given. A generator may tell it for many ids together, and later. */
  issued?(count: number): void
  /** A caller was let wait. */
  waited?(forMs: Milliseconds, why: WaitReason): void
  /** A caller got an `IdError`. */
  refused?(code: IdErrorCode): void
  /** What ids come from was asked once, and answered after so long. */
  loaded?(afterMs: Milliseconds): void
}
