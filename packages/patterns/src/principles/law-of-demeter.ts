/**
 * The law of Demeter: talk to friends, not to the friends of friends.
 *
 * ```text
 * this.#log.append()          a friend
 * this.#log.disk().file()     a friend of a friend
 * ```
 *
 * `a.b().c().d()` knows how a, what b gives and what c gives are built; a change in any of them
 * reaches this line. `strangersIn` finds call chains that reach further than allowed. Friends are
 * arguments, locals, what was made here, and the fields of the object itself.
 *
 * Reading data is not talking: what comes behind the last call is not counted, and a chain without
 * a call is none. Nor are fluent steps, which give the same kind of thing again (`filter`, `map`,
 * builders).
 *
 * Not for code whose subject is a structure of others: a compiler walks trees.
 *
 * Lockstep uses it in `test/principles.test.ts`: its worlds and protocols are held to two steps by
 * a test.
 */

/** One step of a chain: a member that is read, or called. */
export interface Link {
  readonly name: string
  readonly kind: 'read' | 'call'
}

/** A chain as it is written: `this.#log.last().term` is the root `this` and three links. */
export interface Chain {
  readonly root: string
  readonly links: readonly Link[]
}

/** What is allowed. */
export interface DemeterOptions {
  /** Steps from a friend to the last call. Default 1: `friend.call()`. */
  readonly depthMax?: number
  /** Calls that give the same kind of thing again. */
  readonly fluent?: ReadonlySet<string>
  /** Roots whose first member is a friend: what the root owns. Default: `this`. */
  readonly owns?: (root: string) => boolean
}

/** A chain that reaches too far. */
export interface Stranger<Found extends Chain = Chain> {
  readonly chain: Found
  readonly depth: number
  /** As it reads in code: `this.#log.last().term`. */
  readonly text: string
}

/**
 * The chains that reach further than `depthMax`, in their order. Linear in the links.
 *
 * @example
 * ```ts
 * import { strangersIn } from '@lockstep/patterns/principles/law-of-demeter'
 *
 * const call = (name: string) => ({ name, kind: 'call' }) as const
 * const found = strangersIn([
 *   { root: 'order', links: [call('total')] },
 *   { root: 'order', links: [call('customer'), call('address'), call('city')] },
 * ])
 * if (found[0]?.text !== 'order.customer().address().city()') throw new Error('not found')
 * if (found.length !== 1 || found[0].depth !== 3) throw new Error('one, of three steps')
 * ```
 */
export function strangersIn<Found extends Chain>(
  chains: readonly Found[],
  options: DemeterOptions = {},
): readonly Stranger<Found>[] {
  const { depthMax = 1, fluent = new Set(), owns = (root) => root === 'this' } = options
  return chains.flatMap((chain) => {
    const { root, links } = chain
    const upToCall = links.slice(0, links.findLastIndex(({ kind }) => kind === 'call') + 1)
    const isOwned = owns(root) && upToCall[0]?.kind === 'read'
    const counted = (isOwned ? upToCall.slice(1) : upToCall).filter(
      ({ name, kind }) => kind === 'read' || !fluent.has(name),
    )
    if (counted.length <= depthMax) return []
    return [{ chain, depth: counted.length, text: textOf(chain) }]
  })
}

function textOf({ root, links }: Chain): string {
  return [root, ...links.map(({ name, kind }) => (kind === 'call' ? `${name}()` : name))].join('.')
}
