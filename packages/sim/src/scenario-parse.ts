import * as v from 'valibot'
import type { Lab } from './lab.ts'
import type { Scenario } from './scenario.ts'
import { ScenarioError } from './scenario-error.ts'

const whole = v.pipe(v.number(), v.integer(), v.minValue(0))
const span = v.pipe(v.number(), v.finite(), v.minValue(0))
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64))

const at = { at: span, for: v.optional(span) }
const fault = v.variant('do', [
  v.strictObject({ do: v.literal('crash'), node: id, effects: v.optional(whole), ...at }),
  v.strictObject({ do: v.literal('stop'), node: id, ...at }),
  v.strictObject({ do: v.literal('restart'), node: id, wipe: v.optional(v.boolean()), ...at }),
  v.strictObject({ do: v.literal('pause'), node: id, ...at }),
  v.strictObject({ do: v.literal('resume'), node: id, ...at }),
  v.strictObject({ do: v.literal('cut'), from: id, to: id, both: v.optional(v.boolean()), ...at }),
  v.strictObject({ do: v.literal('mend'), from: id, to: id, both: v.optional(v.boolean()), ...at }),
  v.strictObject({ do: v.literal('isolate'), node: id, ...at }),
  v.strictObject({ do: v.literal('partition'), groups: v.array(v.array(id)), ...at }),
  v.strictObject({ do: v.literal('slow'), from: id, to: id, by: span, ...at }),
  v.strictObject({ do: v.literal('lose'), from: id, to: id, share, ...at }),
  v.strictObject({ do: v.literal('stall'), node: id, by: span, ...at }),
  v.strictObject({
    do: v.literal('clock'),
    node: id,
    jump: v.optional(v.pipe(v.number(), v.finite())),
    rate: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(100))),
    ...at,
  }),
  v.strictObject({ do: v.literal('heal'), ...at }),
])

const weight = v.optional(span)
const profile = v.strictObject({
  everyMs: v.pipe(v.number(), v.minValue(1)),
  kinds: v.strictObject({
    crash: weight,
    stop: weight,
    pause: weight,
    cut: weight,
    'cut-one-way': weight,
    isolate: weight,
    partition: weight,
    slow: weight,
    lose: weight,
    stall: weight,
    clock: weight,
  }),
  settings: v.boolean(),
})

const net = v.partial(
  v.strictObject({
    delayMinMs: span,
    delaySpreadMs: span,
    tailShare: share,
    tailMs: span,
    loss: share,
    duplicate: share,
    fifo: v.boolean(),
    hangUps: v.boolean(),
  }),
)
const disk = v.partial(v.strictObject({ syncMinMs: span, syncSpreadMs: span, loseAll: share }))
const clocks = v.partial(
  v.strictObject({ skewMs: span, drift: v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)) }),
)

const drawn = v.objectWithRest(
  {
    clients: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
    operations: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000)),
    thinkMs: span,
    timeoutMs: v.pipe(v.number(), v.minValue(1)),
  },
  v.number(),
)

function schema(lab: Lab): v.GenericSchema {
  const operation = lab.schemas.op
  const scripted = v.strictObject({
    script: v.array(v.strictTuple([v.pipe(whole, v.maxValue(63)), span, operation])),
    timeoutMs: v.pipe(v.number(), v.minValue(1)),
  })
  return v.strictObject({
    v: v.literal(1),
    lab: v.literal(lab.name),
    seed: v.pipe(whole, v.maxValue(0xffff_ffff)),
    nodes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(25)),
    flaws: v.optional(v.array(v.picklist(lab.flaws.map(({ name }) => name)))),
    config: v.optional(lab.schemas.config),
    net: v.optional(net),
    disk: v.optional(disk),
    clocks: v.optional(clocks),
    work: v.lazy((input) => (isObject(input) && 'script' in input ? scripted : drawn)),
    hand: v.optional(v.array(v.strictTuple([span, operation]))),
    faults: v.lazy((input) => (Array.isArray(input) ? v.array(fault) : profile)),
    forced: v.optional(v.record(v.string(), v.pipe(v.number(), v.minValue(0), v.maxValue(1)))),
    healMs: v.pipe(v.number(), v.minValue(1), v.maxValue(3_600_000)),
    quietMs: v.pipe(span, v.maxValue(3_600_000)),
  })
}

/**
 * Reads a scenario from data of unknown origin. Throws a `ScenarioError` that names the field's
 * path, what was expected there and what was found.
 */
export function parseScenario(input: unknown, labs: readonly Lab[]): Scenario {
  if (!isObject(input)) throw new ScenarioError('scenario', 'an object', input)
  const lab = labs.find(({ name }) => name === input['lab'])
  if (lab === undefined) {
    const names = labs.map(({ name }) => `'${name}'`).join(' or ')
    throw new ScenarioError('lab', names, input['lab'])
  }
  const result = v.safeParse(schema(lab), input, { abortEarly: true })
  if (result.success) return result.output as Scenario
  const [issue] = result.issues
  const found = issue.path?.at(-1)?.value ?? issue.input
  throw new ScenarioError(pathOf(issue), expectation(issue), found)
}

function isObject(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  let path = ''
  for (const { key } of issue.path ?? []) {
    path += typeof key === 'number' ? `[${key}]` : `${path === '' ? '' : '.'}${String(key)}`
  }
  return path === '' ? 'scenario' : path
}

function expectation(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'no such field'
  const kind = { integer: 'a whole number', string: 'text' }[issue.type]
  return (
    kind ?? issue.expected?.replace(/^>=/, 'at least ').replace(/^<=/, 'at most ') ?? issue.message
  )
}
