import type { Message, Milliseconds, NodeId, Port, Reply } from '@lockstep/process'
import type { Draws } from './draws.ts'
import type { Arrival } from './event.ts'
import type { Network } from './network.ts'
import type { Link, Participant } from './topology.ts'
import { rows, type Trace } from './trace.ts'

/** What a client needs of its world. */
interface Stage {
  readonly now: number
  steps: number
  cause: number
  settled: boolean
  readonly trace: Trace
  readonly draws: Draws
  readonly network: Network
  wake(time: number, wake: () => void, stale?: () => boolean): void
}

/** A client of a simulated world: asynchronous code over virtual time. */
export class Script implements Participant, Port {
  readonly id: NodeId
  readonly index: number
  readonly links: Map<NodeId, Link> = new Map()
  readonly reachable = true
  readonly #world: Stage
  readonly #calls = new Map<number, (reply: Reply | undefined) => void>()
  #lastCall = 0
  #waiting = 0

  constructor(world: Stage, id: NodeId, index: number) {
    this.#world = world
    this.id = id
    this.index = index
  }

  /** How many promises of this port are open. None, in code that is not done: it waits for something outside. */
  get waiting(): number {
    return this.#waiting
  }

  wall(): Milliseconds {
    return Math.floor(1_767_225_600_000 + this.#world.now / 1000)
  }

  elapsed(): Milliseconds {
    return Math.floor(this.#world.now / 1000)
  }

  random(label: string): number {
    return this.#world.draws.next(`${this.id}/${label}`)
  }

  sleep(after: Milliseconds): Promise<void> {
    return this.sleepUntil(this.#world.now + Math.ceil(Math.max(0, after) * 1000))
  }

  /** Sleeps until an instant of the run, in microseconds. */
  sleepUntil(at: number): Promise<void> {
    this.#waiting++
    return new Promise((resolve) => {
      this.#world.wake(at, () => {
        this.#settle()
        resolve()
      })
    })
  }

  call(to: NodeId, request: Message, timeout: Milliseconds): Promise<Reply | undefined> {
    const world = this.#world
    const id = ++this.#lastCall
    this.#waiting++
    return new Promise((resolve) => {
      this.#calls.set(id, resolve)
      world.network.send(this, to, { ...request, id } as Message)
      const giveUp = (): void => {
        this.#calls.delete(id)
        this.#settle()
        resolve(undefined)
      }
      world.wake(world.now + Math.ceil(timeout * 1000), giveUp, () => !this.#calls.has(id))
    })
  }

  accept(arrival: Arrival): void {
    const world = this.#world
    const { link, message, row } = arrival
    world.steps++
    world.cause = world.trace.add(
      world.now,
      world.steps,
      rows.deliver,
      this.index,
      link.from.index,
      row,
      message.type,
      0,
    )
    const { re } = message as Partial<Reply>
    const resolve = re === undefined ? undefined : this.#calls.get(re)
    if (re === undefined || resolve === undefined) return
    this.#calls.delete(re)
    this.#settle()
    resolve(message as Reply)
  }

  #settle(): void {
    this.#waiting--
    this.#world.settled = true
  }
}
