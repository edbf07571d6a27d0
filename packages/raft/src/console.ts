import type { StoreOp } from './kv/operation.ts'

/** Lines that the console understands. */
export const consoleExamples: readonly string[] = [
  'get x',
  'put x 3',
  'delete x',
  'cas x 3 4',
  'range a z',
  'grant 7 2000',
]

const usages: ReadonlyMap<string, string> = new Map(
  Object.entries({
    get: 'get KEY',
    put: 'put KEY VALUE',
    delete: 'delete KEY',
    cas: 'cas KEY FROM TO, where FROM may be - for a missing key',
    range: 'range KEY END, for the keys from KEY on that are below END',
    grant: 'grant LEASE MS, where LEASE is a number from 1 on',
    revoke: 'revoke LEASE',
    'keep-alive': 'keep-alive LEASE',
    compact: 'compact REVISION',
  }),
)

/**
 * Reads a line such as `put x 3`. In `cas x - 1` the `-` stands for a missing key.
 *
 * @throws {Error} when the line cannot be read, with a sentence that says how to mend it.
 */
export function parseOperation(line: string): StoreOp {
  const [verb = '', ...words] = line.trim().split(/\s+/)
  const usage = usages.get(verb)
  if (usage === undefined) {
    throw new Error(`there is no '${verb}'; try one of: ${consoleExamples.join(', ')}`)
  }
  const op = operationOf(verb, words) ?? countedOf(verb, words.map(Number))
  if (op === undefined) throw new Error(`expected: ${usage}`)
  return op
}

/** An operation whose words are keys and values. */
function operationOf(verb: string, words: readonly string[]): StoreOp | undefined {
  const [key, second, third] = words
  if (key === undefined) return undefined
  if ((verb === 'get' || verb === 'delete') && words.length === 1) return { type: verb, key }
  if (second === undefined) return undefined
  if (verb === 'put' && words.length === 2) return { type: 'put', key, value: second }
  if (verb === 'range' && words.length === 2) return { type: 'range', key, end: second }
  if (verb !== 'cas' || third === undefined || words.length !== 3) return undefined
  return { type: 'cas', key, from: second === '-' ? null : second, to: third }
}

/** An operation whose words are numbers from 1 on. */
function countedOf(verb: string, numbers: readonly number[]): StoreOp | undefined {
  const [first, second] = numbers
  if (first === undefined || !numbers.every((one) => Number.isSafeInteger(one) && one > 0)) {
    return undefined
  }
  if (verb === 'grant' && second !== undefined && numbers.length === 2) {
    return { type: 'grant', lease: first, ttlMs: second }
  }
  if (numbers.length !== 1) return undefined
  if (verb === 'compact') return { type: 'compact', revision: first }
  return verb === 'revoke' || verb === 'keep-alive' ? { type: verb, lease: first } : undefined
}
