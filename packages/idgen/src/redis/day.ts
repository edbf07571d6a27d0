import type { Milliseconds } from '@lockstep/process'

/** The day of a time (UTC) as a number that people can read: 20261124. */
export function dayOf(wallMs: Milliseconds): number {
  return Number(new Date(wallMs).toISOString().slice(0, 10).replaceAll('-', ''))
}
