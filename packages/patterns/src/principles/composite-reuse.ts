/**
 * Composite reuse: reuse by holding an object, before reuse by being one.
 *
 * ```text
 * Heir ──is──▶ Base                 compose(a, b) ──holds──▶ a
 *                                                └──holds──▶ b
 * ```
 *
 * `compose` makes one object of several without a common ancestor: every member is passed on to
 * the part that has it, and two parts with a member of the same name are refused, by the compiler
 * and at run time. `inheritanceReport` shows where a code base reuses by inheritance instead: how
 * deep, and where two ways lead to the same ancestor.
 *
 * Not where the parts must call back into the whole: then it is one object, or a strategy handed
 * to it. A subtype that keeps every promise of its base may well be a subtype.
 *
 * Lockstep uses it in `test/principles.test.ts`: a node holds its log, its progress, its store. In
 * its worlds and protocols only errors extend a class of its own, and a test keeps it so.
 */
import { view } from './interface-segregation.ts'

/** Parts whose names clash; `view` picks the members that are meant. */
export interface Clash<Name> {
  readonly clashing: Name
}

type Distinct<Parts extends readonly object[], Seen = never> = Parts extends readonly [
  infer First extends object,
  ...infer Rest extends readonly object[],
]
  ? [
      [keyof First & Seen] extends [never] ? First : Clash<keyof First & Seen>,
      ...Distinct<Rest, Seen | keyof First>,
    ]
  : []

/** All members of all parts, as they are called from outside. */
export type Composed<Parts extends readonly object[]> = Parts extends readonly [
  infer First,
  ...infer Rest extends readonly object[],
]
  ? Readonly<Pick<First, keyof First>> & Composed<Rest>
  : unknown

/**
 * Two parts have a member of the same name.
 *
 * @example
 * ```ts
 * import { ClashError, compose } from '@lockstep/patterns/principles/composite-reuse'
 *
 * try {
 *   const parts: object[] = [new Set(), new Map()]
 *   compose(...(parts as [object, object]))
 *   throw new Error('not refused')
 * } catch (error) {
 *   if (!(error instanceof ClashError)) throw error
 * }
 * ```
 */
export class ClashError extends TypeError {
  readonly member: PropertyKey

  constructor(member: PropertyKey) {
    super(`two parts have ${String(member)}; pick the one that is meant with a view`)
    this.name = 'ClashError'
    this.member = member
  }
}

/**
 * One frozen object with the members of all parts, each passed on to its part.
 *
 * @throws {ClashError} when two parts have a member of the same name.
 * @example
 * ```ts
 * import { compose } from '@lockstep/patterns/principles/composite-reuse'
 *
 * class Engine { #on = false; start() { this.#on = true } get isOn() { return this.#on } }
 * class Radio { play(song: string) { return `playing ${song}` } }
 * const car = compose(new Engine(), new Radio())
 * car.start()
 * if (!car.isOn || car.play('so what') !== 'playing so what') throw new Error('not passed on')
 * ```
 */
export function compose<const Parts extends readonly object[]>(
  ...parts: Parts & Distinct<Parts>
): Composed<Parts> {
  const whole = {}
  for (const part of parts) {
    const members = membersOf(part)
    for (const member of members) if (Object.hasOwn(whole, member)) throw new ClashError(member)
    Object.defineProperties(whole, Object.getOwnPropertyDescriptors(view(part, members)))
  }
  return Object.freeze(whole) as Composed<Parts>
}

function membersOf<Part extends object>(part: Part): (keyof Part)[] {
  const members = new Set<PropertyKey>()
  for (let at = part; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const member of Reflect.ownKeys(at)) if (member !== 'constructor') members.add(member)
  }
  return [...members] as (keyof Part)[]
}

/** A class or an interface, and what it extends; names that are not in the list count as roots. */
export interface Heir {
  readonly name: string
  readonly extends: readonly string[]
}

/** How much is reused by inheritance. */
export interface InheritanceReport {
  /** Steps to the farthest root, by name; 0 for what extends nothing. */
  readonly depths: ReadonlyMap<string, number>
  /** Types that reach an ancestor by way of two of their parents, with the nearest such ancestors. */
  readonly diamonds: readonly { readonly name: string; readonly ancestors: readonly string[] }[]
}

/**
 * Depths and diamonds of a hierarchy.
 *
 * @throws {RangeError} when a type extends itself, by whatever way.
 * @example
 * ```ts
 * import { inheritanceReport } from '@lockstep/patterns/principles/composite-reuse'
 *
 * const { depths, diamonds } = inheritanceReport([
 *   { name: 'Left', extends: ['Top'] },
 *   { name: 'Right', extends: ['Top'] },
 *   { name: 'Bottom', extends: ['Left', 'Right'] },
 * ])
 * if (depths.get('Bottom') !== 2 || diamonds[0]?.ancestors[0] !== 'Top') throw new Error('diamond')
 * ```
 */
export function inheritanceReport(heirs: readonly Heir[]): InheritanceReport {
  const parents = new Map(heirs.map((heir) => [heir.name, [...new Set(heir.extends)]]))
  const depths = new Map<string, number>()
  const lines = new Map<string, ReadonlySet<string>>()
  /** The type and all above it. */
  const lineOf = (name: string, way: readonly string[]): ReadonlySet<string> => {
    if (way.includes(name)) throw new RangeError(`in a circle: ${[...way, name].join(' > ')}`)
    const known = lines.get(name)
    if (known !== undefined) return known
    const above = parents.get(name) ?? []
    const line = new Set([name, ...above.flatMap((next) => [...lineOf(next, [...way, name])])])
    depths.set(name, Math.max(0, ...above.map((next) => 1 + (depths.get(next) ?? 0))))
    lines.set(name, line)
    return line
  }
  const diamonds = [...parents].flatMap(([name, above]) => {
    const upwards = [...lineOf(name, [])].filter((one) => one !== name)
    const shared = upwards.filter(
      (one) => above.filter((parent) => lineOf(parent, []).has(one)).length > 1,
    )
    const ancestors = shared.filter(
      (one) => !shared.some((other) => other !== one && lineOf(other, []).has(one)),
    )
    return ancestors.length === 0 ? [] : [{ name, ancestors }]
  })
  return {
    depths: new Map([...parents.keys()].map((name) => [name, depths.get(name) ?? 0])),
    diamonds,
  }
}
