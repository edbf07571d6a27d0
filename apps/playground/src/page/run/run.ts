import type { NodeId } from '@lockstep/process'
import type { Scenario, Summary } from '@lockstep/sim'
import type { OperationCard, Rows, SummaryChange } from '../../session/protocol.ts'
import { Changes, ChangesByKey } from './changes.ts'
import { Flights } from './flights.ts'
import { States } from './states.ts'
import type { Track } from './track.ts'
import { Trace } from './trace.ts'

/** What the session said when a run began. */
export interface Opening {
  readonly world: 'simulated' | 'live'
  readonly scenario: Scenario
  readonly link: string
  readonly nodes: readonly NodeId[]
  readonly clients: readonly NodeId[]
}

/**
 * A run as the page holds it: the rows that the session sent, and indexes over them.
 *
 * Every picture is a function of a run and a moment of it, so scrubbing and playing show the same.
 * Rows are only added, or cut off from some row on when the session answers an edit.
 */
export class Run implements Track {
  opening: Opening
  readonly trace: Trace = new Trace()
  flights: Flights = new Flights()
  states: States = new States()
  readonly summaries: ChangesByKey<NodeId, Summary> = new ChangesByKey()
  operations: readonly OperationCard[] = []
  /** Rows of marks, and rows of violations, in order. */
  marks: number[] = []
  violations: number[] = []
  /** Nodes and clients that sent or began something. */
  active: Set<NodeId> = new Set()
  readonly #nodes: Changes<readonly NodeId[]> = new Changes()
  #indexed = 0

  constructor(opening: Opening) {
    this.opening = opening
    this.#nodes.note(-1, opening.nodes)
  }

  /** The nodes that there are after a row. */
  nodesAt(row: number): readonly NodeId[] {
    return this.#nodes.after(Math.max(row, -1)) ?? this.opening.nodes
  }

  /** Every node that there is at some moment of the run: at first those of its beginning. */
  get everyNode(): readonly NodeId[] {
    return [...new Set(this.#nodes.values.flat())]
  }

  /** There are other nodes from a row on. */
  renode(row: number, nodes: readonly NodeId[]): void {
    this.#nodes.note(row, nodes)
  }

  append(rows: Rows): void {
    if (rows.from < this.trace.length) this.truncate(rows.from)
    this.trace.append(rows)
    this.#index()
  }

  /** Adds summaries; one at an earlier row than the last of its node replaces what followed. */
  summarize(changes: readonly SummaryChange[]): void {
    for (const { row, node, summary } of changes) {
      const known = this.summaries.of(node)
      known.truncate(row)
      known.note(row, summary)
    }
  }

  /** Forgets `row` and everything after it; what happened before stands. */
  truncate(row: number): void {
    for (const known of this.summaries.all.values()) known.truncate(row)
    this.#nodes.truncate(row)
    if (row >= this.trace.length) return
    this.trace.truncate(row)
    this.flights = new Flights()
    this.states = new States()
    this.marks = []
    this.violations = []
    this.active = new Set()
    this.#indexed = 0
    this.#index()
  }

  get length(): number {
    return this.trace.length
  }

  get end(): number {
    return this.trace.end
  }

  rowAt(at: number): number {
    return this.trace.rowAt(at)
  }

  timeOf(row: number): number {
    return this.trace.at[row] ?? 0
  }

  /** The last row of the event that `row` belongs to: of its step, at its instant. */
  eventEnd(row: number): number {
    let last = Math.max(row, 0)
    while (last + 1 < this.trace.length && this.#together(last + 1, row)) last++
    return last
  }

  /** The last row of the next event (`by` 1) or of the one before (`by` -1); -1 is the time before all rows. */
  eventFrom(row: number, by: 1 | -1): number {
    if (by === 1) return row + 1 < this.trace.length ? this.eventEnd(row + 1) : row
    let before = row
    while (before >= 0 && this.#together(before, row)) before--
    return before
  }

  /** The next row (`by` 1) or the one before (`by` -1) that happened at a node. */
  rowOfNode(node: NodeId, row: number, by: 1 | -1): number | undefined {
    const { node: nodes, length } = this.trace
    for (let next = row + by; next >= 0 && next < length; next += by)
      if (nodes[next] === node) return next
    return undefined
  }

  #together(a: number, b: number): boolean {
    const { step, at } = this.trace
    return step[a] === step[b] && at[a] === at[b]
  }

  #index(): void {
    const { trace } = this
    for (; this.#indexed < trace.length; this.#indexed++) {
      const row = this.#indexed
      this.flights.note(trace, row)
      this.states.note(trace, row)
      const kind = trace.kind[row]
      if (kind === 'send' || kind === 'invoke') this.active.add(trace.node[row] ?? '')
      if (kind === 'mark') this.marks.push(row)
      else if (kind === 'violation') this.violations.push(row)
    }
  }
}
