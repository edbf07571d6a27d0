/**
 * Command: a change as a value, so that it can be undone, repeated, grouped, logged and sent.
 *
 * ```text
 * command ──▶ apply(state, command) ──▶ state, inverse
 *                                              └──▶ past ── undo ──▶ future ── redo ──▶ past
 * ```
 *
 * Intent: an editor over immutable state. A command is plain data; one pure function applies it and
 * gives its inverse, which is a command again. So undo is nothing special, and the log of all that
 * was applied, undos included, replays to the same state.
 *
 * When not to use it: if nothing is ever undone or replayed, call the function. If the inverse would
 * be as large as the state, keep snapshots (see memento).
 *
 * Lockstep uses it in `apps/playground/src/session/session.ts`, where each edit of a scenario is a
 * command that can be taken back and done again. An entry of a replicated log is one as well.
 */

/** The state after a command, and the command that leads back. */
export interface Applied<State, Command> {
  readonly state: State
  readonly inverse: Command
}

/**
 * Applies a command. It must be pure and must not change `state`; it throws to refuse a command.
 * Applying the inverse must give an equal state again.
 */
export type Apply<State, Command> = (state: State, command: Command) => Applied<State, Command>

/**
 * There is nothing left to undo or to redo.
 *
 * @example
 * ```ts
 * import { CommandHistory, NothingLeft } from '@lockstep/patterns/behavioral/command'
 *
 * const history = new CommandHistory(0, (n: number, by: number) => ({ state: n + by, inverse: -by }))
 * try {
 *   history.undo()
 * } catch (error) {
 *   if (!(error instanceof NothingLeft) || error.direction !== 'undo') throw error
 * }
 * ```
 */
export class NothingLeft extends Error {
  override readonly name = 'NothingLeft'
  readonly direction: 'undo' | 'redo'

  constructor(direction: NothingLeft['direction']) {
    super(
      `there is nothing to ${direction}; ask can${direction === 'undo' ? 'Undo' : 'Redo'} first`,
    )
    this.direction = direction
  }
}

/** What a history may be told. */
export interface HistoryOptions {
  /** How many steps can be undone; older ones are forgotten. No bound by default. */
  readonly undoMax?: number
}

/**
 * A state with its past and its undone future.
 *
 * @example
 * ```ts
 * import { CommandHistory, replay } from '@lockstep/patterns/behavioral/command'
 *
 * const add = (n: number, by: number) => ({ state: n + by, inverse: -by })
 * const history = new CommandHistory(10, add)
 * history.execute(5, 7)
 * history.undo()
 * if (history.state !== 10 || !history.canRedo) throw new Error('5 and 7 are one step')
 * history.redo()
 * if (replay(10, history.log, add) !== 22) throw new Error('the log says it all')
 * ```
 */
export class CommandHistory<State, Command> {
  readonly #apply: Apply<State, Command>
  readonly #undoMax: number
  #state: State
  #log: Command[] = []
  /** Steps that lead back, the latest last; and forward again. A step is a list of commands. */
  #past: (readonly Command[])[] = []
  #future: (readonly Command[])[] = []

  constructor(initial: State, apply: Apply<State, Command>, options: HistoryOptions = {}) {
    this.#state = initial
    this.#apply = apply
    this.#undoMax = options.undoMax ?? Number.POSITIVE_INFINITY
  }

  get state(): State {
    return this.#state
  }

  /** All commands that were applied, undone steps and their inverses included. Plain data. */
  get log(): readonly Command[] {
    return this.#log
  }

  get canUndo(): boolean {
    return this.#past.length > 0
  }

  get canRedo(): boolean {
    return this.#future.length > 0
  }

  /** Applies commands as one step: all of them, or none if one throws. Drops what was undone. */
  execute(...commands: readonly Command[]): void {
    if (commands.length === 0) return
    this.#past.push(this.#step(commands))
    if (this.#past.length > this.#undoMax) this.#past.shift()
    this.#future = []
  }

  /** Takes the latest step back. @throws {NothingLeft} */
  undo(): void {
    const step = this.#past.at(-1)
    if (step === undefined) throw new NothingLeft('undo')
    this.#future.push(this.#step(step))
    this.#past.pop()
  }

  /** Applies again what was undone last. @throws {NothingLeft} */
  redo(): void {
    const step = this.#future.at(-1)
    if (step === undefined) throw new NothingLeft('redo')
    this.#past.push(this.#step(step))
    this.#future.pop()
  }

  /** Applies commands and gives the step that leads back. */
  #step(commands: readonly Command[]): readonly Command[] {
    const [only] = commands
    if (commands.length === 1) return [this.#one(only as Command)]
    const inverses: Command[] = []
    let state = this.#state
    for (const command of commands) {
      const applied = this.#apply(state, command)
      state = applied.state
      inverses.push(applied.inverse)
    }
    this.#state = state
    for (const command of commands) this.#log.push(command)
    return inverses.toReversed()
  }

  /** Most steps are of one command, and need no list on the way. */
  #one(command: Command): Command {
    const { state, inverse } = this.#apply(this.#state, command)
    this.#state = state
    this.#log.push(command)
    return inverse
  }
}

/**
 * The state that a log leads to.
 *
 * @example
 * ```ts
 * import { replay } from '@lockstep/patterns/behavioral/command'
 *
 * const state = replay(1, [2, 3], (n, by: number) => ({ state: n + by, inverse: -by }))
 * if (state !== 6) throw new Error(String(state))
 * ```
 */
export function replay<State, Command>(
  initial: State,
  log: readonly Command[],
  apply: Apply<State, Command>,
): State {
  return log.reduce((state, command) => apply(state, command).state, initial)
}
