/**
 * SQL of one dialect: text with the values of its placeholders, joined without mixing dialects.
 */

/**
 * Parts of two dialects met in one text.
 *
 * @example
 * ```ts
 * import { MixedDialectsError, Sql } from '@lockstep/patterns/creational/sql-text'
 *
 * const foreign: string = 'mariadb'
 * try {
 *   Sql.raw<string>('postgres', 'select ').with(Sql.raw<string>(foreign, '1'))
 * } catch (error) {
 *   if (!(error instanceof MixedDialectsError)) throw error
 * }
 * ```
 */
export class MixedDialectsError extends Error {
  override readonly name = 'MixedDialectsError'

  constructor(expected: string, found: string) {
    super(`a part of dialect '${found}' in a text of '${expected}': use one family's products`)
  }
}

/** What can be bound to a placeholder. */
export type SqlValue = string | number | bigint | null

/**
 * A piece of SQL of family `F`; immutable, `with` is linear in the length of both.
 *
 * @example
 * ```ts
 * import { Sql } from '@lockstep/patterns/creational/sql-text'
 *
 * const query = Sql.raw('sqlite', 'select ').with(Sql.value('sqlite', 7))
 * if (query.render(() => '?') !== 'select ?' || query.values[0] !== 7) throw new Error('lost')
 * ```
 */
export class Sql<F extends string> {
  /** The dialect that it is written in. */
  readonly family: F
  /** The values of the placeholders, in order. */
  readonly values: readonly SqlValue[]
  readonly #texts: readonly string[]

  private constructor(family: F, texts: readonly string[], values: readonly SqlValue[]) {
    this.family = family
    this.#texts = texts
    this.values = values
  }

  /** Text as it is: never of unknown origin. */
  static raw<F extends string>(family: F, text: string): Sql<F> {
    return new Sql(family, [text], [])
  }

  /** A placeholder for one value. */
  static value<F extends string>(family: F, value: SqlValue): Sql<F> {
    return new Sql(family, ['', ''], [value])
  }

  /** This text, followed by others of the same dialect. Throws `MixedDialectsError`. */
  with(...parts: readonly Sql<NoInfer<F>>[]): Sql<F> {
    const texts = [...this.#texts]
    const values = [...this.values]
    for (const part of parts) {
      if (part.family !== this.family) throw new MixedDialectsError(this.family, part.family)
      const [first = '', ...rest] = part.#texts
      texts.push(`${texts.pop() ?? ''}${first}`, ...rest)
      values.push(...part.values)
    }
    return new Sql(this.family, texts, values)
  }

  /** The whole text; `placeholder` names the one at an index, counted from 0. */
  render(placeholder: (index: number) => string): string {
    return this.#texts.reduce((text, next, at) => `${text}${placeholder(at - 1)}${next}`)
  }
}
