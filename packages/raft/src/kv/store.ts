import { unreachable } from '@lockstep/process'
import type { KvOp, KvValue } from './operation.ts'
import { pairsOf, TreeMap } from './tree.ts'

const done: KvValue = { type: 'done' }
const deleted: KvValue = { type: 'deleted', existed: true }
const notThere: KvValue = { type: 'deleted', existed: false }
const swapped: KvValue = { type: 'swapped', swapped: true }
const notSwapped: KvValue = { type: 'swapped', swapped: false }
const missing: KvValue = { type: 'value', value: null }

/** The keys and their values: a deterministic state machine, the same on every node after the same operations. */
export class Store {
  readonly values: TreeMap<string, string> = new TreeMap()

  /** How many keys there are. */
  get size(): number {
    return this.values.size
  }

  /** The first keys in their order with their values, at most so many. */
  first(keysMax: number): Readonly<Record<string, string>> {
    const some: (readonly [string, string])[] = []
    for (const pair of pairsOf(this.values.root)) {
      if (some.length >= keysMax) break
      some.push(pair)
    }
    return Object.fromEntries(some)
  }

  /** Carries one operation out and returns its value. */
  apply(op: KvOp): KvValue {
    switch (op.type) {
      case 'get': {
        const value = this.values.get(op.key)
        return value === undefined ? missing : { type: 'value', value }
      }
      case 'put':
        this.values.set(op.key, op.value)
        return done
      case 'delete':
        return this.values.delete(op.key) ? deleted : notThere
      case 'cas':
        if ((this.values.get(op.key) ?? null) !== op.from) return notSwapped
        this.values.set(op.key, op.to)
        return swapped
      default:
        return unreachable(op)
    }
  }
}
