import type { Operation } from './operation.ts'

/**
 * What is not linearized yet, as two doubly linked lists over one set of nodes: the calls and
 * returns of the operations of known outcome in the order of time, and the calls of those of
 * unknown outcome. Closed intervals: at equal times calls come before returns.
 *
 * `lift` takes an operation out and `unlift` puts it back; they nest like brackets. A lifted call
 * still knows the node that comes after it in the list.
 */
export class Calls {
  /** Each list is a ring, closed by a node of its own. */
  readonly knownEnd: number
  readonly unknownEnd: number
  readonly next: Int32Array
  /** The operation of a node. */
  readonly operation: Int32Array
  /** Whether a node is a return. */
  readonly isReturn: Uint8Array
  /** For the call of an unknown outcome: the first return that is not before it. */
  readonly openFrom: Int32Array
  readonly #previous: Int32Array
  readonly #call: Int32Array
  /** The node of an operation's return, or -1. */
  readonly #return: Int32Array

  /** The first `known` operations have a known outcome and stand in the order of their calls. */
  constructor(operations: readonly Operation<unknown, unknown>[], known: number) {
    const events = known + operations.length
    this.knownEnd = events
    this.unknownEnd = events + 1
    this.next = new Int32Array(events + 2)
    this.operation = new Int32Array(events + 2)
    this.isReturn = new Uint8Array(events + 2)
    this.openFrom = new Int32Array(events + 2)
    this.#previous = new Int32Array(events + 2)
    this.#call = new Int32Array(operations.length)
    this.#return = new Int32Array(operations.length).fill(-1)
    this.#place(operations, known)
    this.#close(0, known * 2, this.knownEnd)
    this.#close(known * 2, events, this.unknownEnd)
  }

  get firstKnown(): number {
    return this.next[this.knownEnd]!
  }

  get firstUnknown(): number {
    return this.next[this.unknownEnd]!
  }

  /** The node behind the call of an operation. */
  afterCall(operation: number): number {
    return this.next[this.#call[operation]!]!
  }

  lift(operation: number): void {
    const returned = this.#return[operation]!
    if (returned !== -1) this.#unlink(returned)
    this.#unlink(this.#call[operation]!)
  }

  unlift(operation: number): void {
    this.#relink(this.#call[operation]!)
    const returned = this.#return[operation]!
    if (returned !== -1) this.#relink(returned)
  }

  #place(operations: readonly Operation<unknown, unknown>[], known: number): void {
    const returned = operations.slice(0, known).map((_, operation) => operation)
    returned.sort((a, b) => operations[a]!.returnedAt - operations[b]!.returnedAt)
    let node = 0
    let called = 0
    for (const returning of returned) {
      const { returnedAt } = operations[returning]!
      while (called < known && operations[called]!.calledAt <= returnedAt) {
        this.operation[node] = called
        this.#call[called++] = node++
      }
      this.operation[node] = returning
      this.isReturn[node] = 1
      this.#return[returning] = node++
    }
    for (let operation = known; operation < operations.length; operation++, node++) {
      const { calledAt } = operations[operation]!
      let low = 0
      for (let high = known; low < high; ) {
        const middle = (low + high) >>> 1
        if (operations[returned[middle]!]!.returnedAt < calledAt) low = middle + 1
        else high = middle
      }
      this.operation[node] = operation
      this.#call[operation] = node
      this.openFrom[node] = low === known ? this.knownEnd : this.#return[returned[low]!]!
    }
  }

  #close(from: number, to: number, end: number): void {
    let previous = end
    for (let node = from; node < to; node++) {
      this.next[previous] = node
      this.#previous[node] = previous
      previous = node
    }
    this.next[previous] = end
    this.#previous[end] = previous
  }

  #unlink(node: number): void {
    const previous = this.#previous[node]!
    const next = this.next[node]!
    this.next[previous] = next
    this.#previous[next] = previous
  }

  #relink(node: number): void {
    this.next[this.#previous[node]!] = node
    this.#previous[this.next[node]!] = node
  }
}
