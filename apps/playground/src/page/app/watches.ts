import { ExpressionError } from '@lockstep/patterns/behavioral/interpreter/errors'
import { Expression } from '@lockstep/patterns/behavioral/interpreter/expression'
import { type Accessor, createSignal } from 'solid-js'
import { sceneAt } from '../conditions/scene-at.ts'
import type { Run } from '../run/run.ts'
import { words } from '../words.ts'
import { createSetting } from './settings.ts'

/** An expression over the run, of which the value is shown; the player stops where it becomes true. */
export interface Watch {
  readonly expression: Expression
  readonly stops: boolean
}

/** The value of a watch at a moment, or why it has none. */
export type Watched = { readonly value: string } | { readonly problem: string }

const watchesMax = 12
const valueLengthMax = 80

/** What a person watches. It outlives a reload, and belongs to no run. */
export class Watches {
  readonly all: Accessor<readonly Watch[]>
  readonly #set: (watches: readonly Watch[]) => void

  constructor() {
    const [kept, keep] = createSetting('watches', '[]')
    const [all, setAll] = createSignal<readonly Watch[]>(readWatches(kept()))
    this.all = all
    this.#set = (watches) => {
      setAll(() => watches)
      keep(JSON.stringify(watches.map(({ expression, stops }) => [expression.text, stops])))
    }
  }

  /** The conditions that the player stops at. */
  get stops(): readonly Expression[] {
    return this.all().flatMap(({ expression, stops }) => (stops ? [expression] : []))
  }

  /** Adds an expression; says what is wrong with it, if anything. One that is there is not added again. */
  add(text: string): string | undefined {
    const watches = this.all()
    if (watches.some(({ expression }) => expression.text === text)) return undefined
    if (watches.length >= watchesMax) return words.watches.tooMany(watchesMax)
    try {
      this.#set([...watches, { expression: new Expression(text), stops: false }])
      return undefined
    } catch (error) {
      return reasonOf(error)
    }
  }

  remove(watch: Watch): void {
    this.#set(this.all().filter((other) => other !== watch))
  }

  toggleStop(watch: Watch): void {
    this.#set(
      this.all().map((other) => (other === watch ? { ...watch, stops: !watch.stops } : other)),
    )
  }
}

/** What an expression is worth after a row of a run. */
export function watchedAt({ expression }: Watch, run: Run, row: number): Watched {
  try {
    return { value: textOf(expression.evaluate(sceneAt(run, Math.max(0, row)))) }
  } catch (error) {
    return { problem: reasonOf(error) }
  }
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value ?? null) ?? '')
  return text.length <= valueLengthMax ? text : `${text.slice(0, valueLengthMax - 1)}…`
}

function reasonOf(error: unknown): string {
  return error instanceof ExpressionError ? error.message : String(error)
}

/** What was kept; whatever of it cannot be read is left out. */
function readWatches(kept: string): readonly Watch[] {
  let entries: unknown
  try {
    entries = JSON.parse(kept)
  } catch {
    return []
  }
  if (!Array.isArray(entries)) return []
  return entries.slice(0, watchesMax).flatMap((entry: unknown) => {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string') return []
    try {
      return [{ expression: new Expression(entry[0]), stops: entry[1] === true }]
    } catch {
      return []
    }
  })
}
