import { type State, StateBuilder } from './kv/state.ts'
import { type Chunk, chunkOf, type Snapshot } from './snapshot.ts'

/** The piece that a leader sends next, and how it comes to send it. */
interface Sending {
  readonly chunk: Chunk
  readonly is: 'first' | 'next' | 'resumed'
}

/**
 * A leader sends a snapshot to one follower, a piece at a time (figure 13).
 *
 * The follower says how many items it has, and gets what comes behind them: so a lost piece is sent
 * again, and a transfer that another leader began goes on where it stopped. One piece is under way
 * at a time; at heartbeats a question without items keeps the follower and finds out whether it is there.
 */
export class SnapshotTransfer {
  readonly snapshot: Snapshot
  /** What the follower has once the piece that is under way arrived. */
  #sentUpTo: number | undefined
  #heartbeats = 0

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot
  }

  /** Whether the follower has answered and got something. */
  get hasBegun(): boolean {
    return this.#sentUpTo !== undefined
  }

  /** A heartbeat interval went by. */
  waited(): void {
    this.#heartbeats++
  }

  /** The follower has that many items. `undefined` when a piece for it is under way. */
  answered(received: number, bytesMax: number): Sending | undefined {
    const awaited = this.#sentUpTo
    if (awaited !== undefined && received < awaited && this.#heartbeats < 2) return undefined
    const chunk = chunkOf(this.snapshot, received, bytesMax)
    this.#sentUpTo = received + chunk.items.length
    this.#heartbeats = 0
    if (received > 0 && received !== awaited) return { chunk, is: 'resumed' }
    return { chunk, is: awaited === undefined ? 'first' : 'next' }
  }
}

/** A follower puts a snapshot together, piece by piece; no piece costs more than its own items. */
export class Assembly {
  readonly #of: Chunk
  readonly #builder: StateBuilder = new StateBuilder()
  #received = 0

  /** Begins with the snapshot that a piece belongs to. */
  constructor(chunk: Chunk) {
    this.#of = chunk
  }

  /** How many items are here. */
  get received(): number {
    return this.#received
  }

  /** Whether a piece belongs to the same snapshot. */
  isOf({ index, lastTerm }: Chunk): boolean {
    return this.#of.index === index && this.#of.lastTerm === lastTerm
  }

  /** Takes a piece if it comes next. Returns the whole state once it is complete. */
  take({ offset, items, done }: Chunk): State | undefined {
    if (offset !== this.#received) return undefined
    for (const item of items) this.#builder.add(item)
    this.#received += items.length
    return done ? this.#builder.build() : undefined
  }
}
