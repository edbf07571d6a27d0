import { type Milliseconds, type NodeId, unreachable } from '@lockstep/process'
import type { NodeFault } from '../node-fault.ts'

/** What a message meets on its way. */
export interface Trouble {
  readonly cut: boolean
  /** Delay on top of the real one. */
  readonly slowMs: Milliseconds
  /** Share of the messages that are lost. */
  readonly lossShare: number
}

const none: Trouble = { cut: false, slowMs: 0, lossShare: 0 }

/**
 * The faults on the links of one node. Each fault may be told to every node; each applies its part
 * of it. A link between nodes is slowed and made lossy by its sender, one from a client by its
 * receiver; a cut is held at both ends.
 */
export class LinkFaults {
  readonly #self: NodeId
  readonly #outgoing = new Map<NodeId, Trouble>()
  readonly #incoming = new Map<NodeId, Trouble>()
  /** Whether an isolation or a partition stands between this node and another. */
  #isApart: ((id: NodeId) => boolean) | undefined

  constructor(self: NodeId) {
    this.#self = self
  }

  /** What a message to that node meets; `undefined` when nothing. */
  outgoing(to: NodeId): Trouble | undefined {
    return this.#outgoing.get(to) ?? this.#apart(to)
  }

  /** What a message from that node meets; `undefined` when nothing. */
  incoming(from: NodeId): Trouble | undefined {
    return this.#incoming.get(from) ?? this.#apart(from)
  }

  /** The state of both directions between this node and each of the others, always in one order. */
  seen(others: readonly NodeId[]): readonly (Trouble & { from: NodeId; to: NodeId })[] {
    return others.flatMap((other) => [
      { ...none, ...this.outgoing(other), from: this.#self, to: other },
      { ...none, ...this.incoming(other), from: other, to: this.#self },
    ])
  }

  /** Takes a fault; one that is not about links changes nothing. */
  apply(fault: NodeFault): void {
    switch (fault.do) {
      case 'cut':
      case 'mend':
        this.#change(fault.from, fault.to, { cut: fault.do === 'cut' })
        if (fault.both === true) this.#change(fault.to, fault.from, { cut: fault.do === 'cut' })
        break
      case 'slow':
        this.#change(fault.from, fault.to, { slowMs: fault.by })
        break
      case 'lose':
        this.#change(fault.from, fault.to, { lossShare: fault.share })
        break
      case 'isolate':
        if (fault.node === this.#self) this.#part(() => true)
        else {
          this.#change(this.#self, fault.node, { cut: true })
          this.#change(fault.node, this.#self, { cut: true })
        }
        break
      case 'partition': {
        const mine = fault.groups.find((group) => group.includes(this.#self))
        const others = new Set(fault.groups.filter((group) => group !== mine).flat())
        if (mine !== undefined) this.#part((id) => others.has(id))
        break
      }
      case 'heal':
        this.#outgoing.clear()
        this.#incoming.clear()
        this.#isApart = undefined
        break
      case 'clock':
      case 'stall':
        break
      default:
        unreachable(fault)
    }
  }

  #change(from: NodeId, to: NodeId, change: Partial<Trouble>): void {
    if (from === this.#self) this.#outgoing.set(to, { ...none, ...this.outgoing(to), ...change })
    if (to === this.#self) this.#incoming.set(from, { ...none, ...this.incoming(from), ...change })
  }

  #part(isApart: (id: NodeId) => boolean): void {
    this.#isApart = isApart
    for (const links of [this.#outgoing, this.#incoming])
      for (const [id, trouble] of links) if (isApart(id)) links.set(id, { ...trouble, cut: true })
  }

  #apart(id: NodeId): Trouble | undefined {
    return this.#isApart?.(id) === true ? { ...none, cut: true } : undefined
  }
}
