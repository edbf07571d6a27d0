import type { Message, NodeId } from '@lockstep/process'
import { dropReasons, type DropReason } from '@lockstep/process'
import type { Arrival } from './event.ts'
import type { Net } from './scenario.ts'
import type { Link, Participant } from './topology.ts'
import { rows, type Trace } from './trace.ts'

/** What the network needs of its world. */
export interface Wires {
  readonly now: number
  readonly steps: number
  /** The row of the event that is being handled. */
  readonly cause: number
  readonly trace: Trace
  arrive(at: number, link: Link, message: Message, row: number): void
}

/** Carries messages along links, with delay, loss, duplication and reordering. */
export class Network {
  readonly #net: Net
  readonly #wires: Wires
  /** Whether the network has stopped losing and doubling messages by chance. */
  calm = false
  /** How many messages were sent, duplicates by the network not counted. */
  sent = 0
  /** Lost and doubled messages by the name of the draw: what a shrinker can force or leave out. */
  readonly accidents: string[] = []

  constructor(net: Net, wires: Wires) {
    this.#net = net
    this.#wires = wires
  }

  send(from: Participant, to: NodeId, message: Message): void {
    const wires = this.#wires
    const link = from.links.get(to)
    if (link === undefined) {
      this.#drop(from.index, -1, wires.cause, message, 'unknown-peer')
      return
    }
    const { now, steps, trace, cause } = wires
    const type = message.type
    const row = trace.add(now, steps, rows.send, from.index, link.to.index, cause, type, 0, message)
    this.sent++
    if (link.from === link.to) {
      wires.arrive(now, link, message, row)
      return
    }
    if (link.cuts > 0) {
      this.#drop(from.index, link.to.index, row, message, 'cut')
      return
    }
    const net = this.#net
    if (link.loss.chance(Math.max(this.calm ? 0 : net.loss, link.extraLoss))) {
      this.accidents.push(`${link.loss.name}#${link.loss.count - 1}`)
      this.#drop(from.index, link.to.index, row, message, 'loss')
      return
    }
    wires.arrive(this.arrival(link), link, message, row)
    if (link.duplicate.chance(this.calm ? 0 : net.duplicate)) {
      this.accidents.push(`${link.duplicate.name}#${link.duplicate.count - 1}`)
      const again = trace.add(
        now,
        steps,
        rows.duplicate,
        from.index,
        link.to.index,
        row,
        type,
        0,
        message,
      )
      wires.arrive(this.arrival(link), link, message, again)
    }
  }

  /** Hands a message over, unless its way was cut or its receiver is down by now. */
  deliver(arrival: Arrival): void {
    const { link, message, row } = arrival
    if (link.cuts > 0 && !arrival.received)
      this.#drop(link.from.index, link.to.index, row, message, 'cut')
    else if (link.to.reachable) link.to.accept(arrival)
    else this.#drop(link.from.index, link.to.index, row, message, 'receiver-down')
  }

  /** When what leaves over a link now arrives. */
  arrival(link: Link): number {
    const net = this.#net
    let delay = net.delayMinMs + net.delaySpreadMs * link.delay.next()
    if (net.tailShare > 0) {
      const drawn = link.tail.next()
      if (drawn < net.tailShare) delay += net.tailMs * (drawn / net.tailShare)
    }
    let at = this.#wires.now + Math.round(delay * 1000) + link.extraDelay
    if (net.fifo && at < link.lastArrival) at = link.lastArrival
    link.lastArrival = at
    return at
  }

  #drop(from: number, to: number, cause: number, message: Message, reason: DropReason): void {
    const { now, steps, trace } = this.#wires
    trace.add(now, steps, rows.drop, from, to, cause, message.type, dropReasons.indexOf(reason))
  }
}
