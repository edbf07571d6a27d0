/**
 * Single responsibility: a class has one reason to change.
 *
 * ```text
 * add, list ──▶ #names        two clusters that share no field: two classes in one
 * count, total ──▶ #sum
 * ```
 *
 * Reasons cannot be counted, but what hangs together can: `cohesionOf` joins methods that touch the
 * same field or call each other (LCOM4, Hitz and Montazeri 1995). Clusters that share nothing are
 * classes that happen to live in one; each can be taken out without touching the others.
 *
 * Not a proof: one cluster may still serve two masters, joined by one shared field. And not for
 * records, adapters and fakes, whose methods answer to an interface and need not know each other.
 *
 * Lockstep uses it in `test/principles.test.ts`: in its worlds and protocols no class has two
 * clusters of several methods.
 */

/** A method and what it uses of its own object. */
export interface Method {
  readonly name: string
  /** Fields, accessors and methods, by name; names that no method shares are fields. */
  readonly uses: readonly string[]
}

/** What hangs together in a class. */
export interface Cohesion {
  /** Names of methods, each cluster in the order of the class; more than one is a finding. */
  readonly clusters: readonly (readonly string[])[]
  /** Methods that use nothing of the object, and that no other method uses: they could be functions. */
  readonly stateless: readonly string[]
}

/**
 * The clusters of a class. The constructor is left out: it sees all fields.
 *
 * O(n log n) in the number of uses: a union of sets with path halving.
 *
 * @example
 * ```ts
 * import { cohesionOf } from '@lockstep/patterns/principles/single-responsibility'
 *
 * const { clusters } = cohesionOf([
 *   { name: 'add', uses: ['items'] },
 *   { name: 'total', uses: ['items'] },
 *   { name: 'print', uses: ['printer'] },
 * ])
 * if (clusters.length !== 2) throw new Error('a basket that prints is two things')
 * ```
 */
export function cohesionOf(methods: readonly Method[]): Cohesion {
  const above = new Map<string, string>()
  const rootOf = (name: string): string => {
    let at = name
    for (;;) {
      const next = above.get(at) ?? at
      if (next === at) return at
      const afterNext = above.get(next) ?? next
      above.set(at, afterNext)
      at = afterNext
    }
  }
  const counted = methods.filter(({ name }) => name !== 'constructor')
  const touched = new Set<string>()
  for (const { name, uses } of counted) {
    for (const used of uses) {
      if (used === name) continue
      touched.add(name).add(used)
      above.set(rootOf(used), rootOf(name))
    }
  }
  const clusters = new Map<string, string[]>()
  for (const name of new Set(counted.map((method) => method.name))) {
    if (!touched.has(name)) continue
    const root = rootOf(name)
    clusters.set(root, [...(clusters.get(root) ?? []), name])
  }
  const stateless = counted.map(({ name }) => name).filter((name) => !touched.has(name))
  return { clusters: [...clusters.values()], stateless }
}
