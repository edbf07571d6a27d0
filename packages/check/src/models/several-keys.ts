import { unreachable } from '@lockstep/process'
import { hashText } from '../hash.ts'
import type { Model, Outcome } from '../model.ts'
import { answerText, applyKv, type KvOp, type KvValue } from './key-value.ts'

/** What clients ask of a key-value store whose operations may concern several keys at once. */
export type SeveralKeysOp =
  | KvOp
  /** Reads several keys at one moment. */
  | { readonly type: 'read'; readonly keys: readonly string[] }
  /** Writes several keys at one moment, if others hold these values; `null` stands for a missing key. */
  | {
      readonly type: 'write-if'
      readonly holds: readonly KeyContent[]
      readonly writes: readonly KeyContent[]
    }

/** A key and what it holds. */
export interface KeyContent {
  readonly key: string
  readonly value: string | null
}

/** What the store answers. */
export type SeveralKeysValue =
  | KvValue
  | { readonly type: 'read'; readonly values: readonly (string | null)[] }
  | { readonly type: 'wrote'; readonly wrote: boolean }

type Content = ReadonlyMap<string, string>

/** A key-value store that is empty at first, judged as a whole, since its operations join its keys. */
export const severalKeys: Model<SeveralKeysOp, SeveralKeysValue, Content> = {
  init: new Map(),
  step(state, op, outcome) {
    const [after, answer] = apply(state, op)
    return !outcome.known || JSON.stringify(outcome.value) === JSON.stringify(answer)
      ? after
      : undefined
  },
  equal(a, b) {
    if (a.size !== b.size) return false
    for (const [key, value] of a) if (b.get(key) !== value) return false
    return true
  },
  hash(state) {
    let hash = 0
    for (const [key, value] of state) hash ^= hashText(JSON.stringify([key, value]))
    return hash
  },
  effect: effectOf,
  describe: (op, outcome, client) => `${asked(op)} by ${client}${answered(outcome)}`,
}

function apply(
  state: Content,
  op: SeveralKeysOp,
): readonly [after: Content, answer: SeveralKeysValue] {
  if (op.type === 'read') {
    return [state, { type: 'read', values: op.keys.map((key) => state.get(key) ?? null) }]
  }
  if (op.type === 'write-if') {
    const wrote = op.holds.every(({ key, value }) => (state.get(key) ?? null) === value)
    return [wrote ? written(state, op.writes) : state, { type: 'wrote', wrote }]
  }
  const [value, answer] = applyKv(state.get(op.key) ?? null, op)
  return [written(state, [{ key: op.key, value }]), answer]
}

function written(state: Content, writes: readonly KeyContent[]): Content {
  const isNew = ({ key, value }: KeyContent): boolean => (state.get(key) ?? null) !== value
  if (!writes.some(isNew)) return state
  const after = new Map(state)
  for (const { key, value } of writes) {
    if (value === null) after.delete(key)
    else after.set(key, value)
  }
  return after
}

function effectOf(op: SeveralKeysOp, outcome: Outcome<SeveralKeysValue>): string | undefined {
  const answer = outcome.known ? outcome.value : undefined
  switch (op.type) {
    case 'get':
    case 'read':
      return undefined
    case 'write-if':
      return answer?.type === 'wrote' && !answer.wrote ? undefined : JSON.stringify(op)
    case 'delete':
      return answer?.type === 'deleted' && !answer.existed ? undefined : JSON.stringify(op)
    case 'cas':
      return answer?.type === 'swapped' && !answer.swapped ? undefined : JSON.stringify(op)
    case 'put':
      return JSON.stringify(op)
    default:
      return unreachable(op)
  }
}

function asked(op: SeveralKeysOp): string {
  switch (op.type) {
    case 'get':
    case 'delete':
      return `${op.type} ${op.key}`
    case 'put':
      return `put ${op.key} = ${op.value}`
    case 'cas':
      return `cas ${op.key}: ${op.from ?? 'nothing'} to ${op.to}`
    case 'read':
      return `read ${op.keys.join(', ')}`
    case 'write-if':
      return `write ${contents(op.writes)} if ${contents(op.holds)}`
    default:
      return unreachable(op)
  }
}

function answered(outcome: Outcome<SeveralKeysValue>): string {
  if (!outcome.known) return ' (outcome unknown)'
  const { value } = outcome
  if (value.type === 'wrote') return value.wrote ? ' wrote' : ' did not write'
  if (value.type !== 'read') return answerText(value)
  return ` returned ${value.values.map((one) => one ?? 'nothing').join(', ')}`
}

function contents(all: readonly KeyContent[]): string {
  return all.map(({ key, value }) => `${key} = ${value ?? 'nothing'}`).join(', ')
}
