import type { Milliseconds } from '@lockstep/process'
import { IdError } from '../id-error.ts'
import type { SnowflakeLayout } from './layout.ts'

/**
 * What happens when the clock shows an earlier time than ids were made for.
 *
 * - `wait`: ids go on when the clock has caught up. Times are true and ids ordered; callers wait.
 * - `throw`: callers learn at once that the clock is wrong, and for how long.
 * - `borrow`: ids go on where they were, ahead of the clock by `aheadMaxMs` at most (1000 if not given). Ids are
 *   ordered and nobody waits; times are ahead by so much at most. It also serves where a tick has run out of ids.
 * - `reserve`: ids follow the clock back, told apart from the former ones by the next value of the layout's turn field.
 *   Times are true; ids go back with them. Where no value is free for that tick, it is as with `wait`.
 */
export type ClockBack =
  | { readonly policy: 'wait' }
  | { readonly policy: 'throw' }
  | { readonly policy: 'borrow'; readonly aheadMaxMs?: Milliseconds }
  | { readonly policy: 'reserve' }

/** How many ticks ids may be ahead of the clock. */
export function aheadTicksMax(clockBack: ClockBack, layout: SnowflakeLayout): number {
  if (clockBack.policy === 'reserve' && layout.turnBits === 0) {
    throw new IdError('invalid-option', 'to reserve turns the layout needs turnBits, such as 2')
  }
  if (clockBack.policy !== 'borrow') return 0
  const { aheadMaxMs = 1000 } = clockBack
  if (aheadMaxMs >= layout.tickMs) return Math.floor(aheadMaxMs / layout.tickMs)
  const text = `aheadMaxMs is one tick (${layout.tickMs} ms) at least, not ${aheadMaxMs}`
  throw new IdError('invalid-option', text)
}
