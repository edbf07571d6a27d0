import type { Fault } from '@lockstep/process'
import * as v from 'valibot'
import { liveNodesMax, type ToSession } from './protocol.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const request = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const at = v.pipe(v.number(), v.finite(), v.minValue(0))
const milliseconds = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(3_600_000))

/** A fault, as it may come from a page. */
const faultSchema: v.GenericSchema<unknown, Fault> = v.variant('do', [
  v.strictObject({
    do: v.literal('crash'),
    node: id,
    effects: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  }),
  v.strictObject({ do: v.literal('restart'), node: id, wipe: v.exactOptional(v.boolean()) }),
  v.strictObject({ do: v.picklist(['stop', 'pause', 'resume', 'isolate']), node: id }),
  v.strictObject({
    do: v.picklist(['cut', 'mend']),
    from: id,
    to: id,
    both: v.exactOptional(v.boolean()),
  }),
  v.strictObject({
    do: v.literal('partition'),
    groups: v.pipe(v.array(v.pipe(v.array(id), v.maxLength(64))), v.maxLength(64)),
  }),
  v.strictObject({ do: v.literal('slow'), from: id, to: id, by: milliseconds }),
  v.strictObject({
    do: v.literal('lose'),
    from: id,
    to: id,
    share: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  }),
  v.strictObject({ do: v.literal('stall'), node: id, by: milliseconds }),
  v.strictObject({
    do: v.literal('clock'),
    node: id,
    jump: v.exactOptional(v.pipe(v.number(), v.minValue(-86_400_000), v.maxValue(86_400_000))),
    rate: v.exactOptional(v.pipe(v.number(), v.minValue(0.1), v.maxValue(10))),
  }),
  v.strictObject({ do: v.literal('heal') }),
])

/** Everything that a page may ask. The session itself checks the scenario, field by field. */
const schema = v.variant('type', [
  v.strictObject({ type: v.literal('open'), request, scenario: v.looseObject({}) }),
  v.strictObject({ type: v.literal('trace'), request, experiment: id }),
  v.strictObject({
    type: v.literal('go-live'),
    request,
    lab: id,
    nodes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(liveNodesMax)),
  }),
  v.strictObject({ type: v.literal('fault'), request, at, fault: faultSchema }),
  v.strictObject({
    type: v.literal('operate'),
    request,
    at,
    line: v.pipe(v.string(), v.maxLength(4096)),
  }),
  v.strictObject({
    type: v.literal('members'),
    request,
    change: v.strictObject({ do: v.picklist(['add', 'remove']), node: id }),
  }),
  v.strictObject({ type: v.literal('undo'), request }),
  v.strictObject({ type: v.literal('redo'), request }),
  v.strictObject({
    type: v.literal('look'),
    request,
    step: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  }),
  v.strictObject({
    type: v.literal('message'),
    request,
    row: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  }),
])

/** A request that does not follow the protocol, said in one sentence. */
export interface Malformed {
  readonly malformed: string
}

/** Checks a decoded frame. */
export function readRequest(frame: unknown): ToSession | Malformed {
  const result = v.safeParse(schema, frame, { abortEarly: true })
  if (!result.success) {
    const issue = result.issues[0]
    const path = v.getDotPath(issue)
    return { malformed: path === null ? issue.message : `${path}: ${issue.message}` }
  }
  return result.output as unknown as ToSession
}
