import { unreachable } from '@lockstep/process'
import { hashText } from '../hash.ts'
import type { Model, Outcome } from '../model.ts'

/** What a register holds, compared by `===`. */
export type RegisterContent = string | number | boolean | null

/** What clients ask of a register. */
export type RegisterOp =
  | { readonly type: 'read' }
  | { readonly type: 'write'; readonly value: RegisterContent }
  /** Compare and set: writes `to` if the register holds `from`. */
  | { readonly type: 'cas'; readonly from: RegisterContent; readonly to: RegisterContent }

/** What a register answers to a read, a write and a compare-and-set. */
export type RegisterValue =
  | { readonly type: 'value'; readonly value: RegisterContent }
  | { readonly type: 'done' }
  | { readonly type: 'swapped'; readonly swapped: boolean }

/** One register with read, write and compare-and-set. */
export function register(
  initial: RegisterContent,
): Model<RegisterOp, RegisterValue, RegisterContent> {
  return {
    init: initial,
    step(state, op, outcome) {
      const [after, answer] = apply(state, op)
      return !outcome.known || isSame(outcome.value, answer) ? after : undefined
    },
    equal: (a, b) => a === b,
    hash: (state) => hashText(String(state)),
    effect: effectOf,
    overwrites: {
      result(op) {
        if (op.type === 'read') return undefined
        return op.type === 'write' ? op.value : op.to
      },
      isBlind: (op) => op.type === 'write',
    },
    describe: (op, outcome, client) => `${asked(op)} by ${client}${answered(outcome)}`,
  }
}

function apply(
  state: RegisterContent,
  op: RegisterOp,
): readonly [after: RegisterContent, answer: RegisterValue] {
  switch (op.type) {
    case 'read':
      return [state, { type: 'value', value: state }]
    case 'write':
      return [op.value, { type: 'done' }]
    case 'cas': {
      const swapped = state === op.from
      return [swapped ? op.to : state, { type: 'swapped', swapped }]
    }
    default:
      return unreachable(op)
  }
}

function isSame(a: RegisterValue, b: RegisterValue): boolean {
  if (a.type === 'value') return b.type === 'value' && a.value === b.value
  if (a.type === 'swapped') return b.type === 'swapped' && a.swapped === b.swapped
  return a.type === b.type
}

function effectOf(op: RegisterOp, outcome: Outcome<RegisterValue>): string | undefined {
  switch (op.type) {
    case 'read':
      return undefined
    case 'write':
      return typed(op.value)
    case 'cas': {
      const answer = outcome.known ? outcome.value : undefined
      if (answer?.type === 'swapped' && !answer.swapped) return undefined
      return JSON.stringify([typed(op.from), typed(op.to)])
    }
    default:
      return unreachable(op)
  }
}

/** Tells 1 from '1'. */
function typed(content: RegisterContent): string {
  return `${typeof content} ${content}`
}

function asked(op: RegisterOp): string {
  switch (op.type) {
    case 'read':
      return 'read'
    case 'write':
      return `write ${op.value}`
    case 'cas':
      return `cas ${op.from} to ${op.to}`
    default:
      return unreachable(op)
  }
}

function answered(outcome: Outcome<RegisterValue>): string {
  if (!outcome.known) return ' (outcome unknown)'
  switch (outcome.value.type) {
    case 'value':
      return ` returned ${outcome.value.value}`
    case 'done':
      return ''
    case 'swapped':
      return outcome.value.swapped ? ' swapped' : ' did not swap'
    default:
      return unreachable(outcome.value)
  }
}
