import type { Milliseconds } from '@lockstep/process'
import { type Full, type Lab, writeOut } from '@lockstep/sim'
import * as v from 'valibot'
import type { Area } from '../areas.ts'

export interface LiveOptions {
  readonly nodes: number
  readonly flaws?: readonly string[]
  /** Settings of the lab as `name=value`; the last of a name counts. */
  readonly settings?: readonly string[]
  /** How long a client goes on trying one operation. */
  readonly timeoutMs?: Milliseconds
}

/** A setting that the lab does not take; the message says which ones it does. */
export class SettingError extends Error {
  readonly code = 'bad-setting'
}

/**
 * What a lab builds live nodes and clients from: no drawn work and no drawn faults, since people
 * and clients make them. Throws a `SettingError`.
 */
export function liveScenario(area: Area, options: LiveOptions): Full {
  const { lab, live } = area
  if (live === undefined) throw new SettingError(`The lab '${lab.name}' does not run live.`)
  return writeOut(lab, {
    ...lab.scenario,
    nodes: options.nodes,
    flaws: options.flaws ?? [],
    config: { ...live, ...readSettings(lab, options.settings ?? []) },
    work: { script: [], timeoutMs: options.timeoutMs ?? 5_000 },
    faults: [],
  })
}

function readSettings(lab: Lab, settings: readonly string[]): Readonly<Record<string, unknown>> {
  const values = Object.fromEntries(settings.map((setting) => readSetting(lab, setting)))
  const result = v.safeParse(lab.schemas.config, values, { abortEarly: true })
  if (result.success) return values
  const [issue] = result.issues
  throw new SettingError(`--set ${v.getDotPath(issue) ?? ''}: ${issue.message}`)
}

function readSetting(lab: Lab, setting: string): [name: string, value: unknown] {
  const cut = setting.indexOf('=')
  const name = setting.slice(0, cut)
  const names = Object.keys(lab.config)
  if (cut < 0 || !names.includes(name)) {
    throw new SettingError(
      `--set ${setting}: write it as name=value, where name is one of ${names.join(', ')}.`,
    )
  }
  return [name, valueOf(setting.slice(cut + 1))]
}

/** A switch, a number, or a word. */
function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  return text === '' || Number.isNaN(number) ? text : number
}
