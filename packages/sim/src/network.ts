import type { Message, NodeId } from '@lockstep/process'
import { dropReasons, type DropReason } from '@lockstep/process'
import type { Draws, Stream } from './draws.ts'
import type { Arrival } from './event.ts'
import type { Net } from './scenario.ts'
import { rows, type Trace } from './trace.ts'

/** Whoever sends and receives: a node or a client. */
export interface Participant {
  readonly id: NodeId
  /** Its number in the trace. */
  readonly index: number
  readonly links: Map<NodeId, Link>
  /** Whether a message can reach it now. */
  readonly reachable: boolean
  accept(arrival: Arrival): void
}

/** One way from one participant to another, with what faults did to it. */
export class Link {
  readonly from: Participant
  readonly to: Participant
  /** How many faults cut it at this time. */
  cuts = 0
  /** Moves on when the link is mended by hand, so that older cuts are not undone twice. */
  generation = 0
  /** Microseconds on top of every delay. */
  extraDelay = 0
  /** Share of the messages lost on top of the network's own. */
  extraLoss = 0
  /** When the last message arrives that was sent so far. */
  lastArrival = 0
  readonly loss: Stream
  readonly delay: Stream
  readonly tail: Stream
  readonly duplicate: Stream

  constructor(from: Participant, to: Participant, draws: Draws) {
    this.from = from
    this.to = to
    const name = `${from.id}>${to.id}`
    this.loss = draws.stream(`loss ${name}`)
    this.delay = draws.stream(`delay ${name}`)
    this.tail = draws.stream(`tail ${name}`)
    this.duplicate = draws.stream(`duplicate ${name}`)
  }
}

/** What the network needs of its world. */
export interface Wires {
  readonly now: number
  readonly steps: number
  /** The row of the event that is being handled. */
  readonly cause: number
  readonly trace: Trace
  arrive(at: number, link: Link, message: Message, row: number): void
}

/** A network of directed links with delay, loss, duplication and reordering. */
export class Network {
  readonly #net: Net
  readonly #draws: Draws
  readonly #wires: Wires
  readonly #participants = new Map<NodeId, Participant>()
  /** Whether the network has stopped losing and doubling messages by chance. */
  calm = false
  /** How many messages were sent, duplicates by the network not counted. */
  sent = 0
  /** Lost and doubled messages by the name of the draw: what a shrinker can force or leave out. */
  readonly accidents: string[] = []

  constructor(net: Net, draws: Draws, wires: Wires) {
    this.#net = net
    this.#draws = draws
    this.#wires = wires
  }

  /** Links a participant with all that joined before and that `talksTo` names. */
  join(participant: Participant, talksTo: (other: Participant) => boolean): void {
    for (const other of this.#participants.values()) {
      if (!talksTo(other)) continue
      participant.links.set(other.id, new Link(participant, other, this.#draws))
      other.links.set(participant.id, new Link(other, participant, this.#draws))
    }
    participant.links.set(participant.id, new Link(participant, participant, this.#draws))
    this.#participants.set(participant.id, participant)
  }

  participant(id: NodeId): Participant | undefined {
    return this.#participants.get(id)
  }

  *links(): Generator<Link> {
    for (const participant of this.#participants.values()) yield* participant.links.values()
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
    wires.arrive(this.#arrival(link), link, message, row)
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
      wires.arrive(this.#arrival(link), link, message, again)
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

  #arrival(link: Link): number {
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
