import type { Compare, TxnOp, TxnStep } from '@lockstep/raft'

const signs = { '=': 'equal', '!=': 'not-equal', '<': 'less', '>': 'greater' } as const

const numbers = {
  version: 'version',
  created: 'createRevision',
  modified: 'modRevision',
  lease: 'lease',
} as const

const grammar = 'write if value x = 1, if version x > 0, then put x 2, then get x, else del x'

/**
 * Reads a transaction, one line for each comparison and each step:
 *
 * ```
 * if value x = 1
 * if version y > 0
 * then put x 2
 * else get x
 * ```
 *
 * A comparison is of `value`, `version`, `created`, `modified` or `lease`, by `=`, `!=`, `<` or `>`. A
 * step is `put KEY VALUE`, `get KEY` or `del KEY`. The value is the rest of its line.
 *
 * @throws {Error} when a line cannot be read, with a sentence that says how to mend it.
 */
export function parseTransaction(lines: readonly string[]): TxnOp {
  const compare: Compare[] = []
  const success: TxnStep[] = []
  const failure: TxnStep[] = []
  for (const line of lines.map((one) => one.trim()).filter(Boolean)) {
    const [, word, rest = ''] = /^(\S+)\s*(.*)$/su.exec(line) ?? []
    if (word === 'if') compare.push(compareIn(rest, line))
    else if (word === 'then') success.push(stepIn(rest, line))
    else if (word === 'else') failure.push(stepIn(rest, line))
    else throw unreadable(line)
  }
  return { type: 'txn', compare, success, failure }
}

function compareIn(text: string, line: string): Compare {
  const [, target = '', key = '', sign = '', than = ''] =
    /^(\S+)\s+(\S+)\s+(=|!=|<|>)\s+(.*)$/su.exec(text) ?? []
  const is = Object.hasOwn(signs, sign) ? signs[sign as keyof typeof signs] : undefined
  if (is === undefined) throw unreadable(line)
  if (target === 'value') return { key, is, target, than }
  const number = Number(than)
  if (!Object.hasOwn(numbers, target) || than === '' || !Number.isSafeInteger(number)) {
    throw unreadable(line)
  }
  return { key, is, target: numbers[target as keyof typeof numbers], than: number }
}

function stepIn(text: string, line: string): TxnStep {
  const [, verb, key = '', , value] = /^(\S+)\s+(\S+)(\s+(.*))?$/su.exec(text) ?? []
  if (verb === 'put' && value !== undefined) return { type: 'put', key, value }
  if (verb === 'get' && value === undefined) return { type: 'range', key }
  if (verb === 'del' && value === undefined) return { type: 'delete-range', key }
  throw unreadable(line)
}

function unreadable(line: string): Error {
  return new Error(`'${line}' is no line of a transaction: ${grammar}.`)
}
