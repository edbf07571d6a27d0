import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BlackBoxLog,
  fannedOut,
  type Fields,
  type Level,
  LevelLog,
  lineSink,
  type Log,
  type LogOptions,
  type LogRecord,
  RecentSink,
  type Sink,
} from '../../src/structural/log-bridge.ts'
import { caught } from '../caught.ts'

interface Call {
  readonly level: Level
  readonly text: string
  readonly fields: Fields
}
const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.record({
    level: fc.constantFrom('debug' as const, 'info' as const, 'warn' as const, 'error' as const),
    text: fc.string({ unit: fc.constantFrom('a', '"', '\n', '\\'), maxLength: 3 }),
    fields: fc.dictionary(
      fc.constantFrom('at', 'level', 'n', '__proto__'),
      fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
      { noNullPrototype: true },
    ),
  }),
)

const logs: Record<string, (options: LogOptions) => Log> = {
  level: (options) => new LevelLog('info', options),
  'black box': (options) => new BlackBoxLog(3, options),
}

/** A sink, and what can be read from it afterwards. */
type MakeSink = () => { readonly sink: Sink; readonly read: () => readonly LogRecord[] }

const asLines: MakeSink = () => {
  const lines: string[] = []
  const sink = lineSink((line) => lines.push(line))
  return { sink, read: () => lines.map((line) => JSON.parse(line) as LogRecord) }
}
const asRecent: MakeSink = () => {
  const sink = new RecentSink(1000)
  return { sink, read: () => sink.records }
}
const sinks: Record<string, MakeSink> = {
  recent: asRecent,
  line: asLines,
  'fanned out': () => {
    const [near, far] = [asRecent(), asLines()]
    return {
      sink: fannedOut(near.sink, far.sink),
      read: () => {
        expect(far.read()).toEqual(near.read())
        return near.read()
      },
    }
  },
}

/** What each log should have written, by the words of its promise. */
const expected: Record<string, (records: readonly LogRecord[]) => readonly LogRecord[]> = {
  level: (records) => records.filter(({ level }) => level !== 'debug'),
  'black box': (records) => {
    const last = records.findLastIndex(({ level }) => level === 'error')
    return records.slice(0, last + 1).filter(({ level }, at) => {
      const next = records.findIndex((each, index) => index >= at && each.level === 'error')
      return level === 'error' || next - at <= 3
    })
  },
}

const writes = (log: string, make: (options: LogOptions) => Log, makeSink: MakeSink) =>
  fc.property(calls, (script) => {
    let now = 0
    const { sink, read } = makeSink()
    const subject = make({ sink, clock: () => now })
    const records = script.map((call): LogRecord => {
      now += 1
      subject.log(call.level, call.text, call.fields)
      return { at: now, ...call }
    })
    expect(read()).toEqual(expected[log]?.(records))
  })

const matrix = Object.entries(logs).flatMap(([log, make]) =>
  Object.entries(sinks).map(([sink, makeSink]) => [log, sink, make, makeSink] as const),
)

test.each(matrix)('the %s log writes the same to the %s sink', (log, _, make, makeSink) => {
  fc.assert(writes(log, make, makeSink))
})

test.each<[string, MakeSink]>([
  [
    'forgets the oldest too early',
    () => {
      const sink = new RecentSink(2)
      return { sink, read: () => sink.records }
    },
  ],
  [
    'lets a field pass for the level',
    () => {
      const lines: string[] = []
      const write = ({ at, level, text, fields }: LogRecord): void => {
        lines.push(JSON.stringify({ at, level, text, fields, ...fields }))
      }
      return { sink: { write }, read: () => lines.map((line) => JSON.parse(line) as LogRecord) }
    },
  ],
])('a sink that %s is caught', (_, mutant) => {
  expect(caught(writes('level', (options) => new LevelLog('info', options), mutant))).toBe(true)
})

test.each<[string, string, (options: LogOptions) => Log]>([
  ['level', 'writes too much', (options) => new LevelLog('debug', options)],
  ['black box', 'holds back one less', (options) => new BlackBoxLog(2, options)],
  ['black box', 'never holds back', (options) => new LevelLog('debug', options)],
])('a %s log that %s is caught', (log, _, mutant) => {
  expect(caught(writes(log, mutant, asRecent))).toBe(true)
})

test('a sink that throws keeps none of the others from the record', () => {
  const broken: Sink = {
    write: () => {
      throw new Error('disk full')
    },
  }
  const far = new RecentSink(1)
  const record: LogRecord = { at: 0, level: 'info', text: 'a', fields: {} }
  expect(() => fannedOut(broken, far).write(record)).toThrow('disk full')
  expect(() => fannedOut(broken, broken).write(record)).toThrow(AggregateError)
  expect(far.records).toEqual([record])
})

test('what keeps nothing is refused', () => {
  expect(() => new RecentSink(0)).toThrow(RangeError)
  const options = { sink: new RecentSink(1), clock: () => 0 }
  expect(() => new BlackBoxLog(Number.NaN, options)).toThrow(RangeError)
})
