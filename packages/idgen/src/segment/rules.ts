/** The decisions of Leaf's segments, as pure functions: thresholds and durations are Leaf's own. */
import type { Milliseconds } from '@lockstep/process'
import type { Segment } from './segment-store.ts'

/** A segment that lasts shorter than this was too small, one that lasts twice as long too large. */
export const segmentLastsMs: Milliseconds = 15 * 60_000
/** No step is doubled past it. */
export const stepMax = 1_000_000

/** What is known when the next segment is asked for. */
export interface LoadHistory {
  /** How many loads there were. */
  readonly loads: number
  /** How many ids the last load asked for. */
  readonly step: number
  /** The step that the store told last: the least that is asked for. */
  readonly leastStep: number
  /** Since the last load. */
  readonly sinceMs: Milliseconds
}

/** What can be decided wrongly. `leaf` decides as Leaf does. */
export interface SegmentRules {
  /** Whether the segment in use has another id. */
  hasId(left: number): boolean
  /** Whether to go over to the next segment now. */
  mustSwitch(left: number, isNextReady: boolean): boolean
  /** What lies ready once the segment that lay ready is in use. */
  readyAfter(switchedTo: Segment): Segment | undefined
  /** The next segment is loaded once fewer ids than this are left of one that had so many. */
  loadsBelow(size: number): number
  /** How many ids to ask for; `undefined` for as many as the store says. */
  nextStep(history: LoadHistory): number | undefined
}

/** What Leaf does (`SegmentIDGenImpl`). */
export const leaf: SegmentRules = {
  hasId: (left) => left > 0,
  mustSwitch: (left) => left === 0,
  readyAfter: () => undefined,
  // Once a tenth is used.
  loadsBelow: (size) => 0.9 * size,
  nextStep: ({ loads, step, leastStep, sinceMs }) => {
    // The time of the first two says nothing: they are loaded one behind the other.
    if (loads < 2) return undefined
    return Math.max(leastStep, adapted(step, sinceMs, leastStep))
  },
}

function adapted(step: number, sinceMs: Milliseconds, leastStep: number): number {
  if (sinceMs < segmentLastsMs) return 2 * step > stepMax ? step : 2 * step
  if (sinceMs < 2 * segmentLastsMs) return step
  const half = Math.floor(step / 2)
  return half >= leastStep ? half : step
}
