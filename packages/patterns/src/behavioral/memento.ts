/**
 * Memento: the state of an object, taken out and given back, and closed to everybody else.
 *
 * ```text
 * Originator ── snapshot() ──▶ Memento (shows nothing) ── restore ──▶ Originator
 * ```
 *
 * Intent: undo by snapshot, and savepoints within a transaction as SQL has them. The state is one
 * immutable value, so a snapshot is a reference: taking it costs nothing, and snapshots share all
 * that did not change between them.
 *
 * When not to use it: if the state is mutable or holds sockets and files, which no snapshot brings
 * back. If the change is small and known, its inverse is cheaper (see command).
 *
 * Lockstep has the idea in `packages/raft/src/snapshot.ts`: a process puts a snapshot on its disk
 * in place of its log.
 */

declare const opaque: unique symbol

/** A snapshot. It shows nothing; only the originator that made it can read it. */
export interface Memento {
  readonly [opaque]: never
}

/**
 * A snapshot or savepoint cannot be used: `foreign-memento` if another originator made it,
 * `unknown-savepoint` if there is none of that name, or no longer.
 *
 * @example
 * ```ts
 * import { MementoError, Originator } from '@lockstep/patterns/behavioral/memento'
 *
 * try {
 *   new Originator(1).rollbackTo('start')
 * } catch (error) {
 *   if (!(error instanceof MementoError) || error.code !== 'unknown-savepoint') throw error
 * }
 * ```
 */
export class MementoError extends Error {
  override readonly name = 'MementoError'
  readonly code: 'foreign-memento' | 'unknown-savepoint'

  constructor(code: MementoError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * A value that changes as a whole, and that can be set back.
 *
 * @example
 * ```ts
 * import { Originator } from '@lockstep/patterns/behavioral/memento'
 *
 * const account = new Originator({ balance: 10 })
 * const before = account.snapshot()
 * account.savepoint('fee')
 * account.update(({ balance }) => ({ balance: balance - 1 }))
 * account.rollbackTo('fee')
 * account.update(({ balance }) => ({ balance: balance * 2 }))
 * const after = account.state.balance
 * account.restore(before)
 * const seen = [after, account.state.balance]
 * if (seen.join() !== '20,10') throw new Error(seen.join())
 * ```
 */
export class Originator<State> {
  /** What a memento stands for. Outside of the memento, so that nobody can look into it. */
  readonly #mementos = new WeakMap<Memento, State>()
  readonly #savepoints: { readonly name: string; readonly state: State }[] = []
  #state: State

  /** @param initial is immutable, as all states after it. */
  constructor(initial: State) {
    this.#state = initial
  }

  get state(): State {
    return this.#state
  }

  /** Goes to the state that `change` gives; if it throws, nothing has happened. */
  update(change: (state: State) => State): void {
    this.#state = change(this.#state)
  }

  /** The state as it is now. It may be restored any number of times. */
  snapshot(): Memento {
    const memento = Object.freeze({}) as Memento
    this.#mementos.set(memento, this.#state)
    return memento
  }

  /** Goes back to a snapshot. Savepoints end with it. @throws {MementoError} `foreign-memento` */
  restore(memento: Memento): void {
    if (!this.#mementos.has(memento)) {
      throw new MementoError('foreign-memento', 'this originator did not make this memento')
    }
    this.#state = this.#mementos.get(memento) as State
    this.#savepoints.length = 0
  }

  /** Marks the state with a name. An older savepoint of that name is hidden until this one ends. */
  savepoint(name: string): void {
    this.#savepoints.push({ name, state: this.#state })
  }

  /** Goes back to a savepoint, which stays; later ones end. @throws {MementoError} */
  rollbackTo(name: string): void {
    const index = this.#indexOf(name)
    this.#state = (this.#savepoints[index] as { readonly state: State }).state
    this.#savepoints.length = index + 1
  }

  /** Ends a savepoint and all later ones, and keeps the state. @throws {MementoError} */
  release(name: string): void {
    this.#savepoints.length = this.#indexOf(name)
  }

  #indexOf(name: string): number {
    const index = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name)
    if (index !== -1) return index
    throw new MementoError('unknown-savepoint', `there is no savepoint ${name}`)
  }
}
