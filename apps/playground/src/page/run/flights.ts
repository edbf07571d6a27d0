import { type DropReason, dropReasons, type NodeId } from '@lockstep/process'
import type { Glyph } from '@lockstep/sim'
import { countUpTo } from './changes.ts'
import type { Trace } from './trace.ts'

/** One message on its way: from the row that sent (or doubled) it to the row that ended it. */
export interface Flight {
  readonly row: number
  readonly from: NodeId
  readonly to: NodeId
  readonly name: string
  readonly glyph: Glyph | undefined
  readonly sentAt: number
  /** Infinity while nobody knows how it ends. */
  endRow: number
  endAt: number
  fate: 'flying' | 'delivered' | DropReason
}

const blockSize = 64

/**
 * The messages of a run. `inFlight` skips whole blocks of messages that have all ended, so that a
 * frame costs little in a long run.
 */
export class Flights {
  readonly all: Flight[] = []
  readonly lost: Flight[] = []
  readonly byRow: Map<number, Flight> = new Map()
  readonly #byEnd: Map<number, Flight> = new Map()
  readonly #byNumber: Map<string, Flight> = new Map()
  readonly #rows: number[] = []
  readonly #blockEnd: number[] = []
  readonly #lostRows: number[] = []
  #delivered = 0
  #delaySum = 0

  /** The mean time from sending to delivery so far, in microseconds. */
  get typicalDelay(): number {
    return this.#delivered === 0 ? 10_000 : Math.max(1, this.#delaySum / this.#delivered)
  }

  note(trace: Trace, row: number): void {
    const kind = trace.kind[row]
    if (kind === 'send' || kind === 'duplicate') this.#begin(trace, row)
    else if (kind === 'deliver' || kind === 'drop') this.#end(trace, row, kind)
  }

  /** The message that a row sent, doubled, delivered or dropped. */
  touching(row: number): Flight | undefined {
    return this.byRow.get(row) ?? this.#byEnd.get(row)
  }

  /** Visits every message that was sent at or before `row` and had not ended then. */
  inFlight(row: number, visit: (flight: Flight) => void): void {
    this.between(row, row + 1, visit)
  }

  /** Visits every message that was sent before the row `until` and ended after the row `since`, in order of sending. */
  between(since: number, until: number, visit: (flight: Flight) => void): void {
    for (let block = 0; block < this.#blockEnd.length; block++) {
      const begin = block * blockSize
      if ((this.all[begin] as Flight).row >= until) return
      if ((this.#blockEnd[block] as number) <= since) continue
      const end = Math.min(begin + blockSize, this.all.length)
      for (let i = begin; i < end; i++) {
        const flight = this.all[i] as Flight
        if (flight.row >= until) return
        if (flight.endRow > since) visit(flight)
      }
    }
  }

  /** Visits every message that was lost at or before `row`, newest first, until `visit` says false. */
  lostUpTo(row: number, visit: (flight: Flight) => boolean): void {
    for (let i = countUpTo(this.#lostRows, row) - 1; i >= 0; i--)
      if (!visit(this.lost[i] as Flight)) return
  }

  #begin(trace: Trace, row: number): void {
    const flight: Flight = {
      row,
      from: trace.node[row] ?? '',
      to: trace.peer[row] ?? '',
      name: trace.name[row] ?? '',
      glyph: trace.glyphs.get(row),
      sentAt: trace.at[row] ?? 0,
      endRow: Number.POSITIVE_INFINITY,
      endAt: Number.POSITIVE_INFINITY,
      fate: 'flying',
    }
    this.#blockEnd[Math.floor(this.all.length / blockSize)] = Number.POSITIVE_INFINITY
    this.all.push(flight)
    this.#rows.push(row)
    this.byRow.set(row, flight)
    this.#byNumber.set(`${flight.from}#${trace.value[row]}`, flight)
  }

  #end(trace: Trace, row: number, kind: 'deliver' | 'drop'): void {
    const flight = this.#ending(trace, row, kind)
    if (flight === undefined || flight.fate !== 'flying') return
    flight.endRow = row
    flight.endAt = trace.at[row] ?? flight.sentAt
    this.#byEnd.set(row, flight)
    if (kind === 'deliver') {
      flight.fate = 'delivered'
      this.#delivered++
      this.#delaySum += flight.endAt - flight.sentAt
    } else {
      flight.fate = dropReasons[trace.value[row] ?? 0] ?? 'loss'
      this.lost.push(flight)
      this.#lostRows.push(row)
    }
    this.#settleBlock(flight)
  }

  /** Who ends: the cause, or in a live trace without causes the sender's message of that number. */
  #ending(trace: Trace, row: number, kind: 'deliver' | 'drop'): Flight | undefined {
    const caused = this.byRow.get(trace.cause[row] ?? -1)
    if (caused !== undefined || kind === 'drop') return caused
    return this.#byNumber.get(`${trace.peer[row]}#${trace.value[row]}`)
  }

  #settleBlock(flight: Flight): void {
    const block = Math.floor((countUpTo(this.#rows, flight.row) - 1) / blockSize)
    const begin = block * blockSize
    let end = 0
    for (let i = begin; i < Math.min(begin + blockSize, this.all.length); i++)
      end = Math.max(end, (this.all[i] as Flight).endRow)
    this.#blockEnd[block] = end
  }
}
