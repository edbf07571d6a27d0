import type { NodeId, TraceEvent, TraceKind } from '@lockstep/process'
import type { Glyph, Views } from '@lockstep/sim'
import type { Rows } from './protocol.ts'

const messageKinds: ReadonlySet<TraceKind> = new Set(['send', 'duplicate'])

/** Rows of a trace on their way to the page: gathered one by one, taken in chunks of columns. */
export class RowsBuilder {
  readonly #views: Views<unknown, unknown>
  readonly #ids = new Numbering<NodeId>()
  #names = new Numbering<string>()
  #rows = columns(0)

  /** `from` is the first row that will be added. */
  constructor(views: Views<unknown, unknown>, from: number) {
    this.#views = views
    this.#rows = columns(from)
  }

  get length(): number {
    return this.#rows.at.length
  }

  add(event: TraceEvent): void {
    const rows = this.#rows
    rows.at.push(event.at)
    rows.step.push(event.step)
    rows.kind.push(event.kind)
    rows.node.push(event.node === undefined ? -1 : this.#ids.of(event.node))
    rows.peer.push(event.peer === undefined ? -1 : this.#ids.of(event.peer))
    rows.cause.push(event.cause)
    rows.name.push(this.#names.of(event.name))
    rows.value.push(event.value)
    if (messageKinds.has(event.kind) && isMessage(event.data)) {
      rows.glyphs.push([event.row, this.#views.glyph(event.data)])
    }
    const sentence = this.#views.sentence(event)
    if (sentence !== undefined) rows.sentences.push([event.row, sentence])
  }

  /** What was gathered since the last time, and starts anew behind it. */
  take(): Rows {
    const taken = { ...this.#rows, ids: this.#ids.all, names: this.#names.all }
    this.#rows = columns(taken.from + taken.at.length)
    this.#names = new Numbering()
    return taken
  }
}

class Numbering<Name> {
  readonly #index = new Map<Name, number>()

  get all(): readonly Name[] {
    return [...this.#index.keys()]
  }

  of(name: Name): number {
    const known = this.#index.get(name)
    if (known !== undefined) return known
    const index = this.#index.size
    this.#index.set(name, index)
    return index
  }
}

interface Columns {
  readonly from: number
  readonly at: number[]
  readonly step: number[]
  readonly kind: TraceKind[]
  readonly node: number[]
  readonly peer: number[]
  readonly cause: number[]
  readonly name: number[]
  readonly value: number[]
  readonly glyphs: [row: number, glyph: Glyph][]
  readonly sentences: [row: number, sentence: string][]
}

function columns(from: number): Columns {
  return {
    from,
    at: [],
    step: [],
    kind: [],
    node: [],
    peer: [],
    cause: [],
    name: [],
    value: [],
    glyphs: [],
    sentences: [],
  }
}

function isMessage(data: unknown): data is { readonly type: string } {
  return typeof data === 'object' && data !== null && 'type' in data
}

/** Whether two rows tell the same, whatever data they carry. */
export function isSameRow(one: TraceEvent, two: TraceEvent): boolean {
  return (
    one.at === two.at &&
    one.step === two.step &&
    one.kind === two.kind &&
    one.node === two.node &&
    one.peer === two.peer &&
    one.cause === two.cause &&
    one.name === two.name &&
    one.value === two.value
  )
}
