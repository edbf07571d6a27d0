/** The meaning of each kind of node: a tree and a scope give a value. */
import {
  type Access,
  AccessError,
  call,
  callMethod,
  elementsOf,
  readIndex,
  readProperty,
} from './access.ts'
import { ExpressionError } from './errors.ts'
import type { BinaryOperator, Step, Tree } from './tree.ts'

/** What an expression is evaluated against. */
export interface Scope {
  /** For `#name` and `#name(…)`; functions among them can be called. */
  readonly variables: ReadonlyMap<string, unknown>
  readonly access: Access
  /** Whether a property that is not there is null, instead of an `unknown-name`. */
  readonly lenient: boolean
  readonly root: unknown
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

function nameOf(value: unknown): string {
  return isNothing(value) ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/**
 * Whether a value has a text that says all of it.
 *
 * @example
 * ```ts
 * import { isPlain } from '@lockstep/patterns/behavioral/interpreter/evaluator'
 *
 * if (!isPlain(3) || isPlain([3])) throw new Error('a list is not plain')
 * ```
 */
export function isPlain(value: unknown): value is string | number | boolean {
  return isText(value) || typeof value === 'number' || typeof value === 'boolean'
}

function calculate(operator: BinaryOperator, left: number, right: number): number | undefined {
  if (operator === '+') return left + right
  if (operator === '-') return left - right
  if (operator === '*') return left * right
  if (operator === '/') return left / right
  if (operator === '%') return left % right
  return operator === '^' ? left ** right : undefined
}

function compare<T extends string | number>(
  operator: BinaryOperator,
  left: T,
  right: T,
): boolean | undefined {
  if (operator === '<') return left < right
  if (operator === '<=') return left <= right
  if (operator === '>') return left > right
  return operator === '>=' ? left >= right : undefined
}

/** Walks a tree. `#this` is its state: what bare names are looked up in. */
class Evaluator {
  readonly #text: string
  readonly #scope: Scope

  constructor(text: string, scope: Scope) {
    this.#text = text
    this.#scope = scope
  }

  value(tree: Tree, here: unknown): unknown {
    switch (tree.type) {
      case 'literal':
        return tree.value
      case 'variable':
        return this.#variable(tree.name, here, tree)
      case 'list':
        return tree.elements.map((element) => this.value(element, here))
      case 'map': {
        const map = Object.create(null) as Record<string, unknown>
        for (const [key, value] of tree.entries) map[key] = this.value(value, here)
        return map
      }
      case 'unary':
        return this.#unary(tree, here)
      case 'binary':
        return this.#binary(tree, here)
      case 'ternary':
        return this.#holds(tree.condition, here)
          ? this.value(tree.whenTrue, here)
          : this.value(tree.whenFalse, here)
      case 'elvis': {
        const value = this.value(tree.value, here)
        return isNothing(value) || value === '' ? this.value(tree.otherwise, here) : value
      }
      case 'call':
        return this.#call(tree.name, this.#all(tree.args, here), tree)
      case 'property':
      case 'method':
      case 'index':
      case 'selection':
      case 'projection':
        break
    }
    return this.#step(tree, here)
  }

  #all(trees: readonly Tree[], here: unknown): readonly unknown[] {
    return trees.map((tree) => this.value(tree, here))
  }

  #error(code: ExpressionError['code'], problem: string, at: Tree, cause?: unknown): Error {
    return new ExpressionError(code, problem, this.#text, at.column, { cause })
  }

  #located<T>(at: Tree, access: () => T): T {
    try {
      return access()
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      throw this.#error(error.code, error.message, at, error.cause)
    }
  }

  #holds(tree: Tree, here: unknown): boolean {
    const value = this.value(tree, here)
    if (isNothing(value)) return false
    if (typeof value === 'boolean') return value
    throw this.#error('type', `a condition is true or false, not ${nameOf(value)}`, tree)
  }

  #variable(name: string, here: unknown, at: Tree): unknown {
    if (name === 'this') return here
    if (name === 'root') return this.#scope.root
    const value = this.#scope.variables.get(name)
    if (value === undefined && !this.#scope.variables.has(name)) {
      throw this.#error('unknown-name', `there is no variable #${name}`, at)
    }
    if (typeof value !== 'function') return value ?? null
    throw this.#error('refused', `#${name} is a function`, at)
  }

  #call(name: string, args: readonly unknown[], at: Tree): unknown {
    const callee = this.#scope.variables.get(name)
    return this.#located(at, () => call(callee, undefined, `#${name}`, args)) ?? null
  }

  #unary(tree: Tree & { readonly type: 'unary' }, here: unknown): unknown {
    if (tree.operator === '!') return !this.#holds(tree.operand, here)
    const value = this.value(tree.operand, here)
    if (typeof value === 'number') return tree.operator === '-' ? -value : value
    throw this.#error('type', `${tree.operator} needs a number, not ${nameOf(value)}`, tree)
  }

  #binary(tree: Tree & { readonly type: 'binary' }, here: unknown): unknown {
    const { operator } = tree
    if (operator === '&&') return this.#holds(tree.left, here) && this.#holds(tree.right, here)
    if (operator === '||') return this.#holds(tree.left, here) || this.#holds(tree.right, here)
    const left = this.value(tree.left, here) ?? null
    const right = this.value(tree.right, here) ?? null
    if (operator === '==') return left === right
    if (operator === '!=') return left !== right
    let result: unknown
    if (typeof left === 'number' && typeof right === 'number') {
      result = calculate(operator, left, right) ?? compare(operator, left, right)
    } else if (isText(left) && isText(right)) {
      result = operator === '+' ? left + right : compare(operator, left, right)
    } else if (operator === '+' && (isText(left) || isText(right))) {
      if (isPlain(left) && isPlain(right)) return `${left}${right}`
    }
    if (result !== undefined) return result
    const problem = `${operator} does not take ${nameOf(left)} and ${nameOf(right)}`
    throw this.#error('type', problem, tree)
  }

  #step(tree: Exclude<Step, { readonly type: 'call' }>, here: unknown): unknown {
    const target = this.value(tree.target, here)
    if (isNothing(target)) {
      if (tree.safe) return null
      throw this.#error('null-access', 'this is a part of null', tree)
    }
    return this.#located(tree, () => this.#part(tree, target, here)) ?? null
  }

  #part(tree: Exclude<Step, { readonly type: 'call' }>, target: unknown, here: unknown): unknown {
    const { access } = this.#scope
    if (tree.type === 'property') {
      const value = readProperty(target, tree.name, access)
      if (value !== undefined || this.#scope.lenient) return value
      throw this.#error('unknown-name', `there is no property ${tree.name}`, tree)
    }
    if (tree.type === 'method') {
      return callMethod(target, tree.name, this.#all(tree.args, here), access)
    }
    if (tree.type === 'index') return readIndex(target, this.value(tree.index, here), access)
    const elements = elementsOf(target, access)
    if (tree.type === 'projection')
      return elements.map((element) => this.value(tree.value, element))
    const chosen = (element: unknown): boolean => this.#holds(tree.condition, element)
    if (tree.pick === 'first') return elements.find(chosen)
    return tree.pick === 'last' ? elements.findLast(chosen) : elements.filter(chosen)
  }
}

/**
 * Evaluates a tree that was read from `text`.
 *
 * @example
 * ```ts
 * import { evaluateTree } from '@lockstep/patterns/behavioral/interpreter/evaluator'
 *
 * const scope = { variables: new Map(), access: 'safe', lenient: false, root: { n: 2 } } as const
 * const tree = { type: 'property', target: { type: 'variable', name: 'root', column: 1 }, name: 'n' } as const
 * const value = evaluateTree({ ...tree, safe: false, column: 1 }, 'n', scope)
 * if (value !== 2) throw new Error(String(value))
 * ```
 */
export function evaluateTree(tree: Tree, text: string, scope: Scope): unknown {
  return new Evaluator(text, scope).value(tree, scope.root) ?? null
}
