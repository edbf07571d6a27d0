import type { Message, Milliseconds, Port } from '@lockstep/process'
import { resultIn } from '../validate.ts'
import { inTurn, type KnownNodes } from './known-nodes.ts'
import type { Patience } from './leader-search.ts'
import type { Answer } from './outcome.ts'

/** Asks whichever node for what every node may answer: one that is drawn, and then those behind it. */
export class AnyNode {
  readonly #port: Port
  readonly #nodes: KnownNodes
  readonly #patience: Patience

  constructor(port: Port, nodes: KnownNodes, patience: Patience) {
    this.#port = port
    this.#nodes = nodes
    this.#patience = patience
  }

  /** Asks one node after another until one has an answer, the deadline comes, or it is given up. What is asked changes nothing. */
  async ask(request: Message, deadline: Milliseconds): Promise<Answer> {
    const { attemptTimeoutMs, backoffMs, signal } = this.#patience
    let target = Math.floor(this.#port.random('any node') * this.#nodes.members.length)
    for (;;) {
      const left = deadline - this.#port.elapsed()
      if (left <= 0 || signal?.aborted === true) return { result: undefined, maybe: false }
      const node = inTurn(this.#nodes.members, target)
      const reply = await this.#port.call(node, request, Math.min(left, attemptTimeoutMs))
      const result = reply === undefined ? undefined : resultIn(reply)
      if (result?.type === 'applied') return { result, maybe: false }
      if (reply === undefined) this.#nodes.silent()
      target++
      await this.#port.sleep(backoffMs * (0.5 + this.#port.random('backoff')))
    }
  }
}
