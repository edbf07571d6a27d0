/** Where the clock stands beside the last tick in which an id was made. */
export type Standing = 'later' | 'same' | 'earlier'

/**
 * The decisions on which it rests that no id is given twice. Each is a pure function, so that a flaw is these with one
 * of them replaced.
 */
export interface SnowflakeRules {
  /** The last tick is remembered: only a later one begins the sequence anew. */
  standing(clockTick: number, lastTick: number): Standing
  /** The last number of a sequence: one more would run into the worker id. */
  sequenceEnd(sequenceBits: number): number
  /** What the sequence stands at after a call that was refused or must wait: the tick may be seen again. */
  sequenceAfterRefusal(sequence: number): number
  /** Whether a turn's value tells ids of this tick apart from those made in it before. */
  isTurnFree(highestTick: number, clockTick: number): boolean
  /** How far ahead of the clock ids may go. */
  mayBorrow(aheadTicks: number, aheadTicksMax: number): boolean
  /** The last tick in which a former life may have made ids, by the mark that it left. */
  lastTickOf(markTick: number): number
  /** Whether ids up to this moment are below the mark that would survive a crash. */
  isBelowMark(untilMs: number, markMs: number): boolean
  /** Whether the worker id is ours: whoever gets it next waits until it is not. */
  isHeld(elapsedMs: number, heldUntilMs: number): boolean
}

/** The rules as they must be. */
export const sound: SnowflakeRules = {
  standing: (clockTick, lastTick) =>
    clockTick > lastTick ? 'later' : clockTick < lastTick ? 'earlier' : 'same',
  sequenceEnd: (sequenceBits) => 2 ** sequenceBits - 1,
  sequenceAfterRefusal: (sequence) => sequence,
  isTurnFree: (highestTick, clockTick) => highestTick < clockTick,
  mayBorrow: (aheadTicks, aheadTicksMax) => aheadTicks <= aheadTicksMax,
  lastTickOf: (markTick) => markTick - 1,
  isBelowMark: (untilMs, markMs) => untilMs <= markMs,
  isHeld: (elapsedMs, heldUntilMs) => elapsedMs < heldUntilMs,
}
