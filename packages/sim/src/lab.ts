import type {
  Build,
  History,
  Message,
  Milliseconds,
  NodeId,
  Port,
  Process,
  Recorder,
  Saved,
  Shapes,
  TraceEvent,
  Verdict,
} from '@lockstep/process'
import type { GenericSchema } from 'valibot'
import type { Journal } from './journal.ts'
import type { Measures } from './measures.ts'
import type { Clocks, Disk, Drawn, Full, Net, Scenario, Scripted } from './scenario.ts'

/** A safety rule that can be broken on purpose. */
export interface Flaw {
  readonly name: string
  /** One sentence: which rule is broken, and where it is written down. */
  readonly text: string
  /**
   * Settings, work and faults without which it hardly ever shows: a swarm looks for it there.
   */
  readonly where?: Partial<
    Pick<Scenario, 'nodes' | 'config' | 'net' | 'disk' | 'clocks' | 'work' | 'faults' | 'healMs'>
  >
}

/** A broken invariant. */
export interface Broken {
  readonly invariant: string
  readonly text: string
}

/** The invariants of one run. They may remember what they saw. */
export interface Invariants {
  /** Looks at a process after each step of it. `life` never repeats in a run. */
  stepped(process: Process, id: NodeId, life: number): Broken | undefined
  /** Looks at what the disk kept, before a process starts from it. */
  starting?(saved: Saved<unknown, unknown>, id: NodeId): Broken | undefined
}

/** A judge of what the clients saw. */
export interface Judge<Op, Value> {
  readonly name: string
  judge(history: History<Op, Value>): Verdict
}

/** Numbers in [0, 1) by label, drawn from the seed; the same label again gives the next draw. */
export type Draw = (label: string) => number

/** What a profile with `settings` draws for a run. */
export interface Settings<Config> {
  readonly config?: Partial<Config>
  readonly net?: Partial<Net>
  readonly disk?: Partial<Disk>
  readonly clocks?: Partial<Clocks>
}

/** How a message is drawn. The family gives its shape, the epoch (term, ballot, zxid epoch) its colour. */
export interface Glyph {
  readonly family: 'vote' | 'append' | 'heartbeat' | 'snapshot' | 'client' | 'other'
  readonly epoch: number | undefined
}

/** What the stage shows of a node: little, plain, and equal as JSON when nothing changed. */
export interface Summary {
  readonly shape: 'follower' | 'candidate' | 'leader' | 'observer'
  /** The role in a word, for people. */
  readonly role: string
  /** Term, epoch or ballot: it gives the colour. */
  readonly epoch: number
  /** What is shown below the role; the term if not given. */
  readonly note?: string
  /** Positions in the log. `0 <= applied <= commit`, `synced <= end`. */
  readonly log?: {
    readonly end: number
    readonly synced: number
    readonly commit: number
    readonly applied: number
  }
  /** The votes of a candidate. */
  readonly votes?: { readonly granted: readonly NodeId[]; readonly needed: number }
  /** The timer that is drawn as an arc around the node. */
  readonly timer?: string
}

/** One row of a replicated log, for the inspector. */
export interface LogRow {
  readonly index: number
  readonly epoch: number
  /** What is shown for the epoch; its number if not given. */
  readonly label?: string
  readonly text: string
}

/** How people see a lab's processes. */
export interface Views<Op, Value> {
  glyph(message: Message): Glyph
  /** From what `process.view()` returned. */
  summary(view: unknown): Summary
  log?(view: unknown): readonly LogRow[]
  /** From the same, for whoever monitors a live node. */
  measures?(view: unknown): Measures
  /** What the log of a live node says of its process. */
  readonly journal?: Journal
  /** A sentence for the event list, such as 'n2 became leader of term 4'; `undefined` leaves it out. */
  sentence(event: TraceEvent): string | undefined
  /** An operation and, once it is known, its value, in a few words: 'put x = 3'. */
  operation(op: Op, value?: Value): string
  /** What a person may type into the client console, by example, and how it is read. */
  readonly console: {
    readonly examples: readonly string[]
    /** Throws an `Error` whose message says how to mend the line. */
    parse(line: string): Op
  }
}

/** What an area gives the worlds, so that they can run, break, judge and show it. */
export interface Lab<Config = object, Op = unknown, Value = unknown> {
  readonly name: string
  readonly title: string
  /** Defaults of everything a scenario may leave out. */
  readonly config: Config
  readonly net: Net
  readonly disk: Disk
  readonly clocks: Clocks
  /** What the lab runs when nobody said more: the swarm starts from it. */
  readonly scenario: Scenario<Config, Op>
  readonly schemas: { readonly config: GenericSchema; readonly op: GenericSchema }
  readonly flaws: readonly Flaw[]
  /** How most of their messages and entries look, for the live world, which encodes them. */
  readonly shapes?: Shapes
  /** Every mark that the processes can make. */
  readonly marks: readonly string[]
  /** The most messages per client operation that a quiet run may need. */
  readonly messagesPerOperationMax: number
  /** Settings for one run of a swarm. */
  settings(draw: Draw): Settings<Config>
  /** Writes drawn work out. Pure. */
  draw(work: Drawn, draw: Draw): Scripted<Op>
  /** What the final client asks after the quiet phase. */
  finalReads(work: readonly Op[]): readonly Op[]
  processes(scenario: Full<Config, Op>): readonly { readonly id: NodeId; readonly build: Build }[]
  /**
   * Runs the operations of one client in order, each not before its time, and returns when all of
   * them ended. A client whose operation ended unknown goes on under a fresh name of the recorder's.
   */
  client(
    scenario: Full<Config, Op>,
    port: Port,
    operations: readonly (readonly [notBefore: Milliseconds, op: Op])[],
    record: Recorder<Op, Value>,
  ): Promise<void>
  /** Who has a role now, for faults that aim at `@role`. */
  role(name: string, processes: ReadonlyMap<NodeId, Process>): NodeId | undefined
  /** Role names for the swarm to aim at. */
  readonly roles: readonly string[]
  invariants(scenario: Full<Config, Op>): Invariants
  readonly judges: readonly Judge<Op, Value>[]
  readonly views: Views<Op, Value>
}

/** A named scenario with its story and the verdict that it must reach. */
export interface Experiment<Config = object, Op = unknown> {
  readonly id: string
  readonly title: string
  /** Two to five sentences: what happens, and why it matters. */
  readonly story: string
  /** What to watch for, in order; each a sentence. */
  readonly watch: readonly string[]
  readonly scenario: Scenario<Config, Op>
  readonly expect: { readonly is: Verdict['is']; readonly by?: string }
  /** Marks that the run must reach. */
  readonly marks?: readonly string[]
}
