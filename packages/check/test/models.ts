import type { Model } from '../src/index.ts'

export type QueueOp =
  | { readonly type: 'enqueue'; readonly item: number }
  | { readonly type: 'dequeue' }
export type QueueValue = number | undefined

/** A queue: every unknown operation matters for what comes later, and none is harmless. */
export const queue: Model<QueueOp, QueueValue, readonly number[]> = {
  init: [],
  step(items, op, outcome) {
    if (op.type === 'enqueue') return [...items, op.item]
    return !outcome.known || outcome.value === items[0] ? items.slice(1) : undefined
  },
  equal: (a, b) => a.length === b.length && a.every((item, i) => item === b[i]),
  hash: (items) => items.reduce((hash, item) => hash * 3 + item + 1, 0) | 0,
  effect: (op) => (op.type === 'enqueue' ? `enqueue ${op.item}` : 'dequeue'),
  describe: (op, outcome, client) =>
    `${op.type} by ${client}${outcome.known ? ` returned ${outcome.value}` : ''}`,
}

export type MutexOp = 'acquire' | 'release'
export type MutexValue = 'done'

/** A mutex: an operation of unknown outcome may have no state in which it can take effect. */
export const mutex: Model<MutexOp, MutexValue, boolean> = {
  init: false,
  step: (held, op) => (held === (op === 'release') ? !held : undefined),
  equal: (a, b) => a === b,
  hash: (held) => (held ? 1 : 0),
  describe: (op, _outcome, client) => `${op} by ${client}`,
}
