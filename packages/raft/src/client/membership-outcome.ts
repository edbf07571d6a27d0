import type { ChangeRefusalCode, Configuration } from '../configuration.ts'
import { type Answer, failureOf } from './outcome.ts'

/** How a change of the membership ended. */
export type MembershipOutcome =
  /** The members are these now. */
  | { readonly type: 'ok'; readonly configuration: Configuration }
  /** Nothing was done. */
  | {
      readonly type: 'failed'
      readonly code: ChangeRefusalCode | ReturnType<typeof failureOf>['code']
      /** What happened, and how to mend it. */
      readonly text: string
    }
  /** It may have been done, or may still be. */
  | { readonly type: 'unknown'; readonly text: string }

/** How a change ended that a cluster was asked for. */
export function membershipOutcome(answer: Answer): MembershipOutcome {
  const { result, maybe } = answer
  if (result?.type === 'changed') return { type: 'ok', configuration: result.configuration }
  if (maybe) {
    const text =
      'no answer says whether the members changed, or may still: ask who they are before it is asked again'
    return { type: 'unknown', text }
  }
  if (result?.type === 'change-refused') {
    return { type: 'failed', code: result.code, text: `nothing was done: ${result.text}` }
  }
  const { code, text } = failureOf(answer)
  return { type: 'failed', code, text }
}
