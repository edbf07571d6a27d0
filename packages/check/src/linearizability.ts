/**
 * Linearizability: did the clients see what one copy of the object, used by one client at a time,
 * could have shown them?
 *
 * A history is linearizable (Herlihy and Wing 1990) when its operations can be put in one order
 * that the model allows, each taking effect at one moment between its call and its return. To decide
 * it is NP-complete; in practice time grows with the length of a history, and exponentially only
 * with how many operations overlap. What keeps that small here: a memo of configurations, partitions
 * that are judged apart, and taking operations of unknown outcome into account only where nothing
 * else goes on (see `PartitionSearch`).
 *
 * Intervals are closed: operations that touch in time overlap, unless they are of one client.
 * An operation of unknown outcome may take effect at any time after its call, or never.
 */
import type { History, Verdict } from '@lockstep/process'
import type { Model } from './model.ts'
import type { LinearizabilityResult } from './result.ts'
import { LinearizabilitySearch, type SearchLimits, sliceSteps } from './search.ts'

/** Limits of a check. */
export interface LinearizabilityOptions extends SearchLimits {
  /** Asked every 20,000 steps or so; on `false` the rest of the history stays `unknown`. */
  readonly keepGoing?: () => boolean
}

/** Judges a history to the end, or to a limit. Throws `MalformedHistory`. */
export function judgeLinearizable<Op, Value, State>(
  model: Model<Op, Value, State>,
  history: History<Op, Value>,
  options: LinearizabilityOptions = {},
): Verdict {
  return checkLinearizable(model, history, options).verdict
}

/** Like `judgeLinearizable`, with what was found out on the way. Throws `MalformedHistory`. */
export function checkLinearizable<Op, Value, State>(
  model: Model<Op, Value, State>,
  history: History<Op, Value>,
  options: LinearizabilityOptions = {},
): LinearizabilityResult<Op, Value> {
  const search = new LinearizabilitySearch(model, history, options)
  while (search.run(sliceSteps) === 'running') {
    if (options.keepGoing?.() === false) search.stop('the search was told to stop')
  }
  return search.result()
}
