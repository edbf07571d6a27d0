import type { NodeId } from '@lockstep/process'
import type { KvValue, RefusalCode } from '../kv/operation.ts'
import type { ClientResult } from '../messages.ts'

/** Why an operation was not carried out. */
export type FailureCode =
  /** No node took it: nobody leads, or whoever leads cannot be reached. */
  | 'not-leader'
  /** The leader let it go: it hands over, or the operation is one that the client has the answer of. */
  | 'dropped'
  /** It is larger than an entry of the log may be. */
  | 'too-large'
  /** The leader has as much to do as it may take on. */
  | 'overloaded'
  /** A read found no answer in time. */
  | 'timeout'
  /** The store refused it. */
  | RefusalCode

/** How an operation ended. */
export type Outcome<Value = KvValue> =
  | { readonly type: 'ok'; readonly value: Value }
  /** It had no effect and will have none, provided that the links do not double messages. */
  | {
      readonly type: 'failed'
      readonly code: FailureCode
      /** What happened, and how to mend it. */
      readonly text: string
      /** Who leads, as far as the node that was asked last knows. */
      readonly leader?: NodeId
    }
  /** It may have had an effect, or may still have one. */
  | {
      readonly type: 'unknown'
      readonly code: 'timeout' | 'session-expired'
      readonly text: string
    }

/** What came of asking the cluster. */
export interface Answer {
  /** What the node that was asked last said; `undefined` when it said nothing. */
  readonly result: ClientResult | undefined
  /** Whether some copy of the request may have been, or may still be, proposed. */
  readonly maybe: boolean
}

/** How an operation ended that may have been carried out. */
export function unknownAfter({ result }: Answer): Outcome & { type: 'unknown' } {
  if (result?.type === 'session-expired') {
    const text =
      'the session expired before an earlier copy of the operation was known to be applied: read what it was to change before it is asked again'
    return { type: 'unknown', code: 'session-expired', text }
  }
  const text =
    'no answer says whether the operation was applied, or may still be: read what it was to change before it is asked again, or give it more time'
  return { type: 'unknown', code: 'timeout', text }
}

type Failed = Outcome & { type: 'failed' }

/** How an operation ended that was not carried out. */
export function failureOf({ result, maybe }: Answer): Failed {
  if (result === undefined || result.type === 'not-leader') return unanswered(result?.leader, maybe)
  if (result.type === 'overloaded') {
    return failed(
      'overloaded',
      'the leader has too many open requests: ask again after a while, or have fewer operations under way',
    )
  }
  if (result.type === 'too-large') {
    const { bytes, bytesMax } = result
    return failed(
      'too-large',
      `the operation takes ${bytes} bytes and the log takes at most ${bytesMax}: split it, or raise entryBytesMax on all nodes`,
    )
  }
  if (result.type === 'transferring') {
    const text = `the leader was handing over to ${result.to} until the time was up: ask again`
    return { ...failed('dropped', text), leader: result.to }
  }
  if (result.type === 'superseded') {
    return failed(
      'dropped',
      'the session has the answer of this operation already: ask again as a new operation',
    )
  }
  return unanswered(undefined, maybe)
}

/** Nobody carried it out in time. `leader` is whom the last one that was asked named, `null` for nobody. */
function unanswered(leader: NodeId | null | undefined, maybe: boolean): Failed {
  const mend = 'see that a majority of the nodes is up and reachable, and ask again'
  if (leader === undefined && maybe) return failed('timeout', `no answer came in time: ${mend}`)
  if (leader === undefined)
    return failed('not-leader', 'no node was asked in time: give it more time')
  const said = `the last one that was asked named ${leader ?? 'nobody'}`
  const failure = failed(
    'not-leader',
    `no node took itself for the leader in time, ${said}: ${mend}`,
  )
  return leader === null ? failure : { ...failure, leader }
}

function failed(code: FailureCode, text: string): Failed {
  return { type: 'failed', code, text: `nothing was done: ${text}` }
}
