import type { HistoryEvent, NodeId, Process, Recorder, Verdict } from '@lockstep/process'
import { Faults } from './faults.ts'
import { HistoryLog } from './history.ts'
import type { Lab } from './lab.ts'
import type { SimNode } from './node.ts'
import type { Run } from './run.ts'
import type { Full, Scenario } from './scenario.ts'
import type { Script } from './script.ts'
import { rows, type Keeping, type Trace } from './trace.ts'
import { platformTurn, type Turn } from './turn.ts'
import { judge } from './verdicts.ts'
import { SimWorld } from './world.ts'
import { checkRunnable } from './runnable.ts'
import { writeOut } from './write-out.ts'

/** What a run keeps and checks; all of it is on by default. */
export interface ExecutionOptions {
  /** What the trace keeps. By default columns, and a hash of rows. */
  readonly keeping?: Partial<Keeping>
  /** Whether invariants are checked after every step. On by default. */
  readonly invariants?: boolean
  /** Freezes all that is sent and stored. Off by default, on in tests. */
  readonly freeze?: boolean
  /** How to wait for one macrotask. By default the platform's way. */
  readonly turn?: Turn
  /** Called after every step of a process, with the row that began it. */
  readonly onStep?: (id: NodeId, process: Process, row: number) => void
}

/** How a node stands between two steps, for people. */
export interface NodeState {
  readonly id: NodeId
  readonly state: 'up' | 'down' | 'paused'
  readonly incarnation: number
  readonly process: Process | undefined
  readonly clockOffsetMs: number
  /** Times in microseconds of the run. */
  readonly timers: readonly {
    readonly name: string
    readonly armedAt: number
    readonly dueAt: number
  }[]
  readonly unsynced: number
}

interface Client<Op> {
  readonly script: Script
  readonly operations: readonly (readonly [notBefore: number, op: Op])[]
  done: boolean
}

/** A run that can be stopped at any step and looked at. */
export class Execution<Config, Op, Value> {
  readonly scenario: Full<Config, Op>
  readonly #lab: Lab<Config, Op, Value>
  readonly #world: SimWorld
  readonly #history: HistoryLog
  readonly #clients: Client<Op>[] = []
  readonly #turn: Turn
  readonly #finalAt: number
  readonly #until: number
  #escaped: NodeId | undefined
  /** How many clients have not done all that they have to. */
  #busy = 0
  #started = false
  #ended = false

  constructor(
    lab: Lab<Config, Op, Value>,
    scenario: Scenario<Config, Op>,
    options: ExecutionOptions,
  ) {
    this.#lab = lab
    const full = writeOut(lab, scenario)
    checkRunnable(lab, full)
    this.scenario = full
    this.#turn = options.turn ?? platformTurn()
    const { onStep } = options
    this.#world = new SimWorld({
      seed: full.seed,
      forced: full.forced,
      net: full.net,
      disk: full.disk,
      clocks: full.clocks,
      keeping: { rows: 'columns', hash: 'rows', ...options.keeping },
      freeze: options.freeze ?? false,
      ...(options.invariants === false ? {} : { invariants: lab.invariants(full) }),
      ...(onStep === undefined
        ? {}
        : { onStep: (node, row) => node.process && onStep(node.id, node.process, row) }),
    })
    this.#history = new HistoryLog(this.#world)
    const finalReads = lab.finalReads(full.work.script.map(([, , op]) => op))
    this.#finalAt = micros(full.healMs + full.quietMs)
    this.#until = this.#finalAt + micros(full.work.timeoutMs * (finalReads.length + 2))
    this.#build(finalReads)
  }

  get steps(): number {
    return this.#world.steps
  }

  /** Virtual time in microseconds. */
  get now(): number {
    return this.#world.now
  }

  get trace(): Trace {
    return this.#world.trace
  }

  get history(): readonly HistoryEvent<Op, Value>[] {
    return this.#history.events as readonly HistoryEvent<Op, Value>[]
  }

  get clients(): readonly NodeId[] {
    return this.#clients.map(({ script }) => script.id)
  }

  /**
   * Runs until the end, or until `steps` steps were taken, or until `stop` says so; it is asked
   * once in a thousand steps. Resolves with whether the run has ended.
   */
  async advance(
    limit: { readonly steps?: number; readonly stop?: () => boolean } = {},
  ): Promise<boolean> {
    const world = this.#world
    const steps = limit.steps ?? Number.POSITIVE_INFINITY
    if (!this.#started) {
      this.#started = true
      for (const node of world.nodes.values()) world.start(node)
      for (const client of this.#clients) if (!client.done) this.#begin(client)
      await this.#settle()
    }
    let asked = world.steps
    while (!this.#ended && world.steps < steps) {
      const next = world.nextAt
      const over = world.now >= this.#finalAt && this.#busy === 0
      if (next === undefined || next > this.#until || over || this.#escaped !== undefined) {
        this.#end()
        break
      }
      world.step()
      if (world.settled) await this.#settle()
      if (limit.stop !== undefined && world.steps - asked >= 1000) {
        asked = world.steps
        if (limit.stop()) break
      }
    }
    return this.#ended
  }

  /** How the nodes stand now. */
  states(): NodeState[] {
    return [...this.#world.nodes.values()].map((node) => this.#stateOf(node))
  }

  /** Judges the run. Throws before its end. */
  finish(): Run<Config, Op, Value> {
    if (!this.#ended) throw new Error('the run has not ended yet')
    const world = this.#world
    const { history } = this
    const verdicts = judge(this.#lab, history, {
      violations: world.violations,
      steps: world.steps,
      escaped: this.#escaped,
      unfinished: this.#clients.filter(({ done }) => !done).map(({ script }) => script.id),
    })
    return {
      scenario: this.scenario,
      verdict: worst(verdicts),
      verdicts,
      history,
      trace: world.trace,
      traceHash: world.trace.hash,
      steps: world.steps,
      marks: world.marks,
      messages: world.network.sent,
      operations: this.#history.operations,
      end: world.now,
      clients: this.clients,
      accidents: world.network.accidents,
    }
  }

  #build(finalReads: readonly Op[]): void {
    const world = this.#world
    const { scenario } = this
    const { faults, healMs, quietMs } = scenario
    const lab = this.#lab
    const planned = new Faults(world, (role) => lab.role(role, world.processes))
    world.at(0, () => this.#phase('faults'))
    planned.plan(faults)
    world.at(micros(healMs), () => {
      this.#phase('heal')
      planned.heal()
      world.network.calm = true
      this.#phase('quiet')
    })
    world.at(micros(healMs + quietMs), () => this.#phase('final'))
    for (const { id, build } of lab.processes(scenario)) world.add(id, build)
    const scripts = new Map<number, (readonly [number, Op])[]>()
    for (const [client, notBefore, op] of scenario.work.script) {
      const mine = scripts.get(client) ?? []
      mine.push([notBefore, op])
      scripts.set(client, mine)
    }
    for (const [client, mine] of [...scripts].sort(([a], [b]) => a - b)) {
      this.#enter(`c${client + 1}`, mine)
    }
    this.#enter('you', scenario.hand)
    this.#enter(
      'final',
      finalReads.map((op) => [healMs + quietMs, op]),
    )
  }

  #enter(id: NodeId, operations: readonly (readonly [number, Op])[]): void {
    const script = this.#world.client(id)
    const done = operations.length === 0
    this.#clients.push({ script, operations, done })
    if (!done) this.#busy++
  }

  #begin(client: Client<Op>): void {
    const { script, operations } = client
    const record = this.#history.recorder(script) as Recorder<Op, Value>
    void this.#lab.client(this.scenario, script, operations, record).then(
      () => this.#finished(client),
      (error: unknown) => {
        this.#finished(client)
        const text = error instanceof Error ? error.message : String(error)
        const { steps, violations } = this.#world
        violations.push({ invariant: 'no client throws', text, step: steps, node: script.id })
      },
    )
  }

  #finished(client: Client<Op>): void {
    client.done = true
    this.#busy--
  }

  /** Lets all promises run their course, and looks whether a client waits for something outside. */
  async #settle(): Promise<void> {
    await this.#turn()
    this.#world.afterTurn()
    const idle = this.#clients.find(({ done, script }) => !done && script.waiting === 0)
    this.#escaped = idle?.script.id
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#phase('end')
  }

  #phase(name: string): void {
    const world = this.#world
    world.trace.add(world.now, world.steps, rows.phase, -1, -1, world.cause, name, 0)
  }

  #stateOf(node: SimNode): NodeState {
    const now = this.#world.now
    const timers = [...(node.life?.timers.values() ?? [])].map(({ name, armedAt, due }) => ({
      name,
      armedAt,
      dueAt: due,
    }))
    return {
      id: node.id,
      state: node.state,
      incarnation: node.incarnation,
      process: node.process,
      clockOffsetMs: Math.round(node.clock.offset(now) / 1000),
      timers,
      unsynced: node.disk.unsynced,
    }
  }
}

/** Prepares a run without taking a step. Throws a `ScenarioError` for a scenario that cannot run. */
export function execute<Config, Op, Value>(
  lab: Lab<Config, Op, Value>,
  scenario: Scenario<Config, Op>,
  options: ExecutionOptions = {},
): Execution<Config, Op, Value> {
  return new Execution(lab, scenario, options)
}

function worst(verdicts: readonly Verdict[]): Verdict {
  const first = (is: Verdict['is']): Verdict | undefined =>
    verdicts.find((verdict) => verdict.is === is)
  const found = first('violated') ?? first('unknown') ?? verdicts.at(-1)
  if (found === undefined) throw new Error('nothing was judged')
  return found
}

function micros(ms: number): number {
  return Math.round(ms * 1000)
}
