import type { SegmentRules } from './rules.ts'

/** A rule broken on purpose, by name. */
export interface SegmentFlaw {
  readonly name: string
  /** One sentence: what is done wrong. */
  readonly text: string
  readonly breaks: Partial<SegmentRules>
}

/** One for each rule: they show that the judges and the properties can fail. */
export const segmentFlaws: readonly SegmentFlaw[] = [
  {
    name: 'one-id-too-many',
    text: 'Gives the id behind the last one of a segment, which is the first of somebody else.',
    breaks: { hasId: (left) => left >= 0, mustSwitch: (left) => left < 0 },
  },
  {
    name: 'switched-early',
    text: 'Goes over to the next segment as soon as that is there, and loses what is left of the first.',
    breaks: { mustSwitch: (left, isNextReady) => left === 0 || isNextReady },
  },
  {
    name: 'segment-used-twice',
    text: 'Keeps a segment ready that is in use already, and goes over to it again.',
    breaks: { readyAfter: (switchedTo) => switchedTo },
  },
  {
    name: 'threshold-ignored',
    text: 'Loads the next segment only when nothing is left, so that callers wait at every switch.',
    breaks: { loadsBelow: () => 0 },
  },
  {
    name: 'step-never-adapted',
    text: 'Asks for the same number of ids however quickly they are used.',
    breaks: { nextStep: () => undefined },
  },
]
