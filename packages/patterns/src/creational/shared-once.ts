/**
 * One initialisation of shared memory across threads, by double-checked locking.
 *
 * ```text
 * thread 1 ── ready? no ── lock ── ready? no ── make ── ready = 1 ── unlock
 * thread 2 ── ready? no ── lock … waits ………………………………………………… ready? yes ── unlock
 * thread 3 ………………………………………………………………………………………… ready? yes
 * ```
 *
 * Threads share bytes and no objects, so the singleton is what lies in a `SharedArrayBuffer`. The
 * first check costs one atomic read and takes no lock: that is the path of all later calls. The
 * second check, under the lock, is for those who found it missing and then waited while another
 * made it. The atomic write of 'ready' comes after everything that `make` wrote, and an atomic read
 * that sees it sees that too, so nobody sees a half made value: what `volatile` is for in Java.
 *
 * Not within one thread (`once` of `singleton` does that), and not on a page's main thread, which
 * may not block in `Atomics.wait`.
 *
 * Lockstep does without: its worker threads share no memory, each gets seeds of its own
 * (`apps/playground/src/cli/swarm-pool.ts`).
 */

const ready = 0
const lock = 1
const unlocked = 0
const locked = 1
const contended = 2

/**
 * How many int32 cells an initialisation takes, all zero at first.
 *
 * @example
 * ```ts
 * import { sharedOnce, sharedOnceCells } from '@lockstep/patterns/creational/shared-once'
 *
 * const cells = new Int32Array(new SharedArrayBuffer(sharedOnceCells * Int32Array.BYTES_PER_ELEMENT))
 * if (!sharedOnce(cells, () => {})) throw new Error('made before')
 * ```
 */
export const sharedOnceCells = 2

/**
 * Runs `make` if no thread has finished it yet, and returns when it is done; whether it ran here.
 *
 * `cells` has `sharedOnceCells` elements on shared memory. What `make` throws comes through, and the
 * next caller tries again. `make` must not call `sharedOnce` on the same cells: it would wait for
 * itself. A thread that is ended within `make` leaves the lock taken.
 *
 * @example
 * ```ts
 * import { sharedOnce, sharedOnceCells } from '@lockstep/patterns/creational/shared-once'
 *
 * const cells = new Int32Array(new SharedArrayBuffer(sharedOnceCells * 4))
 * const table = new Int32Array(new SharedArrayBuffer(400))
 * const fill = () => table.forEach((_, n) => (table[n] = n * n))
 * if (!sharedOnce(cells, fill) || sharedOnce(cells, fill)) throw new Error('filled twice')
 * ```
 */
export function sharedOnce(cells: Int32Array<SharedArrayBuffer>, make: () => void): boolean {
  if (Atomics.load(cells, ready) === 1) return false
  take(cells)
  try {
    if (Atomics.load(cells, ready) === 1) return false
    make()
    Atomics.store(cells, ready, 1)
    return true
  } finally {
    release(cells)
  }
}

/** A mutex of three states: only a contended lock pays for a wake-up. */
function take(cells: Int32Array<SharedArrayBuffer>): void {
  if (Atomics.compareExchange(cells, lock, unlocked, locked) === unlocked) return
  while (Atomics.exchange(cells, lock, contended) !== unlocked) Atomics.wait(cells, lock, contended)
}

function release(cells: Int32Array<SharedArrayBuffer>): void {
  if (Atomics.exchange(cells, lock, unlocked) === contended) Atomics.notify(cells, lock, 1)
}
