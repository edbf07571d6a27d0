import type { Milliseconds } from '@lockstep/process'
import { pairsOf, rankOf, type Tree, TreeMap } from './tree.ts'

/** A lease: the keys that go with it are removed when it expires. */
export interface Lease {
  readonly id: number
  /** How long it lives without being kept alive. */
  readonly ttlMs: Milliseconds
  /** When it expires, in log time. */
  readonly expiresAt: Milliseconds
}

/** All leases as plain data. */
export interface LeaseTable {
  readonly byId: Tree<number, Lease>
  /** The leases in the order in which they expire. */
  readonly byExpiry: Tree<string, number>
  /** The keys that go with each lease. */
  readonly keys: Tree<string, string>
}

/** The leases, when each is due, and which keys go with it. All in O(log n) of their number. */
export class Leases {
  readonly #byId: TreeMap<number, Lease> = new TreeMap()
  readonly #byExpiry: TreeMap<string, number> = new TreeMap()
  readonly #keys: TreeMap<string, string> = new TreeMap()

  get size(): number {
    return this.#byId.size
  }

  /** The leases as they are now, to look at: later changes show in it. */
  get table(): LeaseTable {
    return { byId: this.#byId.root, byExpiry: this.#byExpiry.root, keys: this.#keys.root }
  }

  /** The leases as they are now, for good. */
  save(): LeaseTable {
    return { byId: this.#byId.save(), byExpiry: this.#byExpiry.save(), keys: this.#keys.save() }
  }

  /** Goes on from leases that were saved. */
  restore({ byId, byExpiry, keys }: LeaseTable): void {
    this.#byId.restore(byId)
    this.#byExpiry.restore(byExpiry)
    this.#keys.restore(keys)
  }

  get(id: number): Lease | undefined {
    return this.#byId.get(id)
  }

  /** The ids of all leases, in their order. */
  get ids(): number[] {
    return [...pairsOf(this.#byId.root)].map(([id]) => id)
  }

  /** The lease that expires first. */
  get first(): Lease | undefined {
    const { least } = this.#byExpiry
    return least === undefined ? undefined : this.get(this.#byExpiry.get(least) as number)
  }

  /** Adds a lease, or gives one another time to live. */
  set(lease: Lease): void {
    const known = this.get(lease.id)
    if (known !== undefined) this.#byExpiry.delete(placeOf(known))
    this.#byId.set(lease.id, lease)
    this.#byExpiry.set(placeOf(lease), lease.id)
  }

  /** Gives every lease its full time again. */
  renewAll(now: Milliseconds): void {
    const leases = Array.from(pairsOf(this.#byId.root), ([, lease]) => lease)
    for (const lease of leases) this.set({ ...lease, expiresAt: now + lease.ttlMs })
  }

  /** Lets a lease go; its keys were detached before. */
  delete(lease: Lease): void {
    this.#byId.delete(lease.id)
    this.#byExpiry.delete(placeOf(lease))
  }

  /** The keys that go with a lease, in their order. */
  keysOf(id: number): string[] {
    const { root } = this.#keys
    const keys: string[] = []
    const begin = rankOf(root, `${id}/`)
    // '0' follows '/' at once, so that nothing but the keys of this lease lies between.
    let left = rankOf(root, `${id}0`) - begin
    for (const [, key] of pairsOf(root, begin)) {
      if (left-- === 0) break
      keys.push(key)
    }
    return keys
  }

  /** A key goes with another lease than it did; 0 is none. */
  moved(key: string, from: number, to: number): void {
    if (from === to) return
    if (from !== 0) this.#keys.delete(`${from}/${key}`)
    if (to !== 0) this.#keys.set(`${to}/${key}`, key)
  }
}

/** Sorts by expiry. Log time is a whole number below 10^16. */
function placeOf({ id, expiresAt }: Lease): string {
  return `${String(expiresAt).padStart(16, '0')}/${id}`
}
