import type { NodeId, TraceKind } from '@lockstep/process'
import type { Glyph } from '@lockstep/sim'
import type { Rows } from '../../session/protocol.ts'
import { countUpTo } from './changes.ts'

/** A row that reads as a sentence in the event list. */
export interface Sentence {
  readonly row: number
  readonly text: string
}

/**
 * The rows of a run in columns, as they came from the session.
 *
 * `0 <= cause[row] < row` or -1. `at` never goes back: a live row that arrives late takes the time
 * of the row before it.
 */
export class Trace {
  readonly at: number[] = []
  readonly step: number[] = []
  readonly kind: TraceKind[] = []
  readonly node: (NodeId | undefined)[] = []
  readonly peer: (NodeId | undefined)[] = []
  readonly cause: number[] = []
  readonly name: string[] = []
  readonly value: number[] = []
  readonly glyphs: Map<number, Glyph> = new Map()
  readonly sentences: Sentence[] = []

  get length(): number {
    return this.at.length
  }

  /** When the last row happened, in microseconds. */
  get end(): number {
    return this.at.at(-1) ?? 0
  }

  /** Adds rows at the end. Throws when rows before them are missing. */
  append(rows: Rows): void {
    if (rows.from !== this.length)
      throw new Error(`rows from ${this.length} expected, got rows from ${rows.from}`)
    for (let i = 0; i < rows.at.length; i++) {
      this.at.push(Math.max(this.end, rows.at[i] ?? 0))
      this.step.push(rows.step[i] ?? 0)
      this.kind.push(rows.kind[i] ?? 'mark')
      this.node.push(rows.ids[rows.node[i] ?? -1])
      this.peer.push(rows.ids[rows.peer[i] ?? -1])
      this.cause.push(rows.cause[i] ?? -1)
      this.name.push(rows.names[rows.name[i] ?? -1] ?? '')
      this.value.push(rows.value[i] ?? 0)
    }
    for (const [row, glyph] of rows.glyphs) this.glyphs.set(row, glyph)
    for (const [row, text] of rows.sentences) this.sentences.push({ row, text })
  }

  /** Forgets `row` and all rows after it. */
  truncate(row: number): void {
    for (const column of [
      this.at,
      this.step,
      this.kind,
      this.node,
      this.peer,
      this.cause,
      this.name,
      this.value,
    ])
      column.length = Math.min(column.length, row)
    for (const key of this.glyphs.keys()) if (key >= row) this.glyphs.delete(key)
    const kept = this.sentences.findIndex((sentence) => sentence.row >= row)
    if (kept >= 0) this.sentences.length = kept
  }

  /** The last row that happened at or before a time; -1 before the first. */
  rowAt(at: number): number {
    return countUpTo(this.at, at) - 1
  }
}
