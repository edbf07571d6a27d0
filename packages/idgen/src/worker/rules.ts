import type { Milliseconds } from '@lockstep/process'

/** What can be decided wrongly about a lease. */
export interface LeaseRules {
  /** Until when the holder may use what was lent for `forMs`, by its own `elapsed` clock. */
  heldUntil(askedMs: Milliseconds, answeredMs: Milliseconds, forMs: Milliseconds): Milliseconds
  /** What is left of a lease when the lender says that it is somebody else's. */
  heldAfterLoss(heldUntilMs: Milliseconds): Milliseconds
}

/** Clocks that are told to be alike differ by less than this in how quickly they go. */
const driftShare = 0.1

/** As it must be. */
export const soundLease: LeaseRules = {
  // The lender counts from when it lent, which is after it was asked: its lease ends later than this.
  heldUntil: (askedMs, _answeredMs, forMs) => askedMs + forMs * (1 - driftShare),
  heldAfterLoss: () => Number.NEGATIVE_INFINITY,
}

/** A rule of leases broken on purpose, by name. */
export interface LeaseFlaw {
  readonly name: string
  /** One sentence: what is done wrong. */
  readonly text: string
  readonly breaks: Partial<LeaseRules>
}

/** One for each rule: they show that the judges and the properties can fail. */
export const leaseFlaws: readonly LeaseFlaw[] = [
  {
    name: 'lease-from-answer',
    text: 'Counts a lease from when the answer came, though the lender counts from when it gave it.',
    breaks: { heldUntil: (_askedMs, answeredMs, forMs) => answeredMs + forMs },
  },
  {
    name: 'lease-loss-ignored',
    text: 'Goes on when the lender says that the id is somebody else’s.',
    breaks: { heldAfterLoss: () => Number.POSITIVE_INFINITY },
  },
]
