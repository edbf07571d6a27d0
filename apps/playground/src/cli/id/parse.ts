import {
  isUlid,
  isUuid,
  type SnowflakeFields,
  SnowflakeLayout,
  snowflakeForms,
  ulidBytes,
  ulidFields,
  uuidFields,
  uuidText,
} from '@lockstep/idgen'
import { document, say, table } from '../output.ts'
import { UsageError } from '../usage.ts'

interface ParseOptions {
  readonly parse?: string
  readonly epoch?: number
  readonly json?: boolean
}

/** One thing that a text can be. Times are in milliseconds of Unix time, and as text. */
type Reading = Readonly<Record<string, string | number>>

const kinds = 'uuid4, uuid7, ulid, snowflake'

/** Prints what an id says. A text that can be read in several ways has several readings. */
export function parse(kind: string | undefined, options: ParseOptions): void {
  const { parse: text, epoch, json = false } = options
  if (kind !== undefined) {
    throw new UsageError(`There are no ids called '${kind}'. Choose one of: ${kinds}, or check.`)
  }
  if (text === undefined) {
    throw new UsageError(`Say what to do: make one of ${kinds}, or --parse <id>, or check.`)
  }
  const readings = readingsOf(text.trim(), epoch)
  if (readings.length === 0) {
    throw new UsageError(
      `'${text.slice(0, 60)}' is no id that is known here. Give a UUID, a ULID, or a Snowflake id as decimal number, eleven digits of base 62, or 16 hexadecimal ones.`,
    )
  }
  if (json) document({ id: text, readings })
  else for (const line of linesOf(readings)) say(line)
}

function linesOf(readings: readonly Reading[]): string[] {
  return readings.flatMap((reading, index) => [
    ...(index > 0 ? ['', 'or:', ''] : []),
    ...table(Object.entries(reading).map(([name, value]) => [name, String(value)])),
  ])
}

function readingsOf(text: string, epochMs: number | undefined): readonly Reading[] {
  if (isUuid(text)) return [uuid(text)]
  if (isUlid(text)) return [ulid(text)]
  const layout = new SnowflakeLayout(epochMs === undefined ? {} : { epochMs })
  const forms: readonly (readonly [form: string, read: () => bigint])[] = [
    ['decimal', () => snowflakeForms.decimal.read(text)],
    ['base 62', () => snowflakeForms.base62.read(text)],
    ['hexadecimal', () => hexadecimal(text)],
  ]
  return forms.flatMap(([form, read]) => {
    const fields = tried(() => layout.fieldsOf(read()))
    return fields === undefined ? [] : [snowflake(form, read(), fields)]
  })
}

function uuid(text: string): Reading {
  const { version, timeMs, counter } = uuidFields(text)
  return {
    kind: 'UUID',
    version,
    ...(timeMs === undefined ? {} : timed(timeMs)),
    ...(counter === undefined ? {} : { counter }),
  }
}

function ulid(text: string): Reading {
  return { kind: 'ULID', ...timed(ulidFields(text).timeMs), uuid: uuidText(ulidBytes(text)) }
}

function snowflake(form: string, id: bigint, fields: SnowflakeFields): Reading {
  const { timeMs, workerId, sequence } = fields
  return {
    kind: 'Snowflake',
    form,
    decimal: snowflakeForms.decimal.write(id),
    ...timed(timeMs),
    workerId,
    sequence,
  }
}

function timed(timeMs: number): Reading {
  return { time: new Date(timeMs).toISOString(), timeMs }
}

function hexadecimal(text: string): bigint {
  const digits = /^(?:0x)?([0-9a-f]{16})$/i.exec(text)?.[1]
  return snowflakeForms.bigint.read(digits === undefined ? -1n : BigInt(`0x${digits}`))
}

function tried<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
