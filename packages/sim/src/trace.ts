import { type NodeId, type TraceEvent, type TraceKind, traceKinds } from '@lockstep/process'
import { Hash } from './hash.ts'

const kindIndex = Object.fromEntries(traceKinds.map((kind, index) => [kind, index])) as Readonly<
  Record<TraceKind, number>
>

/** What a trace keeps. The hash is the same whatever is kept. */
export interface Keeping {
  /** `none`: rows are only counted; `columns`: all but the data; `all`: the data too. */
  readonly rows: 'none' | 'columns' | 'all'
  /** `rows` hashes times, kinds, names and causes; `data` the messages too, which is three times slower. */
  readonly hash: 'none' | 'rows' | 'data'
}

/** Everything that happened in a run, in order, with causes, in columns. */
export class Trace {
  readonly #keeping: Keeping
  readonly #hash = new Hash()
  #length = 0
  #capacity: number
  #at: Float64Array
  #step: Int32Array
  #kind: Uint8Array
  #node: Int16Array
  #peer: Int16Array
  #cause: Int32Array
  #name: Uint16Array
  #value: Float64Array
  readonly #data: unknown[] = []
  readonly #ids: NodeId[] = []
  readonly #names: string[] = ['']
  readonly #nameIndex = new Map<string, number>([['', 0]])

  constructor(keeping: Keeping) {
    this.#keeping = keeping
    this.#capacity = keeping.rows === 'none' ? 0 : 4096
    this.#at = new Float64Array(this.#capacity)
    this.#step = new Int32Array(this.#capacity)
    this.#kind = new Uint8Array(this.#capacity)
    this.#node = new Int16Array(this.#capacity)
    this.#peer = new Int16Array(this.#capacity)
    this.#cause = new Int32Array(this.#capacity)
    this.#name = new Uint16Array(this.#capacity)
    this.#value = new Float64Array(this.#capacity)
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

  /** Adds a row and returns its place. `node` and `peer` are numbers from `join`, or -1. */
  add(
    at: number,
    step: number,
    kind: TraceKind,
    node: number,
    peer: number,
    cause: number,
    name: string,
    value: number,
    data?: unknown,
  ): number {
    const row = this.#length++
    const { rows, hash } = this.#keeping
    if (rows === 'none' && hash === 'none') return row
    const nameIndex = this.#nameIndex.get(name) ?? this.#intern(name)
    const kindNumber = kindIndex[kind]
    if (hash !== 'none') {
      const sum = this.#hash
      sum.add(at)
      sum.add(((kindNumber * 1024 + nameIndex) * 512 + node + 1) * 512 + peer + 1)
      sum.add(cause)
      sum.add(value)
      if (hash === 'data' && data !== undefined) sum.data(data)
    }
    if (rows !== 'none') {
      if (row === this.#capacity) this.#grow()
      this.#at[row] = at
      this.#step[row] = step
      this.#kind[row] = kindNumber
      this.#node[row] = node
      this.#peer[row] = peer
      this.#cause[row] = cause
      this.#name[row] = nameIndex
      this.#value[row] = value
      if (rows === 'all') this.#data[row] = data
    }
    return row
  }

  /** The row as an object. Only where rows are kept. */
  event(row: number): TraceEvent {
    if (row < 0 || row >= this.#length || this.#keeping.rows === 'none') {
      throw new RangeError(`the trace keeps no row ${row}`)
    }
    const data = this.#data[row]
    return {
      row,
      at: this.#at[row] as number,
      step: this.#step[row] as number,
      kind: traceKinds[this.#kind[row] as number] as TraceKind,
      node: this.#ids[this.#node[row] as number],
      peer: this.#ids[this.#peer[row] as number],
      cause: this.#cause[row] as number,
      name: this.#names[this.#name[row] as number] as string,
      value: this.#value[row] as number,
      ...(data === undefined ? {} : { data }),
    }
  }

  *events(from = 0, to: number = this.#length): Generator<TraceEvent> {
    for (let row = from; row < to; row++) yield this.event(row)
  }

  #intern(name: string): number {
    const index = this.#names.length
    this.#names.push(name)
    this.#nameIndex.set(name, index)
    return index
  }

  #grow(): void {
    this.#capacity *= 2
    const grown = <Column extends { set(old: Column): void }>(
      old: Column,
      Made: new (length: number) => Column,
    ): Column => {
      const made = new Made(this.#capacity)
      made.set(old)
      return made
    }
    this.#at = grown<Float64Array>(this.#at, Float64Array)
    this.#step = grown<Int32Array>(this.#step, Int32Array)
    this.#kind = grown<Uint8Array>(this.#kind, Uint8Array)
    this.#node = grown<Int16Array>(this.#node, Int16Array)
    this.#peer = grown<Int16Array>(this.#peer, Int16Array)
    this.#cause = grown<Int32Array>(this.#cause, Int32Array)
    this.#name = grown<Uint16Array>(this.#name, Uint16Array)
    this.#value = grown<Float64Array>(this.#value, Float64Array)
  }
}
