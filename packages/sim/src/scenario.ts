import type { Milliseconds, Timed } from '@lockstep/process'

/** How the simulated network behaves where no fault says otherwise. */
export interface Net {
  /** Every message takes at least this long. */
  readonly delayMinMs: Milliseconds
  /** On top of it, a uniform draw from 0 to this. */
  readonly delaySpreadMs: Milliseconds
  /** This share of the messages takes up to `tailMs` longer still. */
  readonly tailShare: number
  readonly tailMs: Milliseconds
  /** Share of the messages that are lost, 0 to 1. */
  readonly loss: number
  /** Share of the messages that arrive twice, 0 to 1. */
  readonly duplicate: number
  /** Keeps the order of messages on each link; otherwise a later one may overtake. */
  readonly fifo: boolean
  /**
   * Whether connections end when a process does, as on a machine that goes on, and when a cut that
   * broke them is over: whoever is at the other end hears of it. Otherwise nobody does, as where a
   * machine loses its power.
   */
  readonly hangUps: boolean
}

/** How a simulated disk behaves: one sync is under way at a time and covers all that was appended before it began. */
export interface Disk {
  readonly syncMinMs: Milliseconds
  readonly syncSpreadMs: Milliseconds
  /** Share of the crashes that lose every unsynced write; the others keep a prefix of them, drawn evenly. */
  readonly loseAll: number
}

/** How far simulated clocks are off when the run begins. */
export interface Clocks {
  /** Each wall clock is off by up to this, either way. */
  readonly skewMs: Milliseconds
  /** Each oscillator is off by up to this share, either way: 0.0001 is 100 ppm. */
  readonly drift: number
}

/** Operations drawn from the seed. Labs may read knobs of their own beside the named ones. */
export interface Drawn {
  readonly clients: number
  readonly operations: number
  /** Mean pause of a client between two operations. */
  readonly thinkMs: Milliseconds
  /** How long a client goes on trying one operation before it gives up. */
  readonly timeoutMs: Milliseconds
  readonly [knob: string]: number
}

/** One operation of a script: which client, not before when (milliseconds of the run), what. */
export type ScriptedOperation<Op> = readonly [client: number, notBefore: Milliseconds, op: Op]

/** Operations written out one by one. */
export interface Scripted<Op> {
  readonly script: readonly ScriptedOperation<Op>[]
  readonly timeoutMs: Milliseconds
}

/** The kinds of fault that a profile draws; some kinds of it become a `Timed` fault with a `for`. */
export type FaultKind =
  | 'crash'
  | 'stop'
  | 'pause'
  | 'cut'
  | 'cut-one-way'
  | 'isolate'
  | 'partition'
  | 'slow'
  | 'lose'
  | 'stall'
  | 'clock'

/**
 * Faults drawn from the seed. Each kind is left out of half of the runs, and half of the faults
 * aim at a role, partitions too.
 */
export interface Profile {
  /** Mean time between two faults. */
  readonly everyMs: Milliseconds
  /** Relative weights; a kind that is not named never happens. */
  readonly kinds: Readonly<Partial<Record<FaultKind, number>>>
  /** Draws settings of network, disk, clocks and lab too, where the scenario does not set them. */
  readonly settings: boolean
}

/** What to run, as plain data: equal scenarios give equal runs. */
export interface Scenario<Config = object, Op = unknown> {
  readonly v: 1
  readonly lab: string
  /** A whole number from 0 to 2^32 - 1. */
  readonly seed: number
  /** How many nodes, from 1. */
  readonly nodes: number
  /** Names of rules that are broken on purpose. */
  readonly flaws?: readonly string[]
  readonly config?: Partial<Config>
  readonly net?: Partial<Net>
  readonly disk?: Partial<Disk>
  readonly clocks?: Partial<Clocks>
  readonly work: Drawn | Scripted<Op>
  /** Operations of the person at the page: not before when, what. Their client is called `you`. */
  readonly hand?: readonly (readonly [notBefore: Milliseconds, op: Op])[]
  readonly faults: readonly Timed[] | Profile
  /** Draws whose outcome is set, by name, such as `loss n3>n1#8`. */
  readonly forced?: Readonly<Record<string, number>>
  /** When all faults are undone and the network stops losing and doubling messages, from the start of the run. */
  readonly healMs: Milliseconds
  /** How long the run goes on after that before the final reads. */
  readonly quietMs: Milliseconds
}

/** A scenario with every default filled in and everything drawn written out. */
export interface Full<Config = object, Op = unknown> extends Scenario<Config, Op> {
  readonly flaws: readonly string[]
  readonly config: Config
  readonly net: Net
  readonly disk: Disk
  readonly clocks: Clocks
  readonly work: Scripted<Op>
  readonly hand: readonly (readonly [notBefore: Milliseconds, op: Op])[]
  readonly faults: readonly Timed[]
  readonly forced: Readonly<Record<string, number>>
}
