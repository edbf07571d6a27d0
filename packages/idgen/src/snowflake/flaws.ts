import { type SnowflakeRules, sound } from './rules.ts'

/** A rule broken on purpose, by name. */
export interface SnowflakeFlaw {
  readonly name: string
  /** One sentence: what is done wrong, and who did it where that is known. */
  readonly text: string
  readonly breaks: Partial<SnowflakeRules>
}

/** One for each rule: they show that the judges and the properties can fail. */
export const snowflakeFlaws: readonly SnowflakeFlaw[] = [
  {
    name: 'no-last-timestamp',
    text: 'Does not remember in which tick it is: when the sequence has run out, the tick begins anew.',
    breaks: {
      standing: (clockTick, lastTick) => {
        const standing = sound.standing(clockTick, lastTick)
        return standing === 'same' ? 'later' : standing
      },
    },
  },
  {
    name: 'rollback-ignored',
    text: 'Follows a clock that goes back, with the sequence from its start.',
    breaks: {
      standing: (clockTick, lastTick) => (clockTick === lastTick ? 'same' : 'later'),
    },
  },
  {
    name: 'sequence-unbounded',
    text: 'Counts on when the sequence has run out, into the bits of the worker.',
    breaks: { sequenceEnd: (sequenceBits) => 2 ** (sequenceBits + 1) - 1 },
  },
  {
    name: 'sequence-reset-early',
    text: 'Sets the sequence back before it refuses a clock that is behind, as the first Snowflake did.',
    breaks: { sequenceAfterRefusal: () => -1 },
  },
  {
    name: 'turn-reused',
    text: 'Takes the next turn whether or not its value was used for this tick before.',
    breaks: { isTurnFree: () => true },
  },
  {
    name: 'borrow-unbounded',
    text: 'Takes ids of the future without end, so that their time says nothing.',
    breaks: { mayBorrow: () => true },
  },
  {
    name: 'mark-ignored',
    text: 'Starts by the clock alone, whatever the last life left behind.',
    breaks: { lastTickOf: () => -1 },
  },
  {
    name: 'mark-not-awaited',
    text: 'Gives ids beyond the mark while it is being saved.',
    breaks: { isBelowMark: () => true },
  },
  {
    name: 'lease-not-fenced',
    text: 'Goes on making ids when its worker id may be another’s.',
    breaks: { isHeld: () => true },
  },
]
