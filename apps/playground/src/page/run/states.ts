import type { NodeId } from '@lockstep/process'
import { ChangesByKey } from './changes.ts'
import type { Trace } from './trace.ts'

/** Whether a node runs. A node that never started is down. */
export type Life = 'up' | 'down' | 'paused'

/** A timer that is set. Both in microseconds. */
export interface Timer {
  readonly armedAt: number
  readonly dueAt: number
}

/** What faults did to the link from one node to another. */
export interface Link {
  readonly cut: boolean
  /** Added delay in microseconds. */
  readonly slow: number
  /** Share of the messages that are lost on purpose. */
  readonly lose: number
}

/** A link that no fault touched. */
export const wholeLink: Link = { cut: false, slow: 0, lose: 0 }

/** The key of the link from one node to another. */
export function linkKey(from: NodeId, to: NodeId): string {
  return `${from}>${to}`
}

/** The state of nodes and links, row by row, as the trace tells it. */
export class States {
  readonly lives: ChangesByKey<NodeId, Life> = new ChangesByKey()
  readonly incarnations: ChangesByKey<NodeId, number> = new ChangesByKey()
  readonly links: ChangesByKey<string, Link> = new ChangesByKey()
  /** Appends that are not durable, per node. */
  readonly unsynced: ChangesByKey<NodeId, number> = new ChangesByKey()
  /** The wall clock's offset from true time in microseconds, per node. */
  readonly offsets: ChangesByKey<NodeId, number> = new ChangesByKey()
  /** What every sync of a node's disk takes longer, in microseconds. */
  readonly stalls: ChangesByKey<NodeId, number> = new ChangesByKey()
  readonly phases: ChangesByKey<'phase', string> = new ChangesByKey()
  readonly #timers: Map<NodeId, ChangesByKey<string, Timer | undefined>> = new Map()
  readonly #appended: Map<NodeId, number> = new Map()
  readonly #synced: Map<NodeId, number> = new Map()

  note(trace: Trace, row: number): void {
    const kind = trace.kind[row]
    const node = trace.node[row] ?? ''
    const value = trace.value[row] ?? 0
    if (kind === 'start') this.#start(node, row, value)
    else if (kind === 'crash') this.#crash(node, row)
    else if (kind === 'pause') this.lives.of(node).note(row, 'paused')
    else if (kind === 'resume') this.lives.of(node).note(row, 'up')
    else if (kind === 'clock') this.offsets.of(node).note(row, value)
    else if (kind === 'stall') this.stalls.of(node).note(row, value)
    else if (kind === 'phase') this.phases.of('phase').note(row, trace.name[row] ?? '')
    else {
      this.#noteTimer(trace, row, node)
      this.#noteDisk(trace, row, node)
      this.#noteLink(trace, row, node)
    }
  }

  /** The timer of that name, if it is set after `row`. */
  timer(node: NodeId, name: string, row: number): Timer | undefined {
    return this.#timers.get(node)?.after(name, row)
  }

  /** Every timer of a node that is set after `row`. */
  timers(node: NodeId, row: number): readonly (readonly [name: string, timer: Timer])[] {
    const set: (readonly [string, Timer])[] = []
    for (const [name, changes] of this.#timers.get(node)?.all ?? []) {
      const timer = changes.after(row)
      if (timer !== undefined) set.push([name, timer])
    }
    return set
  }

  link(from: NodeId, to: NodeId, row: number): Link {
    return this.links.after(linkKey(from, to), row) ?? wholeLink
  }

  #start(node: NodeId, row: number, incarnation: number): void {
    this.incarnations.of(node).note(row, incarnation)
    this.lives.of(node).note(row, 'up')
    if (incarnation === 1) {
      this.#appended.delete(node)
      this.#synced.delete(node)
    }
  }

  /** Everything volatile is gone: timers, and writes that had not reached the disk. */
  #crash(node: NodeId, row: number): void {
    this.lives.of(node).note(row, 'down')
    for (const changes of this.#timers.get(node)?.all.values() ?? [])
      if (changes.values.at(-1) !== undefined) changes.note(row, undefined)
    this.#appended.set(node, this.#synced.get(node) ?? 0)
    this.unsynced.of(node).note(row, 0)
  }

  #noteTimer(trace: Trace, row: number, node: NodeId): void {
    const kind = trace.kind[row]
    if (kind !== 'arm' && kind !== 'disarm' && kind !== 'fire') return
    let timers = this.#timers.get(node)
    if (timers === undefined) {
      timers = new ChangesByKey()
      this.#timers.set(node, timers)
    }
    const set =
      kind === 'arm' ? { armedAt: trace.at[row] ?? 0, dueAt: trace.value[row] ?? 0 } : undefined
    timers.of(trace.name[row] ?? '').note(row, set)
  }

  #noteDisk(trace: Trace, row: number, node: NodeId): void {
    const kind = trace.kind[row]
    if (kind === 'append') this.#appended.set(node, trace.value[row] ?? 0)
    else if (kind === 'sync') this.#synced.set(node, trace.value[row] ?? 0)
    else return
    const waiting = (this.#appended.get(node) ?? 0) - (this.#synced.get(node) ?? 0)
    this.unsynced.of(node).note(row, Math.max(0, waiting))
  }

  #noteLink(trace: Trace, row: number, node: NodeId): void {
    const kind = trace.kind[row]
    if (kind !== 'cut' && kind !== 'mend' && kind !== 'slow' && kind !== 'lose') return
    const changes = this.links.of(linkKey(node, trace.peer[row] ?? ''))
    const before = changes.values.at(-1) ?? wholeLink
    if (kind === 'slow' || kind === 'lose')
      changes.note(row, { ...before, [kind]: trace.value[row] ?? 0 })
    else changes.note(row, { ...before, cut: kind === 'cut' })
  }
}
