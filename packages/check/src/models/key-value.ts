import { unreachable } from '@lockstep/process'
import { hashText } from '../hash.ts'
import type { Model, Outcome } from '../model.ts'

/** What clients ask of a key-value store. */
export type KvOp =
  | { readonly type: 'get'; readonly key: string }
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string }
  /** Compare and set: writes `to` if the key holds `from`; `null` stands for a missing key. */
  | {
      readonly type: 'cas'
      readonly key: string
      readonly from: string | null
      readonly to: string
    }

/** What a key-value store answers to a get, a put, a delete and a compare-and-set. */
export type KvValue =
  /** `null` when the key is missing. */
  | { readonly type: 'value'; readonly value: string | null }
  | { readonly type: 'done' }
  | { readonly type: 'deleted'; readonly existed: boolean }
  | { readonly type: 'swapped'; readonly swapped: boolean }

/** A key-value store that is empty at first. Judged key by key, so its state is that of one key. */
export const keyValue: Model<KvOp, KvValue, string | null> = {
  init: null,
  step(state, op, outcome) {
    const [after, answer] = applyKv(state, op)
    return !outcome.known || isSame(outcome.value, answer) ? after : undefined
  },
  equal: (a, b) => a === b,
  hash: (state) => (state === null ? 0 : hashText(state)),
  partition: { noun: 'key', of: ({ key }) => key },
  effect: effectOf,
  overwrites: {
    result(op) {
      switch (op.type) {
        case 'get':
          return undefined
        case 'put':
          return op.value
        case 'delete':
          return null
        case 'cas':
          return op.to
        default:
          return unreachable(op)
      }
    },
    isBlind: (op, outcome) => op.type === 'put' || (op.type === 'delete' && !outcome.known),
  },
  describe: (op, outcome, client) => `${asked(op)} by ${client}${answered(outcome)}`,
}

/** What an operation makes of its key, and what it answers. */
export function applyKv(
  state: string | null,
  op: KvOp,
): readonly [after: string | null, answer: KvValue] {
  switch (op.type) {
    case 'get':
      return [state, { type: 'value', value: state }]
    case 'put':
      return [op.value, { type: 'done' }]
    case 'delete':
      return [null, { type: 'deleted', existed: state !== null }]
    case 'cas': {
      const swapped = state === op.from
      return [swapped ? op.to : state, { type: 'swapped', swapped }]
    }
    default:
      return unreachable(op)
  }
}

function isSame(a: KvValue, b: KvValue): boolean {
  if (a.type === 'value') return b.type === 'value' && a.value === b.value
  if (a.type === 'deleted') return b.type === 'deleted' && a.existed === b.existed
  if (a.type === 'swapped') return b.type === 'swapped' && a.swapped === b.swapped
  return a.type === b.type
}

function effectOf(op: KvOp, outcome: Outcome<KvValue>): string | undefined {
  const answer = outcome.known ? outcome.value : undefined
  switch (op.type) {
    case 'get':
      return undefined
    case 'put':
      return `put ${op.value}`
    case 'delete':
      return answer?.type === 'deleted' && !answer.existed ? undefined : 'delete'
    case 'cas':
      if (answer?.type === 'swapped' && !answer.swapped) return undefined
      return JSON.stringify([op.from, op.to])
    default:
      return unreachable(op)
  }
}

function asked(op: KvOp): string {
  switch (op.type) {
    case 'get':
    case 'delete':
      return op.type
    case 'put':
      return `put ${op.value}`
    case 'cas':
      return `cas ${op.from ?? 'nothing'} to ${op.to}`
    default:
      return unreachable(op)
  }
}

function answered(outcome: Outcome<KvValue>): string {
  return outcome.known ? answerText(outcome.value) : ' (outcome unknown)'
}

/** What an answer adds to the words of its operation. */
export function answerText(value: KvValue): string {
  switch (value.type) {
    case 'value':
      return ` returned ${value.value ?? 'nothing'}`
    case 'done':
      return ''
    case 'deleted':
      return value.existed ? ' found a value' : ' found nothing'
    case 'swapped':
      return value.swapped ? ' swapped' : ' did not swap'
    default:
      return unreachable(value)
  }
}
