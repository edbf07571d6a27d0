import { type NodeId, type TraceEvent, type TraceKind, traceKinds } from '@lockstep/process'
import { Hash } from './hash.ts'

/** The numbers that the columns have for kinds. */
export const rows: Readonly<Record<TraceKind, number>> = Object.fromEntries(
  traceKinds.map((kind, index) => [kind, index]),
) as Record<TraceKind, number>

/** What a trace keeps. The hash is the same whatever is kept. */
export interface Keeping {
  /** `none`: rows are only counted; `columns`: all but the data; `all`: the data too. */
  readonly rows: 'none' | 'columns' | 'all'
  /** `rows` hashes times, kinds, names and causes; `data` the messages too, which is three times slower. */
  readonly hash: 'none' | 'rows' | 'data'
}

/** How many rows share one set of columns. */
const CHUNK = 1 << 14

/** A piece of the trace: the fields of `CHUNK` rows, each in an array of its own. */
class Columns {
  readonly at: Float64Array = new Float64Array(CHUNK)
  readonly step: Int32Array = new Int32Array(CHUNK)
  readonly kind: Uint8Array = new Uint8Array(CHUNK)
  readonly node: Int16Array = new Int16Array(CHUNK)
  readonly peer: Int16Array = new Int16Array(CHUNK)
  readonly cause: Int32Array = new Int32Array(CHUNK)
  readonly name: Uint16Array = new Uint16Array(CHUNK)
  readonly value: Float64Array = new Float64Array(CHUNK)
  readonly data: unknown[] = []
}

/** Everything that happened in a run, in order, with causes, in columns. */
export class Trace {
  readonly #keeping: Keeping
  readonly #keeps: boolean
  readonly #hashes: boolean
  readonly #hash = new Hash()
  #length = 0
  readonly #chunks: Columns[] = []
  #filling: Columns | undefined
  readonly #ids: NodeId[] = []
  readonly #names: string[] = ['']
  readonly #nameIndex = new Map<string, number>([['', 0]])

  constructor(keeping: Keeping) {
    this.#keeping = keeping
    this.#keeps = keeping.rows !== 'none'
    this.#hashes = keeping.hash !== 'none'
  }

  get length(): number {
    return this.#length
  }

  /** 16 hexadecimal digits over all rows so far. */
  get hash(): string {
    return this.#hash.digest()
  }

  /** Gives a participant its number in the columns. */
  join(id: NodeId): number {
    this.#ids.push(id)
    return this.#ids.length - 1
  }

  /**
   * Adds a row and returns its place. `kind` is a number from `rows`, `node` and `peer` are numbers
   * from `join`, or -1.
   */
  add(
    at: number,
    step: number,
    kind: number,
    node: number,
    peer: number,
    cause: number,
    name: string,
    value: number,
    data?: unknown,
  ): number {
    const row = this.#length++
    if (!this.#keeps && !this.#hashes) return row
    const nameIndex = this.#nameIndex.get(name) ?? this.#intern(name)
    if (this.#hashes) {
      const who = ((kind * 1024 + nameIndex) * 512 + node + 1) * 512 + peer + 1
      this.#hash.row(at, who, cause, value)
      if (this.#keeping.hash === 'data' && data !== undefined) this.#hash.data(data)
    }
    if (!this.#keeps) return row
    const place = row % CHUNK
    const columns = place === 0 ? this.#nextChunk() : (this.#filling as Columns)
    columns.at[place] = at
    columns.step[place] = step
    columns.kind[place] = kind
    columns.node[place] = node
    columns.peer[place] = peer
    columns.cause[place] = cause
    columns.name[place] = nameIndex
    columns.value[place] = value
    if (this.#keeping.rows === 'all') columns.data[place] = data
    return row
  }

  /** The row as an object. Only where rows are kept. */
  event(row: number): TraceEvent {
    const columns = this.#chunks[Math.floor(row / CHUNK)]
    if (row < 0 || row >= this.#length || columns === undefined) {
      throw new RangeError(`the trace keeps no row ${row}`)
    }
    const place = row % CHUNK
    const data = columns.data[place]
    return {
      row,
      at: columns.at[place] as number,
      step: columns.step[place] as number,
      kind: traceKinds[columns.kind[place] as number] as TraceKind,
      node: this.#ids[columns.node[place] as number],
      peer: this.#ids[columns.peer[place] as number],
      cause: columns.cause[place] as number,
      name: this.#names[columns.name[place] as number] as string,
      value: columns.value[place] as number,
      ...(data === undefined ? {} : { data }),
    }
  }

  *events(from = 0, to: number = this.#length): Generator<TraceEvent> {
    for (let row = from; row < to; row++) yield this.event(row)
  }

  #nextChunk(): Columns {
    const columns = new Columns()
    this.#chunks.push(columns)
    this.#filling = columns
    return columns
  }

  #intern(name: string): number {
    const index = this.#names.length
    this.#names.push(name)
    this.#nameIndex.set(name, index)
    return index
  }
}
