/**
 * Ways to choose one of many that could serve: what a mediator balances load by.
 *
 * `inTurn` spreads calls evenly. `rendezvous` sends equal keys to the same one, so that what it has
 * kept for a key is found again; when one leaves, only its keys move (Thaler and Ravishankar 1998).
 */

/** Whatever has a name to be told apart by. */
export interface Named {
  readonly id: string
}

/**
 * Each in its turn.
 *
 * @throws {RangeError} if there is none.
 *
 * @example
 * ```ts
 * import { inTurn } from '@lockstep/patterns/behavioral/balancing'
 *
 * const nodes = [{ id: 'n1' }, { id: 'n2' }]
 * const picked = [0, 1, 2].map((turn) => inTurn(nodes, turn).id)
 * if (picked.join() !== 'n1,n2,n1') throw new Error(picked.join())
 * ```
 */
export function inTurn<T extends Named>(all: readonly T[], turn: number): T {
  const one = all[turn % all.length]
  if (one === undefined) throw new RangeError('there is none to choose')
  return one
}

/**
 * The one that a key belongs to: of all, the one whose hash with the key is the largest.
 *
 * @throws {RangeError} if there is none.
 *
 * @example
 * ```ts
 * import { rendezvous } from '@lockstep/patterns/behavioral/balancing'
 *
 * const nodes = [{ id: 'n1' }, { id: 'n2' }, { id: 'n3' }]
 * const home = rendezvous('user-7')(nodes)
 * const without = nodes.filter((node) => node !== home)
 * const other = rendezvous('user-7')(without)
 * if (rendezvous('user-7')([...without, home]) !== home || other === home) throw new Error('moved')
 * ```
 */
export function rendezvous(key: string): <T extends Named>(all: readonly T[]) => T {
  return <T extends Named>(all: readonly T[]): T => {
    let best: T | undefined
    let most = -1
    for (const one of all) {
      const weight = hashOf(`${one.id.length} ${one.id}${key}`)
      // Of two equal hashes the smaller name wins, so that the order of the list does not count.
      if (weight < most || (weight === most && best !== undefined && best.id < one.id)) continue
      best = one
      most = weight
    }
    if (best === undefined) throw new RangeError('there is none to choose')
    return best
  }
}

/** FNV-1a, and the last steps of MurmurHash3, so that similar names give distant numbers. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
