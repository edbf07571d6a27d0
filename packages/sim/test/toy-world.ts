import type { Context, Message, NodeId, Process, Saved } from '@lockstep/process'
import type { Net } from '../src/scenario.ts'
import { SimWorld, type WorldOptions } from '../src/world.ts'

/** A process that notes what happens to it and does what the test tells it to. */
export class Probe implements Process {
  readonly context: Context
  readonly seen: string[] = []
  saved: Saved<unknown, unknown> | undefined
  onReceive: (from: NodeId, message: Message) => void = () => undefined
  onTimeout: (timer: string) => void = () => undefined

  constructor(context: Context) {
    this.context = context
  }

  start(saved: Saved<unknown, unknown>): void {
    this.saved = saved
    this.seen.push(`start ${this.context.incarnation}`)
  }

  receive(from: NodeId, message: Message): void {
    this.seen.push(`${from}: ${message.type}`)
    this.onReceive(from, message)
  }

  timeout(timer: string): void {
    this.seen.push(`timeout ${timer}`)
    this.onTimeout(timer)
  }

  hungUp(peer: NodeId): void {
    this.seen.push(`hang-up of ${peer}`)
  }

  synced(position: number): void {
    this.seen.push(`synced ${position}`)
  }

  view(): unknown {
    return this.seen
  }
}

/** Messages take exactly one millisecond. */
export const toyNet: Net = {
  delayMinMs: 1,
  delaySpreadMs: 0,
  tailShare: 0,
  tailMs: 0,
  loss: 0,
  duplicate: 0,
  fifo: false,
  hangUps: false,
}

/** A world of probes n1, n2, … with a network of exactly one millisecond and a disk of exactly two. */
export function toyWorld(
  nodes: number,
  options: Partial<WorldOptions> = {},
): { world: SimWorld; probe: (id: NodeId) => Probe } {
  const world = new SimWorld({
    seed: 1,
    net: toyNet,
    disk: { syncMinMs: 2, syncSpreadMs: 0, loseAll: 0 },
    clocks: { skewMs: 0, drift: 0 },
    keeping: { rows: 'all', hash: 'rows' },
    freeze: true,
    ...options,
  })
  for (let n = 1; n <= nodes; n++) world.add(`n${n}`, (context) => new Probe(context))
  for (const node of world.nodes.values()) world.start(node)
  return {
    world,
    probe: (id) => {
      const process = world.processes.get(id)
      if (!(process instanceof Probe)) throw new Error(`${id} is not up`)
      return process
    },
  }
}

/** Takes all steps that are due up to a time in milliseconds. */
export function runTo(world: SimWorld, ms: number): void {
  while ((world.nextAt ?? Number.POSITIVE_INFINITY) <= ms * 1000) world.step()
}
