import type { KvOp } from './kv/operation.ts'

/** Lines that the console understands. */
export const consoleExamples: readonly string[] = ['get x', 'put x 3', 'delete x', 'cas x 3 4']

const usages = {
  get: 'get KEY',
  put: 'put KEY VALUE',
  delete: 'delete KEY',
  cas: 'cas KEY FROM TO, where FROM may be - for a missing key',
}

/**
 * Reads a line such as `put x 3`. In `cas x - 1` the `-` stands for a missing key.
 *
 * @throws {Error} when the line cannot be read, with a sentence that says how to mend it.
 */
export function parseOperation(line: string): KvOp {
  const [verb = '', ...words] = line.trim().split(/\s+/)
  const [key, second, third] = words
  if (verb === 'get' || verb === 'delete') {
    if (key !== undefined && words.length === 1) return { type: verb, key }
  } else if (verb === 'put') {
    if (key !== undefined && second !== undefined && words.length === 2) {
      return { type: 'put', key, value: second }
    }
  } else if (verb === 'cas') {
    if (key !== undefined && second !== undefined && third !== undefined && words.length === 3) {
      return { type: 'cas', key, from: second === '-' ? null : second, to: third }
    }
  } else {
    throw new Error(`there is no '${verb}'; try one of: ${consoleExamples.join(', ')}`)
  }
  throw new Error(`expected: ${usages[verb]}`)
}
