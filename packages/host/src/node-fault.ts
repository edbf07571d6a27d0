import type { Fault } from '@lockstep/process'
import * as v from 'valibot'

/** The faults that a node can do to itself. Crashes, stops and pauses are signals, which its parent sends. */
export type NodeFault = Exclude<
  Fault,
  { readonly do: 'crash' | 'stop' | 'restart' | 'pause' | 'resume' }
>

const id = v.string()
const notNegative = v.pipe(v.number(), v.finite(), v.minValue(0))

/** Refuses what is no such fault. */
export const NodeFaultSchema: v.GenericSchema<NodeFault> = v.variant('do', [
  v.object({
    do: v.picklist(['cut', 'mend']),
    from: id,
    to: id,
    both: v.exactOptional(v.boolean()),
  }),
  v.object({ do: v.literal('isolate'), node: id }),
  v.object({ do: v.literal('partition'), groups: v.array(v.array(id)) }),
  v.object({ do: v.literal('slow'), from: id, to: id, by: notNegative }),
  v.object({ do: v.literal('lose'), from: id, to: id, share: v.pipe(notNegative, v.maxValue(1)) }),
  v.object({ do: v.literal('stall'), node: id, by: notNegative }),
  v.object({
    do: v.literal('clock'),
    node: id,
    jump: v.exactOptional(v.pipe(v.number(), v.finite())),
    rate: v.exactOptional(v.pipe(notNegative, v.gtValue(0))),
  }),
  v.object({ do: v.literal('heal') }),
])
