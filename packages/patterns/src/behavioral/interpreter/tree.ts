/** The grammar as types: what an expression is once it was read. */

/** Operators between two values. */
export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'

/** The ways to take elements out of a collection. */
export type Pick = 'all' | 'first' | 'last'

/** An expression as a tree. Each node knows the column where its errors point. */
export type Tree = { readonly column: number } & (
  | { readonly type: 'literal'; readonly value: number | string | boolean | null }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'list'; readonly elements: readonly Tree[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [string, Tree])[] }
  | { readonly type: 'unary'; readonly operator: '-' | '+' | '!'; readonly operand: Tree }
  | {
      readonly type: 'binary'
      readonly operator: BinaryOperator
      readonly left: Tree
      readonly right: Tree
    }
  | {
      readonly type: 'ternary'
      readonly condition: Tree
      readonly whenTrue: Tree
      readonly whenFalse: Tree
    }
  | { readonly type: 'elvis'; readonly value: Tree; readonly otherwise: Tree }
  | Step
)

/** Steps from a value to a part of it. `safe` gives null for a part of null. */
export type Step = { readonly column: number } & (
  | {
      readonly type: 'property'
      readonly target: Tree
      readonly name: string
      readonly safe: boolean
    }
  | {
      readonly type: 'method'
      readonly target: Tree
      readonly name: string
      readonly args: readonly Tree[]
      readonly safe: boolean
    }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Tree[] }
  | {
      readonly type: 'index'
      readonly target: Tree
      readonly index: Tree
      readonly safe: boolean
    }
  | {
      readonly type: 'selection'
      readonly target: Tree
      readonly pick: Pick
      readonly condition: Tree
      readonly safe: boolean
    }
  | {
      readonly type: 'projection'
      readonly target: Tree
      readonly value: Tree
      readonly safe: boolean
    }
)
