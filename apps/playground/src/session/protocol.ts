import type {
  Fault,
  HistoryEvent,
  Milliseconds,
  NodeId,
  TraceKind,
  Verdict,
} from '@lockstep/process'
import type { ClassPicture, SequenceDiagram } from '@lockstep/patterns/lab'
import type { Flaw, Glyph, LogRow, Scenario, Summary } from '@lockstep/sim'

/**
 * The session protocol: what the page and whatever runs the world say to each other.
 *
 * A run is data that the page holds. The session executes and sends rows; playing, pausing,
 * stepping and scrubbing are the page's own walk over rows that it has. What a person does to a run
 * (a fault, an operation) goes to the session: a simulation re-executes the edited scenario and
 * sends the rows that changed, a live cluster does it for real.
 *
 * Every request has an answer that carries its number: the `opened` or `traced` of the run that it
 * began, the `views` or the `message` that it asked for, else `done` or `refused`. Over a WebSocket
 * each message is one msgpackr frame; over a message port it is a structured clone.
 */
export const protocolVersion = 3

export type ToSession =
  /** Runs a scenario in the simulator, in place of what this session ran before. */
  | { readonly type: 'open'; readonly request: number; readonly scenario: Scenario }
  /** Runs a traced experiment, in place of what this session ran before. */
  | { readonly type: 'trace'; readonly request: number; readonly experiment: string }
  /** Starts a live cluster of OS processes and watches it. */
  | {
      readonly type: 'go-live'
      readonly request: number
      readonly lab: string
      readonly nodes: number
    }
  /** Does something to the run at a time of it (microseconds). A live cluster ignores the time. */
  | { readonly type: 'fault'; readonly request: number; readonly at: number; readonly fault: Fault }
  /** An operation of the person's own client, as typed into the console. */
  | {
      readonly type: 'operate'
      readonly request: number
      readonly at: number
      readonly line: string
    }
  /** Changes who is in the cluster. Live only. */
  | { readonly type: 'members'; readonly request: number; readonly change: MemberChange }
  /** Takes back the last fault or operation of the person. Simulations only. */
  | { readonly type: 'undo'; readonly request: number }
  /** Does again what was taken back last. Simulations only. */
  | { readonly type: 'redo'; readonly request: number }
  /** Asks for the full views of all nodes after a step. */
  | { readonly type: 'look'; readonly request: number; readonly step: number }
  /** Asks for one message in full, by the row of its sending. */
  | { readonly type: 'message'; readonly request: number; readonly row: number }

export type FromSession =
  /** First of all, on every connection. */
  | {
      readonly type: 'welcome'
      readonly version: number
      readonly labs: readonly LabCard[]
      readonly experiments: readonly ExperimentCard[]
      /** Whether this session can start live clusters. */
      readonly live: boolean
    }
  /** A run begins, or begins anew from `fromRow` on: rows before it stand. */
  | {
      readonly type: 'opened'
      readonly request: number
      readonly world: 'simulated' | 'live'
      readonly scenario: Scenario
      /** The scenario as a link's fragment, without the '#'. */
      readonly link: string
      readonly nodes: readonly NodeId[]
      readonly clients: readonly NodeId[]
      readonly fromRow: number
    }
  /** A traced run, complete; a `judged` follows. It has no rows, and nothing can be done to it. */
  | {
      readonly type: 'traced'
      readonly request: number
      readonly experiment: string
      readonly diagram: SequenceDiagram
      readonly picture: ClassPicture
      /** The steps of the diagram as text. */
      readonly lines: readonly string[]
    }
  | { readonly type: 'rows'; readonly rows: Rows }
  /**
   * How nodes changed: each holds from its row on, until the next one of that node. Messages add up;
   * what was known from `fromRow` on is replaced only by an `opened`.
   */
  | {
      readonly type: 'summaries'
      readonly fromRow: number
      readonly changes: readonly SummaryChange[]
    }
  /** What the clients saw. Replaces what was sent before. */
  | { readonly type: 'history'; readonly operations: readonly OperationCard[] }
  /** The run is complete; a live cluster sends this after every judgement. */
  | {
      readonly type: 'judged'
      readonly verdict: Verdict
      readonly verdicts: readonly Verdict[]
      readonly traceHash: string | undefined
      readonly steps: number
      /** Microseconds. */
      readonly end: number
      readonly marks: Readonly<Record<string, number>>
    }
  | {
      readonly type: 'views'
      readonly request: number
      readonly step: number
      readonly nodes: readonly NodeView[]
    }
  | {
      readonly type: 'message'
      readonly request: number
      readonly row: number
      readonly message: unknown
    }
  /** Which nodes a live cluster has from a row on, in their order; until then those of `opened`. */
  | { readonly type: 'nodes'; readonly row: number; readonly nodes: readonly NodeId[] }
  | { readonly type: 'progress'; readonly steps: number; readonly at: number }
  /**
   * What was asked for is done; `text` says what it came to. A live cluster says it of faults,
   * operations and changes of its members. An edit of a simulation is answered by the `opened` of its
   * run, and by this where a newer run took its place before it came to a difference.
   */
  | { readonly type: 'done'; readonly request: number; readonly text: string }
  /**
   * Something that was asked for could not be done; the run stays as it was. `text` says how to mend
   * it. Of an operation on a live cluster the code `unknown` says that it may have been done.
   */
  | {
      readonly type: 'refused'
      readonly request: number
      readonly code: string
      readonly text: string
    }

/** A node that is to come into a live cluster, or to leave it. A newcomer learns first, and then votes. */
export interface MemberChange {
  readonly do: 'add' | 'remove'
  readonly node: NodeId
}

/** How many nodes a cluster has at most that is shown on the page. */
export const liveNodesMax = 9

interface LabCard {
  readonly name: string
  readonly title: string
  readonly flaws: readonly Flaw[]
  readonly consoleExamples: readonly string[]
  readonly live: boolean
  /** Whether nodes come into its live clusters and leave them. */
  readonly grows: boolean
}

interface Card {
  readonly id: string
  readonly title: string
  readonly story: string
  readonly watch: readonly string[]
  /** The lab or the traced area that it belongs to. */
  readonly area: string
  readonly expect: { readonly is: Verdict['is']; readonly by?: string }
}

/** An experiment that runs in a world. */
export interface SimulatedCard extends Card {
  readonly kind: 'simulated'
  readonly scenario: Scenario
}

/** An experiment whose calls are traced. */
export interface TracedCard extends Card {
  readonly kind: 'traced'
  /** Its part of the area. */
  readonly group: string
}

export type ExperimentCard = SimulatedCard | TracedCard

/** Rows of a trace in columns; all arrays have one length, row `from + i` stands at `i`. */
export interface Rows {
  readonly from: number
  /** Microseconds since the run began. */
  readonly at: readonly number[]
  readonly step: readonly number[]
  readonly kind: readonly TraceKind[]
  /** Index into `ids`, or -1. */
  readonly node: readonly number[]
  readonly peer: readonly number[]
  readonly cause: readonly number[]
  /** Index into `names`. */
  readonly name: readonly number[]
  readonly value: readonly number[]
  readonly ids: readonly NodeId[]
  readonly names: readonly string[]
  /** How the messages of `send` and `duplicate` rows are drawn. */
  readonly glyphs: readonly (readonly [row: number, glyph: Glyph])[]
  /** Sentences for the event list. */
  readonly sentences: readonly (readonly [row: number, sentence: string])[]
}

export interface SummaryChange {
  readonly row: number
  readonly node: NodeId
  readonly summary: Summary
}

export interface OperationCard {
  readonly id: number
  readonly client: NodeId
  /** 'put x = 3', and with the outcome once it is known: 'get x → 3'. */
  readonly text: string
  readonly invokedAt: number
  readonly endedAt: number | undefined
  readonly outcome: HistoryEvent['type']
}

export interface NodeView {
  readonly id: NodeId
  readonly state: 'up' | 'down' | 'paused'
  readonly incarnation: number
  /** The wall clock's offset from true time. */
  readonly clockOffsetMs: Milliseconds
  readonly timers: readonly {
    readonly name: string
    readonly armedAt: number
    readonly dueAt: number
  }[]
  /** Appends that are not durable yet. */
  readonly unsynced: number
  readonly log: readonly LogRow[]
  readonly view: unknown
}
