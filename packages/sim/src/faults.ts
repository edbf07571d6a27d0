import { type Fault, type NodeId, type Timed, unreachable } from '@lockstep/process'
import type { Link } from './topology.ts'
import type { SimNode } from './node.ts'
import type { SimWorld } from './world.ts'
import { rows } from './trace.ts'

/** Finds who has a role now; `undefined` when nobody does. */
export type RoleOf = (role: string) => NodeId | undefined

type Undo = () => void

/** Does faults to a simulated world, and undoes them: after their span, one by one, or all at once. */
export class Faults {
  readonly #world: SimWorld
  readonly #roleOf: RoleOf
  /** Grows at every heal, so that spans from before it end without effect. */
  #heals = 0

  constructor(world: SimWorld, roleOf: RoleOf) {
    this.#world = world
    this.#roleOf = roleOf
  }

  /** Plans faults at their times. Planned before the nodes start, they come first among equals. */
  plan(faults: readonly Timed[]): void {
    for (const fault of faults) {
      this.#world.at(micros(fault.at), () => {
        const undo = this.apply(fault)
        if (fault.for === undefined || undo === undefined) return
        const heals = this.#heals
        this.#world.at(this.#world.now + micros(fault.for), () => {
          if (heals === this.#heals) undo()
        })
      })
    }
  }

  /** Does a fault now. Returns what undoes it; nothing where there is nothing to undo. */
  apply(fault: Fault): Undo | undefined {
    const world = this.#world
    switch (fault.do) {
      case 'crash':
        return this.#onNode(fault.node, (node) => this.#crash(node, fault.effects))
      case 'stop':
        return this.#onNode(fault.node, (node) => {
          world.stop(node)
          return () => this.#bringBack(node)
        })
      case 'restart':
        return this.#onNode(fault.node, (node) => {
          if (fault.wipe === true && node.state === 'down') {
            node.disk.wipe()
            node.incarnation = 0
          }
          world.start(node)
          return undefined
        })
      case 'pause':
        return this.#onNode(fault.node, (node) => {
          world.pause(node)
          return () => world.resume(node)
        })
      case 'resume':
        return this.#onNode(fault.node, (node) => {
          world.resume(node)
          return undefined
        })
      case 'stall':
        return this.#onNode(fault.node, (node) => this.#stall(node, micros(fault.by)))
      case 'clock':
        return this.#onNode(fault.node, (node) => this.#clock(node, fault.jump, fault.rate))
      case 'heal':
        this.heal()
        return undefined
      case 'cut':
      case 'mend':
      case 'isolate':
      case 'partition':
      case 'slow':
      case 'lose':
        return this.#onLinks(fault)
      default:
        return unreachable(fault)
    }
  }

  /** Undoes every fault there is. */
  heal(): void {
    const world = this.#world
    this.#heals++
    for (const link of world.topology.links()) {
      this.#mend(link)
      if (link.extraDelay !== 0) this.#note('slow', link, 0)
      if (link.extraLoss !== 0) this.#note('lose', link, 0)
      link.extraDelay = 0
      link.extraLoss = 0
    }
    for (const node of world.nodes.values()) {
      if (node.stall !== 0) this.#stall(node, 0)
      if (node.clock.rate !== 1) this.#clock(node, undefined, 1)
      if (node.life !== undefined) node.life.fuse = Number.POSITIVE_INFINITY
      world.resume(node)
      this.#bringBack(node)
    }
  }

  #onLinks(
    fault: Extract<Fault, { do: 'cut' | 'mend' | 'isolate' | 'partition' | 'slow' | 'lose' }>,
  ): Undo | undefined {
    switch (fault.do) {
      case 'cut':
        return this.#cutAll(this.#between(fault.from, fault.to, fault.both))
      case 'mend':
        for (const link of this.#between(fault.from, fault.to, fault.both)) this.#mend(link)
        return undefined
      case 'isolate':
        return this.#onNode(fault.node, (node) =>
          this.#cutAll(this.#links((link) => (link.from === node) !== (link.to === node))),
        )
      case 'partition': {
        const named = fault.groups.flatMap((ids, at) => ids.map((id) => ({ id, at })))
        const roles = named.filter(({ id }) => isRole(id))
        const group = new Map([...named, ...roles].map(({ id, at }) => [this.#id(id), at]))
        return this.#cutAll(
          this.#links(({ from, to }) => {
            const a = group.get(from.id)
            const b = group.get(to.id)
            return a !== undefined && b !== undefined && a !== b
          }),
        )
      }
      case 'slow':
        return this.#setLinks('slow', this.#between(fault.from, fault.to), micros(fault.by))
      case 'lose':
        return this.#setLinks('lose', this.#between(fault.from, fault.to), fault.share)
      default:
        return unreachable(fault)
    }
  }

  #id(name: string): NodeId | undefined {
    return isRole(name) ? this.#roleOf(name.slice(1)) : name
  }

  #onNode(name: string, body: (node: SimNode) => Undo | undefined): Undo | undefined {
    const id = this.#id(name)
    const node = id === undefined ? undefined : this.#world.nodes.get(id)
    return node === undefined ? undefined : body(node)
  }

  #crash(node: SimNode, effects: number | undefined): Undo {
    if (effects !== undefined && effects > 0 && node.life !== undefined) node.life.fuse = effects
    else this.#world.crash(node)
    return () => {
      if (node.life !== undefined) node.life.fuse = Number.POSITIVE_INFINITY
      this.#world.start(node)
    }
  }

  /** Starts a node that is down; one that still has not finished has no more time for that. */
  #bringBack(node: SimNode): void {
    if (node.life?.isStopping === true) this.#world.crash(node)
    this.#world.start(node)
  }

  #stall(node: SimNode, by: number): Undo {
    const world = this.#world
    node.stall = by
    world.trace.add(world.now, world.steps, rows.stall, node.index, -1, world.cause, '', by)
    return () => {
      if (node.stall === by) this.#stall(node, 0)
    }
  }

  #clock(node: SimNode, jump: number | undefined, rate: number | undefined): Undo {
    const world = this.#world
    const before = node.clock.rate
    if (jump !== undefined) node.clock.jump(micros(jump))
    if (rate !== undefined) world.setRate(node, rate)
    const offset = Math.round(node.clock.offset(world.now))
    world.trace.add(world.now, world.steps, rows.clock, node.index, -1, world.cause, '', offset)
    return () => this.#clock(node, jump === undefined ? undefined : -jump, before)
  }

  #links(which: (link: Link) => boolean): Link[] {
    return [...this.#world.topology.links()].filter((link) => link.from !== link.to && which(link))
  }

  #between(from: string, to: string, both = false): Link[] {
    const a = this.#id(from)
    const b = this.#id(to)
    return this.#links(
      (link) =>
        (link.from.id === a && link.to.id === b) ||
        (both && link.from.id === b && link.to.id === a),
    )
  }

  #cutAll(links: readonly Link[]): Undo {
    const cut = links.map((link) => {
      link.cuts++
      if (link.cuts === 1) this.#note('cut', link, 0)
      return { link, generation: link.generation }
    })
    return () => {
      for (const { link, generation } of cut) {
        if (link.generation !== generation) continue
        link.cuts--
        if (link.cuts === 0) this.#mended(link)
      }
    }
  }

  #mend(link: Link): void {
    const wasCut = link.cuts > 0
    link.cuts = 0
    link.generation++
    if (wasCut) this.#mended(link)
  }

  /** What comes from now on comes over another connection than before the cut. */
  #mended(link: Link): void {
    this.#world.hangUp(link, this.#note('mend', link, 0))
  }

  #setLinks(kind: 'slow' | 'lose', links: readonly Link[], value: number): Undo {
    const field = kind === 'slow' ? 'extraDelay' : 'extraLoss'
    for (const link of links) {
      link[field] = value
      this.#note(kind, link, value)
    }
    return () => {
      for (const link of links) {
        if (link[field] !== value) continue
        link[field] = 0
        this.#note(kind, link, 0)
      }
    }
  }

  #note(kind: 'cut' | 'mend' | 'slow' | 'lose', link: Link, value: number): number {
    const world = this.#world
    const { from, to } = link
    return world.trace.add(
      world.now,
      world.steps,
      rows[kind],
      from.index,
      to.index,
      world.cause,
      '',
      value,
    )
  }
}

function isRole(name: string): boolean {
  return name.startsWith('@')
}

function micros(ms: number): number {
  return Math.round(ms * 1000)
}
