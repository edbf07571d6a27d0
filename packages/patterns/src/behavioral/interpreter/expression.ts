/**
 * Interpreter: a small language for conditions and texts over data, in the manner of SpEL.
 *
 * ```text
 * text ── tokens ──▶ parser ──▶ tree ── evaluator ──▶ value      an error knows its column
 * ```
 *
 * Intent: let a person or a configuration say what to look for, as text that is read once into a
 * tree and evaluated against many values. The tree is the grammar; each kind of node has one meaning.
 *
 * The language: numbers, `'text'`, `true`, `null`, `{1, 2}`, `{key: value}`; `+ - * / % ^`,
 * comparisons, `&& || !` (or `and or not eq lt …`); `a ? b : c`, `a ?: b`; `name`, `a.b`, `a.b(c)`,
 * `a[i]`, `a?.b` (null if a is null); `list.?[condition]`, `.^[…]` the first, `.$[…]` the last,
 * `list.![value]`; `#name` a variable, `#name(…)` a function, `#this`, `#root`.
 * Conditions take true, false and null; nothing else is converted. Both comparisons and sums refuse
 * what does not fit, with the column.
 *
 * When not to use it: if code can say it. A predicate in TypeScript is typed, quicker and debuggable.
 * A language pays where the text comes from outside, as in a watch or a breakpoint.
 *
 * Safe is the default: only own data properties, no prototypes, no getters, functions only where
 * they are called. What own methods and functions do is up to the one who put them there.
 *
 * Lockstep uses it for the conditions that people watch and stop at, on the page
 * (`apps/playground/src/page/app/watches.ts`, `apps/playground/src/page/conditions/stops.ts`) and at
 * the command line (`apps/playground/src/conditions/run-until.ts`,
 * `apps/playground/src/cli/run.ts`, `apps/playground/src/cli/arguments.ts`).
 */
import type { Access } from './access.ts'
import { ExpressionError } from './errors.ts'
import { evaluateTree, isPlain, type Scope } from './evaluator.ts'
import { parse } from './parser.ts'
import { print } from './printer.ts'
import type { Tree } from './tree.ts'

/** What an evaluation may see besides its root. */
export interface EvaluateOptions {
  /** For `#name` and `#name(…)`. */
  readonly variables?: Readonly<Record<string, unknown>>
  /** `safe` unless said otherwise. */
  readonly access?: Access
  /** Whether a property that is not there is null instead of an error. False by default. */
  readonly lenient?: boolean
}

function scopeOf(root: unknown, options: EvaluateOptions): Scope {
  return {
    root,
    variables: new Map(Object.entries(options.variables ?? {})),
    access: options.access ?? 'safe',
    lenient: options.lenient ?? false,
  }
}

/**
 * An expression that was read, ready for many evaluations.
 *
 * @example
 * ```ts
 * import { Expression } from '@lockstep/patterns/behavioral/interpreter/expression'
 *
 * const breakpoint = new Expression("nodes.n1.role == 'leader' && nodes.n1.term > 3")
 * const world = { nodes: { n1: { role: 'leader', term: 4 } } }
 * if (!breakpoint.holds(world)) throw new Error('n1 leads in term 4')
 * ```
 */
export class Expression {
  readonly text: string
  readonly #tree: Tree

  /** @throws {ExpressionError} `syntax` or `too-long`. */
  constructor(text: string) {
    const [tree, end] = parse(text)
    if (end < text.length) {
      throw new ExpressionError('syntax', 'nothing opened this }', text, end + 1)
    }
    this.text = text
    this.#tree = tree
  }

  /** The value against `root`; what is not there is null. @throws {ExpressionError} */
  evaluate(root: unknown, options: EvaluateOptions = {}): unknown {
    return evaluateTree(this.#tree, this.text, scopeOf(root, options))
  }

  /** As `evaluate`, for conditions: null is false. @throws {ExpressionError} `type` otherwise. */
  holds(root: unknown, options: EvaluateOptions = {}): boolean {
    const value = this.evaluate(root, options) ?? false
    if (typeof value === 'boolean') return value
    throw new ExpressionError('type', 'a condition is true or false', this.text, this.#tree.column)
  }

  /** The same expression with every operation in parentheses. */
  toString(): string {
    return print(this.#tree)
  }
}

/**
 * A text with expressions in it, each in `#{…}`.
 *
 * @example
 * ```ts
 * import { Template } from '@lockstep/patterns/behavioral/interpreter/expression'
 *
 * const line = new Template('#{id} leads term #{term + 1}').render({ id: 'n1', term: 3 })
 * if (line !== 'n1 leads term 4') throw new Error(line)
 * ```
 */
export class Template {
  readonly text: string
  readonly #parts: readonly (string | Tree)[]

  /** @throws {ExpressionError} `syntax` or `too-long`; the column counts in the whole text. */
  constructor(text: string) {
    const parts: (string | Tree)[] = []
    let at = 0
    for (let open = text.indexOf('#{'); open !== -1; open = text.indexOf('#{', at)) {
      const [tree, end] = parse(text, open + 2)
      if (end >= text.length) {
        throw new ExpressionError('syntax', 'this #{ is not closed', text, open + 1)
      }
      parts.push(text.slice(at, open), tree)
      at = end + 1
    }
    this.text = text
    this.#parts = [...parts, text.slice(at)]
  }

  /** The text with the values in it; null is empty. @throws {ExpressionError} `type` for objects. */
  render(root: unknown, options: EvaluateOptions = {}): string {
    const scope = scopeOf(root, options)
    const texts = this.#parts.map((part) => {
      if (typeof part === 'string') return part
      const value = evaluateTree(part, this.text, scope) ?? ''
      if (isPlain(value)) return String(value)
      throw new ExpressionError('type', 'an object is no text', this.text, part.column)
    })
    return texts.join('')
  }
}
