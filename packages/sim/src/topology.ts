import type { NodeId } from '@lockstep/process'
import type { Draws, Stream } from './draws.ts'
import type { Arrival } from './event.ts'

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

/** Who is there, and the links between them. */
export class Topology {
  readonly #draws: Draws
  readonly #participants: Participant[] = []

  constructor(draws: Draws) {
    this.#draws = draws
  }

  /** Links a participant with all that joined before and that `talksTo` names. */
  join(participant: Participant, talksTo: (other: Participant) => boolean): void {
    for (const other of this.#participants) {
      if (!talksTo(other)) continue
      participant.links.set(other.id, new Link(participant, other, this.#draws))
      other.links.set(participant.id, new Link(other, participant, this.#draws))
    }
    participant.links.set(participant.id, new Link(participant, participant, this.#draws))
    this.#participants.push(participant)
  }

  *links(): Generator<Link> {
    for (const participant of this.#participants) yield* participant.links.values()
  }
}
