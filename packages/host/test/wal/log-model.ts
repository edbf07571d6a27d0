import type { Saved } from '@lockstep/process'
import * as fc from 'fast-check'
import { type Codec, codecOf } from '../../src/codec.ts'
import { type OpenedLog, WriteAheadLog } from '../../src/wal/log.ts'
import { type WalRules, walRules } from '../../src/wal/rules.ts'
import { type Chance, CrashFiles, turn } from './crash-files.ts'

/** What is done to a log, and with it the machine it runs on. */
export type Step =
  | { readonly do: 'append'; readonly bytes: number; readonly count: number }
  | { readonly do: 'save' | 'compact'; readonly keepBack: number }
  | { readonly do: 'wait'; readonly turns: number }
  /** Closes the log in good order and opens it again. */
  | { readonly do: 'reopen' }
  /** Cuts the power, and again so many turns into the opening when that is not 0. */
  | { readonly do: 'crash'; readonly again: number }

interface Entry {
  readonly name: number
  readonly text: string
}

/** Every build of a process may have shapes of its own. */
const builds = [[], [['name', 'text']], [['text'], ['name', 'text']]].map(codecOf)

type Write =
  | { readonly kind: 'append'; readonly entry: Entry }
  | { readonly kind: 'save'; readonly snapshot: string; readonly keepFrom: number }

/** A snapshot beside the log, of which nobody knows whether it is there yet. */
interface Compaction {
  readonly snapshot: string
  readonly keepFrom: number
  /** How many writes were made before it. */
  readonly behind: number
}

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        bytes: fc.integer({ min: 0, max: 3000 }),
        count: fc.integer({ min: 1, max: 5 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('save' as const, 'compact' as const),
        keepBack: fc.integer({ min: -2, max: 8 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        turns: fc.integer({ min: 0, max: 12 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('crash' as const),
        again: fc.integer({ min: 0, max: 12 }),
      }),
    },
  ),
  { maxLength: 40, size: 'max' },
)

/** Runs steps against a log and throws when what it recovers is not what it promised. */
export async function checkSteps(
  plan: readonly Step[],
  seed: number,
  rules: Partial<WalRules> = {},
): Promise<void> {
  const run = new Run(seed, { ...walRules, ...rules })
  await run.open()
  for (const step of plan) await run.step(step)
  await run.step({ do: 'crash', again: 0 })
  await run.end()
}

class Run {
  readonly #rules: WalRules
  #files: CrashFiles
  #opened: OpenedLog | undefined
  /** Everything that was written and may be there still; the first `#promised` of them must be. */
  #writes: Write[] = []
  #promised = 0
  #compactions: Compaction[] = []
  /** How many of them were there when the log was opened. */
  #base = 0
  #incarnation = 0
  #names = 0

  constructor(seed: number, rules: WalRules) {
    this.#rules = rules
    this.#files = new CrashFiles(chance(seed))
  }

  async open(): Promise<void> {
    const opened = await this.#openLog(this.#files)
    if (opened.incarnation <= this.#incarnation)
      throw new Error(`incarnation ${opened.incarnation} after ${this.#incarnation}`)
    this.#incarnation = opened.incarnation
    this.#opened = opened
    this.#match(opened.saved)
  }

  async step(step: Step): Promise<void> {
    const log = this.#opened?.log
    if (log === undefined) throw new Error('the log is not open')
    if (step.do === 'append') {
      for (let i = 0; i < step.count; i++) this.#append(log, step.bytes)
    } else if (step.do === 'save') {
      const snapshot = `snapshot ${this.#names++}`
      const keepFrom = Math.max(0, appended(this.#writes) - step.keepBack)
      this.#writes.push({ kind: 'save', snapshot, keepFrom })
      log.saveSnapshot(snapshot, keepFrom)
    } else if (step.do === 'compact') {
      const snapshot = `snapshot ${this.#names++}`
      const end = appended(this.#writes)
      const lowest = Math.max(
        0,
        ...[...this.#writes.filter(isSave), ...this.#compactions].map((write) => write.keepFrom),
      )
      const keepFrom = Math.min(Math.max(lowest, end - step.keepBack), end)
      this.#compactions.push({ snapshot, keepFrom, behind: this.#writes.length })
      log.compact(snapshot, keepFrom)
    } else if (step.do === 'wait') {
      for (let i = 0; i < step.turns; i++) await turn()
    } else if (step.do === 'reopen') {
      await log.close()
      this.#promised = this.#writes.length
      await this.open()
    } else if (step.do === 'crash') {
      await this.#crash(step.again)
    }
  }

  async end(): Promise<void> {
    await this.#opened?.log.abandon()
  }

  async #crash(again: number): Promise<void> {
    const before = this.#opened
    this.#opened = undefined
    this.#files = this.#files.crash()
    await before?.log.abandon()
    if (again > 0) {
      const opening = Promise.allSettled([this.#openLog(this.#files)])
      for (let i = 0; i < again; i++) await turn()
      this.#files = this.#files.crash()
      const [opened] = await opening
      if (opened.status === 'rejected') throw opened.reason
      await opened.value.log.abandon()
    }
    await this.open()
  }

  #append(log: WriteAheadLog, bytes: number): void {
    const entry = { name: this.#names++, text: 'x'.repeat(bytes) }
    const position = log.append(entry)
    if (position !== appended(this.#writes))
      throw new Error(`position ${position}, where ${appended(this.#writes)} comes next`)
    this.#writes.push({ kind: 'append', entry })
  }

  async #openLog(files: CrashFiles): Promise<OpenedLog> {
    return await WriteAheadLog.open(files, {
      segmentBytes: 4096,
      bytesMax: Number.POSITIVE_INFINITY,
      rules: this.#rules,
      codec: builds[this.#incarnation % builds.length] as Codec,
      onSynced: (_, writes) => {
        if (files === this.#files) this.#promised = this.#base + writes
      },
      onFailed: (error) => {
        throw error
      },
    })
  }

  /**
   * Finds the prefix of what was written that the disk kept, and the snapshot that was written beside
   * it if one is there, and goes on from them. Whatever was saved later takes its place.
   */
  #match(saved: Saved<unknown, unknown>): void {
    for (let kept = this.#writes.length; kept >= this.#promised; kept--) {
      const there = this.#compactions.filter(({ behind }) => behind <= kept)
      for (const compaction of [undefined, ...there]) {
        const writes = withSaved(this.#writes.slice(0, kept), compaction)
        if (JSON.stringify(folded(writes)) !== JSON.stringify(saved)) continue
        this.#writes = writes
        this.#base = writes.length
        this.#promised = writes.length
        this.#compactions = []
        return
      }
    }
    throw new Error(
      `recovered no prefix of ${this.#writes.length} writes with ${this.#promised} promised`,
    )
  }
}

function isSave(write: Write): write is Write & { readonly kind: 'save' } {
  return write.kind === 'save'
}

function withSaved(writes: readonly Write[], compaction: Compaction | undefined): Write[] {
  if (compaction === undefined) return [...writes]
  const { behind, snapshot, keepFrom } = compaction
  return writes.toSpliced(behind, 0, { kind: 'save', snapshot, keepFrom })
}

function appended(writes: readonly Write[]): number {
  return writes.filter((write) => write.kind === 'append').length
}

/** What a disk holds after these writes, by the words of the contract. */
function folded(writes: readonly Write[]): Saved<Entry, string> {
  let snapshot: string | undefined
  let first = 0
  const entries: Entry[] = []
  for (const write of writes) {
    if (write.kind === 'append') entries.push(write.entry)
    else {
      snapshot = write.snapshot
      first = Math.max(first, Math.min(write.keepFrom, entries.length))
    }
  }
  return { snapshot, first, entries: entries.slice(first) }
}

/** A small generator of numbers: equal seeds give equal crashes. */
function chance(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
