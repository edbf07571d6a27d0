import { leaf, type SegmentRules } from '../segment/rules.ts'
import { segmentFlaws } from '../segment/flaws.ts'
import { snowflakeFlaws } from '../snowflake/flaws.ts'
import { type SnowflakeRules, sound } from '../snowflake/rules.ts'
import { leaseFlaws, type LeaseRules, soundLease } from '../worker/rules.ts'
import { type DatabaseRules, soundDatabase } from './database.ts'
import { type LenderRules, soundLender } from './lender.ts'

/** All decisions of a run, each part's own. */
export interface LabRules {
  readonly snowflake: SnowflakeRules
  readonly segment: SegmentRules
  readonly lease: LeaseRules
  readonly lender: LenderRules
  readonly database: DatabaseRules
}

interface LabFlaw {
  readonly name: string
  readonly text: string
  readonly breaks: { readonly [Part in keyof LabRules]?: Partial<LabRules[Part]> }
}

/** What makes ids wait or lose time and never repeats one is no matter of the judges. */
const harmless = new Set(['switched-early', 'threshold-ignored', 'step-never-adapted'])

/** Rules broken on purpose: those of the generators, and those of what they lease and load from. */
export const labFlaws: readonly LabFlaw[] = [
  ...snowflakeFlaws.map(({ breaks, ...flaw }) => ({ ...flaw, breaks: { snowflake: breaks } })),
  ...segmentFlaws
    .filter(({ name }) => !harmless.has(name))
    .map(({ breaks, ...flaw }) => ({ ...flaw, breaks: { segment: breaks } })),
  ...leaseFlaws.map(({ breaks, ...flaw }) => ({ ...flaw, breaks: { lease: breaks } })),
  {
    name: 'worker-id-shared',
    text: 'Worker ids are lent without a look at who has them, as where each node counts for itself.',
    breaks: { lender: { mayLend: () => true } },
  },
  {
    name: 'loans-forgotten',
    text: 'The lender takes all loans for over when it restarts.',
    breaks: { lender: { untilAfterRestart: () => Number.NEGATIVE_INFINITY } },
  },
  {
    name: 'redis-floor-unchecked',
    text: 'A counter that Redis may have lost goes on where Redis says it is, and not behind the floor.',
    breaks: { database: { boundToTell: () => '0' } },
  },
  {
    name: 'segment-before-sync',
    text: 'The database gives a segment before it is on disk, and gives it again after a crash.',
    breaks: { database: { whenToAnswer: () => 'now' } },
  },
]

/** The rules with some of them broken. The names are known: the world has checked them. */
export function rulesWith(broken: readonly string[]): LabRules {
  const rules = {
    snowflake: sound,
    segment: leaf,
    lease: soundLease,
    lender: soundLender,
    database: soundDatabase,
  }
  for (const { name, breaks } of labFlaws) {
    if (!broken.includes(name)) continue
    rules.snowflake = { ...rules.snowflake, ...breaks.snowflake }
    rules.segment = { ...rules.segment, ...breaks.segment }
    rules.lease = { ...rules.lease, ...breaks.lease }
    rules.lender = { ...rules.lender, ...breaks.lender }
    rules.database = { ...rules.database, ...breaks.database }
  }
  return rules
}
