import type { IdErrorCode } from '../id-error.ts'
import type { WaitReason } from '../observer.ts'

/** What a node waited for, as a mark. */
export const waits: Readonly<Record<WaitReason, string>> = {
  'clock-behind': 'waited for its clock',
  exhausted: 'waited for more ids',
  unavailable: 'waited for its mark',
}

/** Why a node refused a caller, as a mark, where the lab has such a refusal. */
export const refusals: Readonly<Partial<Record<IdErrorCode, string>>> = {
  'clock-behind': 'refused a caller for its clock',
  exhausted: 'refused a caller for want of a worker id',
  unavailable: 'refused a caller for want of an answer',
  'lease-lost': 'refused a caller for its lost worker id',
}

/** Every mark of the lab's processes; each is a verb whose subject is the node. */
export const marks: readonly string[] = [
  'lent a worker id',
  'has a worker id',
  'lost its worker id',
  'loaded a segment',
  ...Object.values(waits),
  ...Object.values(refusals),
]
