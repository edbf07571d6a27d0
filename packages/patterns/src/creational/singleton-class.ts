/**
 * A class of one instance that resists those who want a second.
 *
 * ```text
 * sole(name, Class) ──▶ new Class()      once, and it is frozen
 * new Class() by anybody else ──▶ SoleError
 * ```
 *
 * `extends Sole` and `sole(name, Class)`: the constructor runs for `sole` alone. The attacks known
 * from Java, and what stops them here:
 *
 * | attack | answer |
 * |---|---|
 * | `new`, `Reflect.construct`, a subclass, `instance.constructor` | the constructor wants to be the one under construction (`new.target`) |
 * | a forged `Object.create(Class.prototype)` | `is` compares identity, which no forgery has |
 * | spread, `structuredClone` | the copy is not the instance, and `is` says so |
 * | serialisation | `toJSON` writes a mark, `reviveSole` reads it back as the instance |
 * | tampering with the instance | it is frozen; state that changes lives in `#private` fields |
 * | a second copy of the module | the instance is kept by name for the realm (`registered`) |
 *
 * Not a security boundary: code that runs before yours can replace `Reflect` or the class itself.
 *
 * Lockstep does without: what there is one of is handed to those who need it, so that tests have
 * their own.
 */
import { registered } from './singleton.ts'

/** What was tried on a class of one instance. */
export type SoleFault = 'constructed' | 'unknown-name'

/**
 * Somebody constructed a `Sole` by hand, or a text names one that this program has not.
 *
 * @example
 * ```ts
 * import { Sole, SoleError, sole } from '@lockstep/patterns/creational/singleton-class'
 *
 * class Ledger extends Sole {}
 * sole('example/guarded-ledger', Ledger)()
 * try {
 *   throw new Error(`a second ledger: ${new Ledger()}`)
 * } catch (error) {
 *   if (!(error instanceof SoleError)) throw error
 * }
 * ```
 */
export class SoleError extends Error {
  override readonly name = 'SoleError'
  readonly code: SoleFault

  constructor(code: SoleFault, subject: string) {
    super(
      code === 'constructed'
        ? `${subject} has one instance: ask the function that sole() gave for it`
        : `no sole instance is known as '${subject}': declare it by sole() before reviving`,
    )
    this.code = code
  }
}

let underConstruction: unknown

/**
 * The base of classes whose only constructor call is made by `sole`.
 *
 * @example
 * ```ts
 * import { Sole, sole } from '@lockstep/patterns/creational/singleton-class'
 *
 * class Counter extends Sole {
 *   #count = 0
 *   next(): number {
 *     return ++this.#count
 *   }
 * }
 * const counter = sole('example/counter', Counter)
 * if (counter().next() + counter().next() !== 3) throw new Error('two counters')
 * ```
 */
// oxlint-disable-next-line typescript/no-extraneous-class -- the constructor is the guard
export abstract class Sole {
  constructor() {
    const allowed = underConstruction
    underConstruction = undefined
    if (allowed !== new.target) throw new SoleError('constructed', new.target.name)
  }
}

/** Gives the one instance, and tells it from all that looks like it. */
export interface SoleAccess<T extends Sole> {
  (): T
  /** Whether a value is the instance; no copy and no forgery is. */
  is(value: unknown): value is T
}

const markKey = '$sole'
const known = new Map<string, () => Sole>()

/**
 * Declares the one instance of a class, under a name that is unique in the realm.
 *
 * The instance is made and frozen on first use, and serialises as a mark of its name.
 *
 * @example
 * ```ts
 * import { Sole, sole } from '@lockstep/patterns/creational/singleton-class'
 *
 * class Printer extends Sole {}
 * const printer = sole('example/printer', Printer)
 * if (!printer.is(printer()) || printer.is({ ...printer() })) throw new Error('fooled')
 * ```
 */
export function sole<T extends Sole>(name: string, Class: new () => T): SoleAccess<T> {
  const instance = registered(`sole:${name}`, () => {
    underConstruction = Class
    try {
      const made = new Class()
      const toJSON = { value: () => ({ [markKey]: name }) }
      return Object.freeze(Object.defineProperties(made, { toJSON }))
    } finally {
      underConstruction = undefined
    }
  })
  known.set(name, instance)
  const access = Object.assign(() => instance(), {
    is: (value: unknown): value is T => value === instance(),
  })
  return Object.freeze(access)
}

/**
 * A reviver for `JSON.parse` that puts the instances back where their marks stand.
 *
 * Throws `SoleError` 'unknown-name' at a mark of a name that was not declared by `sole`.
 *
 * @example
 * ```ts
 * import { Sole, reviveSole, sole } from '@lockstep/patterns/creational/singleton-class'
 *
 * class Zone extends Sole {}
 * const zone = sole('example/zone', Zone)
 * const back = JSON.parse(JSON.stringify({ zone: zone() }), reviveSole) as { zone: Zone }
 * if (back.zone !== zone()) throw new Error('a second zone')
 * ```
 */
export function reviveSole(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return value
  const name: unknown = (value as Record<string, unknown>)[markKey]
  if (typeof name !== 'string') return value
  const instance = known.get(name)
  if (instance === undefined) throw new SoleError('unknown-name', name)
  return instance()
}
