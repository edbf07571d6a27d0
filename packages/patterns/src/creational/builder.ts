/**
 * Builder: an object is put together step by step, and the type says which steps are left.
 *
 * ```text
 * stagedBuilder ─▶ host(…) ─▶ port(…) ─▶ tls(…)? retries(…)? ─▶ build()
 *                  each step gives a new builder, with what is left to say in its type
 * ```
 *
 * `stagedBuilder` asks for the required fields one after the other, in the order that was declared:
 * each stage has one method, so a forgotten or a swapped field does not compile. After the last one
 * come the optional fields in any order, and `build`. Every step gives a new builder, so that one
 * half-filled builder can be the start of many.
 *
 * Callers without types are held to the same: a step out of order or a build too early throws.
 *
 * Not where an object literal would do: literals name their fields and check them as well. Use it
 * when steps depend on each other, when the result is validated, or when partial builds are shared.
 *
 * Lockstep has the idea in `apps/playground/src/session/rows.ts`: the rows of a frame are put
 * together one by one and taken out as a whole.
 */

/** What went wrong in building. */
export type BuilderFault = 'out-of-order' | 'missing' | 'invalid' | 'reserved'

/**
 * A step was taken out of order, a required field is missing, or the result is not valid.
 *
 * @example
 * ```ts
 * import { BuilderError, stagedBuilder } from '@lockstep/patterns/creational/builder'
 *
 * const ports = stagedBuilder<{ port: number }>()(['port'], {}, ({ port }) =>
 *   port > 0 ? undefined : 'port is above 0',
 * )
 * try {
 *   ports.start().port(-1).build()
 * } catch (error) {
 *   if (!(error instanceof BuilderError) || error.code !== 'invalid') throw error
 * }
 * ```
 */
export class BuilderError extends Error {
  override readonly name = 'BuilderError'
  readonly code: BuilderFault

  constructor(code: BuilderFault, message: string) {
    super(message)
    this.code = code
  }
}

/** The builder before its next required field: it has that one method. */
export type Stage<T, Order extends readonly PropertyKey[]> = Order extends readonly [
  infer Next extends keyof T,
  ...infer Rest extends readonly PropertyKey[],
]
  ? { readonly [K in Next]: (value: T[K]) => Stage<T, Rest> }
  : Final<T>

/** The builder that has all required fields: any field can be set, again too. */
export type Final<T> = {
  readonly [K in keyof T]-?: (value: T[K]) => Final<T>
} & {
  /** The object. Throws `BuilderError` 'invalid'. */
  build(): T
}

/** The fields that have no default. */
type Due<T, Defaults> = Exclude<keyof T, keyof Defaults>

/** Says when `Order` leaves out or repeats a required field. */
type CheckedOrder<T, Defaults, Order extends readonly PropertyKey[]> =
  Exclude<Due<T, Defaults>, Order[number]> extends never ? Order : never

/** Where builders of one kind of object begin. */
export interface Builders<T, Order extends readonly PropertyKey[]> {
  /** A builder that has nothing but the defaults. */
  start(): Stage<T, Order>
  /** A builder that has all fields of an object: `from(x).build()` equals x. */
  from(object: T): Final<T>
}

/**
 * Declares the builders of `T`: the required fields in order, defaults for all others, and a check
 * that says what is wrong with a result, if anything.
 *
 * Called in two steps, since `T` is named and the rest is inferred. Throws `BuilderError` 'reserved'
 * if a field is named `build`.
 *
 * @example
 * ```ts
 * import { stagedBuilder } from '@lockstep/patterns/creational/builder'
 *
 * interface Job {
 *   name: string
 *   command: string
 *   retries: number
 * }
 * const jobs = stagedBuilder<Job>()(['name', 'command'], { retries: 0 })
 * const nightly = jobs.start().name('nightly')
 * const job = nightly.command('backup').retries(3).build()
 * if (job.name !== 'nightly' || job.retries !== 3) throw new Error('lost a field')
 * ```
 */
export function stagedBuilder<T extends object>(): <
  const Order extends readonly (keyof T & string)[],
  Defaults extends Partial<T>,
>(
  order: Order & CheckedOrder<T, Defaults, Order>,
  defaults: Defaults,
  check?: (object: T) => string | undefined,
) => Builders<T, Order> {
  return (order, defaults, check = () => undefined) => {
    const names: readonly string[] = order
    const all = new Set([...names, ...Object.keys(defaults)])
    if (all.has('build')) throw new BuilderError('reserved', "a field cannot be named 'build'")
    const kind: Kind = { order: names, all, check: (object) => check(object as T) }
    return {
      start: () =>
        builderAt(kind, { ...defaults }, 0) as ReturnType<Builders<T, typeof order>['start']>,
      from: (object) => builderAt(kind, { ...(object as Fields) }, names.length) as Final<T>,
    }
  }
}

interface Kind {
  readonly order: readonly string[]
  readonly all: ReadonlySet<string>
  readonly check: (object: unknown) => string | undefined
}

type Fields = Readonly<Record<string, unknown>>

/** A builder that holds `fields`, among them the first `stage` required ones. */
function builderAt(kind: Kind, fields: Fields, stage: number): unknown {
  const next = kind.order[stage]
  const set = (name: string, value: unknown): unknown => {
    if (next !== undefined && name !== next)
      throw new BuilderError('out-of-order', `'${name}' was set where '${next}' is due`)
    return builderAt(kind, { ...fields, [name]: value }, Math.min(stage + 1, kind.order.length))
  }
  const names = new Set([...kind.all, ...Object.keys(fields)])
  return Object.freeze({
    ...Object.fromEntries([...names].map((name) => [name, (value: unknown) => set(name, value)])),
    build: () => built(kind, fields, next),
  })
}

function built(kind: Kind, fields: Fields, next: string | undefined): Fields {
  if (next !== undefined) throw new BuilderError('missing', `'${next}' is due before build`)
  const object = { ...fields }
  const complaint = kind.check(object)
  if (complaint !== undefined) throw new BuilderError('invalid', complaint)
  return object
}
