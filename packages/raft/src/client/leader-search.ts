import type { Message, Milliseconds, NodeId, Port } from '@lockstep/process'
import type { ClientResult } from '../messages.ts'
import { resultIn } from '../validate.ts'
import { inTurn, type KnownNodes } from './known-nodes.ts'
import type { Answer } from './outcome.ts'
import type { Abort } from './watching.ts'

/** How patiently the leader is searched. */
export interface Patience {
  readonly attemptTimeoutMs: Milliseconds
  readonly backoffMs: Milliseconds
  /** Once it is aborted nobody is asked any more. */
  readonly signal?: Pick<Abort, 'aborted'> | undefined
}

const hintsMax = 2

/**
 * Asks the nodes of a cluster, the leader first if it is known, until an answer ends the asking.
 *
 * Several requests may be under way: what one of them learns of the leader, the others go by.
 */
export class LeaderSearch {
  readonly #port: Port
  readonly #nodes: KnownNodes
  readonly #patience: Patience
  /** The node that is asked next; a hint may name one that joined after the client began. */
  #target: NodeId
  /** Whose turn it was when nobody knew better: hints of nodes that are behind must not keep the others from theirs. */
  #turn: number

  constructor(port: Port, nodes: KnownNodes, patience: Patience) {
    this.#port = port
    this.#nodes = nodes
    this.#patience = patience
    this.#turn = Math.floor(port.random('first node') * nodes.all.length)
    this.#target = inTurn(nodes.all, this.#turn)
  }

  /** Asks one node after another until an answer ends the asking, the deadline comes, or it is given up. */
  async ask(request: Message, deadline: Milliseconds): Promise<Answer> {
    let maybe = false
    let hints = 0
    let patience = this.#patience.attemptTimeoutMs
    let result: ClientResult | undefined
    for (;;) {
      const left = deadline - this.#port.elapsed()
      if (left <= 0 || this.#patience.signal?.aborted === true) return { result, maybe }
      const target = this.#target
      const asked = this.#port.elapsed()
      const reply = await this.#port.call(target, request, Math.min(left, patience))
      result = reply === undefined ? undefined : resultIn(reply)
      if (result?.type === 'not-leader') {
        if (hints < hintsMax && this.#follow(result.leader, target)) {
          hints++
          continue
        }
      } else if (result?.type === 'transferring' && request.type !== 'TransferLeadership') {
        this.#follow(result.to, target)
        await this.#pause()
        continue
      } else if (result === undefined) {
        maybe = true
        // Where the connection broke, the patience was not too short.
        if (this.#port.elapsed() - asked >= patience / 2) patience *= 2
      } else if (result.type === 'deposed') maybe = true
      else return { result, maybe }
      hints = 0
      if (this.#target === target) {
        this.#target = inTurn(this.#nodes.all, ++this.#turn)
      }
      await this.#pause()
    }
  }

  /** Turns to the node that one which was asked names. Returns whether another one is to be asked now. */
  #follow(leader: NodeId | null, asked: NodeId): boolean {
    if (this.#target !== asked) return true
    if (leader === null || leader === asked) return false
    this.#target = leader
    this.#nodes.named(leader)
    return true
  }

  #pause(): Promise<void> {
    return this.#port.sleep(this.#patience.backoffMs * (0.5 + this.#port.random('backoff')))
  }
}
