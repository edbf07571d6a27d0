/**
 * The class picture of a traced run: which types took part, and how they know each other. What is
 * declared (inherits, implements, has) comes from the experiment; what happened (creates, uses)
 * comes from the run.
 */
import type { Moment } from './tracer.ts'

/** What a type is. An `actor` stands outside, as the code that uses the pattern. */
export type TypeKind = 'class' | 'abstract class' | 'interface' | 'function' | 'object' | 'actor'

/** What an experiment says of a type; the names are those of other types. */
export interface TypeSpec {
  readonly kind: TypeKind
  readonly extends?: string
  readonly implements?: readonly string[]
  readonly has?: readonly string[]
}

/** A type, with the methods that were called on it. */
export interface PicturedType {
  readonly name: string
  readonly kind: TypeKind
  readonly methods: readonly string[]
}

/** How one type knows another. */
export interface Relation {
  readonly from: string
  readonly to: string
  readonly kind: 'extends' | 'implements' | 'has' | 'creates' | 'uses'
}

/** Types and their relations. */
export interface ClassPicture {
  readonly types: readonly PicturedType[]
  readonly relations: readonly Relation[]
}

/**
 * The picture of a run. `participants` maps each to its type; a type without a spec is an actor.
 *
 * A type that has or extends another one uses it anyway, so that is not said twice.
 *
 * @example
 * ```ts
 * import { classPictureOf, Tracer } from '@lockstep/patterns/lab'
 *
 * const trace = new Tracer(['client', 'list'])
 * trace.between('client', 'list', new Set([1])).has(1)
 * const picture = classPictureOf({ client: 'Client', list: 'Set' }, { Set: { kind: 'class' } }, trace.moments)
 * if (picture.types[1]?.methods[0] !== 'has' || picture.relations[0]?.kind !== 'uses') throw new Error('lost')
 * ```
 */
export function classPictureOf(
  participants: Readonly<Record<string, string>>,
  specs: Readonly<Record<string, TypeSpec>>,
  moments: readonly Moment[],
): ClassPicture {
  const typeOf = new Map(Object.entries(participants))
  const methods = new Map<string, Set<string>>()
  const relations = new Map<string, Relation>()
  const relate = (from: string, to: string, kind: Relation['kind']): void => {
    if (from !== to) relations.set(`${from} ${kind} ${to}`, { from, to, kind })
  }
  for (const name of [...typeOf.values(), ...Object.keys(specs)]) methods.set(name, new Set())
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.extends !== undefined) relate(name, spec.extends, 'extends')
    for (const other of spec.implements ?? []) relate(name, other, 'implements')
    for (const other of spec.has ?? []) relate(name, other, 'has')
  }
  const isKnown = (from: string, to: string): boolean =>
    [...relations.values()].some(
      (known) => known.kind !== 'creates' && known.from === from && known.to === to,
    )
  for (const moment of moments) {
    if (moment.type !== 'call' && moment.type !== 'create') continue
    const from = typeOf.get(moment.caller) ?? moment.caller
    const to = typeOf.get(moment.callee) ?? moment.callee
    if (moment.type === 'create') relate(from, to, 'creates')
    else if (!isKnown(from, to)) relate(from, to, 'uses')
    if (moment.method !== '') methods.get(to)?.add(moment.method)
  }
  return {
    types: [...methods].map(([name, called]) => ({
      name,
      kind: specs[name]?.kind ?? 'actor',
      methods: [...called],
    })),
    relations: [...relations.values()],
  }
}
