/**
 * Bridge, a second one: which records a log writes, and where a sink puts them, vary apart.
 *
 * ```text
 *   caller ──▶ LevelLog ────┐            ┌──▶ RecentSink
 *              BlackBoxLog ─┴──▶ Sink ◀──┼─── lineSink
 *                                        └──▶ fannedOut ──▶ Sink, Sink, …
 * ```
 *
 * A `LevelLog` writes what is grave enough. A `BlackBoxLog` holds everything back and writes it only
 * when something fails, so that a quiet run costs no lines and a failed one tells all. Sinks keep
 * records, make lines of them, or hand them to several.
 *
 * Not where a line on the console is all that is wanted, and not for what must survive a crash: what
 * a log holds back is lost with the process.
 *
 * Lockstep has the idea in `packages/host/src/tracer.ts`: what happened at a node, and who listens
 * to it, if anybody.
 */

const levels = ['debug', 'info', 'warn', 'error'] as const

/** How grave a record is; each is graver than those before it. */
export type Level = (typeof levels)[number]

/** What a record says beside its text: plain values, by name. */
export type Fields = Readonly<Record<string, string | number | boolean | null>>

/** One thing that happened. */
export interface LogRecord {
  /** In the unit of the log's clock. */
  readonly at: number
  readonly level: Level
  readonly text: string
  readonly fields: Fields
}

/** The side of the keeping: a place for records, in the order in which they come. */
export interface Sink {
  write(record: LogRecord): void
}

/** The side of the caller. */
export interface Log {
  log(level: Level, text: string, fields?: Fields): void
}

/** Where a log writes and what it knows of time. */
export interface LogOptions {
  readonly sink: Sink
  readonly clock: () => number
}

/**
 * A log that writes records of one level and of those above it.
 *
 * @example
 * ```ts
 * import { LevelLog, RecentSink } from '@lockstep/patterns/structural/log-bridge'
 *
 * const sink = new RecentSink(10)
 * const log = new LevelLog('warn', { sink, clock: () => 0 })
 * log.log('info', 'a heartbeat')
 * log.log('error', 'no quorum', { alive: 1 })
 * if (sink.records.length !== 1 || sink.records[0]?.fields['alive'] !== 1) throw new Error('wrong')
 * ```
 */
export class LevelLog implements Log {
  readonly #least: number
  readonly #options: LogOptions

  constructor(least: Level, options: LogOptions) {
    this.#least = levels.indexOf(least)
    this.#options = options
  }

  log(level: Level, text: string, fields: Fields = {}): void {
    if (levels.indexOf(level) < this.#least) return
    this.#options.sink.write({ at: this.#options.clock(), level, text, fields })
  }
}

/**
 * A log that holds back the last `keptMax` records, and writes them before the first error.
 *
 * After an error it begins to hold back again. Throws `RangeError` if it may keep less than one.
 *
 * @example
 * ```ts
 * import { BlackBoxLog, RecentSink } from '@lockstep/patterns/structural/log-bridge'
 *
 * const sink = new RecentSink(10)
 * const log = new BlackBoxLog(2, { sink, clock: () => 0 })
 * for (const text of ['a', 'b', 'c']) log.log('info', text)
 * if (sink.records.length > 0) throw new Error('nothing has failed yet')
 * log.log('error', 'd')
 * if (sink.records.map(({ text }) => text).join() !== 'b,c,d') throw new Error('lost')
 * ```
 */
export class BlackBoxLog implements Log {
  readonly #keptMax: number
  readonly #options: LogOptions
  #kept: LogRecord[] = []

  constructor(keptMax: number, options: LogOptions) {
    if (!(keptMax >= 1)) throw new RangeError('keptMax is at least 1')
    this.#keptMax = keptMax
    this.#options = options
  }

  log(level: Level, text: string, fields: Fields = {}): void {
    const record = { at: this.#options.clock(), level, text, fields }
    if (level === 'error') {
      const kept = this.#kept
      this.#kept = []
      for (const each of [...kept, record]) this.#options.sink.write(each)
      return
    }
    this.#kept.push(record)
    if (this.#kept.length > this.#keptMax) this.#kept.shift()
  }
}

/**
 * A sink that keeps the last `sizeMax` records.
 *
 * Throws `RangeError` if it may keep less than one.
 *
 * @example
 * ```ts
 * import { RecentSink } from '@lockstep/patterns/structural/log-bridge'
 *
 * const sink = new RecentSink(1)
 * sink.write({ at: 0, level: 'info', text: 'a', fields: {} })
 * sink.write({ at: 1, level: 'info', text: 'b', fields: {} })
 * if (sink.records.map(({ text }) => text).join() !== 'b') throw new Error('kept too much')
 * ```
 */
export class RecentSink implements Sink {
  readonly #sizeMax: number
  readonly #records: LogRecord[] = []

  constructor(sizeMax: number) {
    if (!(sizeMax >= 1)) throw new RangeError('sizeMax is at least 1')
    this.#sizeMax = sizeMax
  }

  /** What is kept, the oldest first. */
  get records(): readonly LogRecord[] {
    return this.#records
  }

  write(record: LogRecord): void {
    this.#records.push(record)
    if (this.#records.length > this.#sizeMax) this.#records.shift()
  }
}

/**
 * A sink that makes one line of JSON of each record.
 *
 * A field cannot pass for the time, the level or the text: fields stand in an object of their own.
 *
 * @example
 * ```ts
 * import { lineSink } from '@lockstep/patterns/structural/log-bridge'
 *
 * const lines: string[] = []
 * const sink = lineSink((line) => lines.push(line))
 * sink.write({ at: 1, level: 'info', text: 'two\nlines', fields: { n: 1 } })
 * if (lines.join() !== '{"at":1,"level":"info","text":"two\\nlines","fields":{"n":1}}')
 *   throw new Error(lines.join())
 * ```
 */
export function lineSink(write: (line: string) => void): Sink {
  return {
    write: ({ at, level, text, fields }) => write(JSON.stringify({ at, level, text, fields })),
  }
}

/**
 * A sink that hands each record to several; one that throws keeps none of the others from it.
 *
 * Throws what the sink threw, or an `AggregateError` if several did.
 *
 * @example
 * ```ts
 * import { fannedOut, RecentSink } from '@lockstep/patterns/structural/log-bridge'
 *
 * const [near, far] = [new RecentSink(5), new RecentSink(5)]
 * fannedOut(near, far).write({ at: 0, level: 'info', text: 'a', fields: {} })
 * if (near.records.length + far.records.length !== 2) throw new Error('lost')
 * ```
 */
export function fannedOut(...sinks: readonly Sink[]): Sink {
  return {
    write: (record) => {
      const errors: unknown[] = []
      for (const sink of sinks) {
        try {
          sink.write(record)
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length === 1) throw errors[0]
      if (errors.length > 1) throw new AggregateError(errors, `${errors.length} sinks failed`)
    },
  }
}
