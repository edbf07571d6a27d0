import { IdError } from '../id-error.ts'

const longest = 60

/**
 * A name as it may stand in SQL without quotes.
 *
 * @throws {IdError} `invalid-option` for whatever could be read as anything but a name.
 */
export function identifier(name: string): string {
  if (name.length <= longest && /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(name)) return name
  const text = `'${name}' cannot name a table or sequence: use up to ${longest} letters, digits and '_'`
  throw new IdError('invalid-option', text)
}
