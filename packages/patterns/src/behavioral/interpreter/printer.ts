/** From a tree back to text, with every operation in parentheses. */
import { isReserved } from './tokens.ts'
import type { Pick, Tree } from './tree.ts'

const SIGNS: Readonly<Record<Pick, string>> = { all: '?', first: '^', last: '$' }

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** As `print`, with parentheses around what has an operator of its own. */
function closed(tree: Tree): string {
  const open = /^(?:unary|binary|ternary|elvis)$/.test(tree.type)
  return open ? `(${print(tree)})` : print(tree)
}

function list(trees: readonly Tree[]): string {
  return trees.map(print).join(', ')
}

function member(target: Tree, safe: boolean, name: string): string {
  const bare = target.type === 'variable' && target.name === 'this' && !safe
  if (bare && !isReserved(/^[^(]*/.exec(name)?.[0] ?? '')) return name
  return `${closed(target)}${safe ? '?' : ''}.${name}`
}

/**
 * Writes a tree as an expression that reads as the same tree.
 *
 * @example
 * ```ts
 * import { parse } from '@lockstep/patterns/behavioral/interpreter/parser'
 * import { print } from '@lockstep/patterns/behavioral/interpreter/printer'
 *
 * const text = print(parse('1+2*3')[0])
 * if (text !== '1 + (2 * 3)') throw new Error(text)
 * ```
 */
export function print(tree: Tree): string {
  switch (tree.type) {
    case 'literal':
      return typeof tree.value === 'string' ? quoted(tree.value) : String(tree.value)
    case 'variable':
      return `#${tree.name}`
    case 'list':
      return `{${list(tree.elements)}}`
    case 'map': {
      const entries = tree.entries.map(([key, value]) => `${quoted(key)}: ${print(value)}`)
      return `{${entries.join(', ') || ':'}}`
    }
    case 'unary':
      return `${tree.operator}${closed(tree.operand)}`
    case 'binary':
      return `${closed(tree.left)} ${tree.operator} ${closed(tree.right)}`
    case 'ternary':
      return `${closed(tree.condition)} ? ${closed(tree.whenTrue)} : ${closed(tree.whenFalse)}`
    case 'elvis':
      return `${closed(tree.value)} ?: ${closed(tree.otherwise)}`
    case 'property':
      return member(tree.target, tree.safe, tree.name)
    case 'method':
      return member(tree.target, tree.safe, `${tree.name}(${list(tree.args)})`)
    case 'call':
      return `#${tree.name}(${list(tree.args)})`
    case 'index':
      return `${closed(tree.target)}${tree.safe ? '?.' : ''}[${print(tree.index)}]`
    case 'selection': {
      const opening = `${tree.safe ? '?.' : '.'}${SIGNS[tree.pick]}`
      return `${closed(tree.target)}${opening}[${print(tree.condition)}]`
    }
    case 'projection':
      break
  }
  return `${closed(tree.target)}${tree.safe ? '?.' : '.'}![${print(tree.value)}]`
}
