/**
 * Mediator: services find each other through a registry, and none of them knows the others.
 *
 * ```text
 * instance ── register, renew ──▶ ServiceRegistry ── changes ──▶ watcher
 * caller ──── pick(service) ────▶                ── an address ──▶ caller
 * ```
 *
 * Intent: an instance registers and keeps itself alive by heartbeats; what falls silent for longer
 * than `ttlMs`, or says that it is not well, is not given out. Watchers see every change of a service
 * once, in order, starting with the instances that are there.
 *
 * Time comes from a `Clock`, as Lockstep's worlds give it. A silent instance is noticed by the next
 * call of any kind; `every(clock, ms, () => registry.sweep())` tells the watchers without one.
 *
 * When not to use it: within one process, pass the collaborator. Several registries that must agree
 * need a consensus protocol; this is one registry.
 *
 * Lockstep has the idea in `apps/playground/src/cluster/cluster.ts`: it tells every node where all
 * the others are, and none of them finds another by itself.
 */

import { inTurn } from './balancing.ts'

/** Time, as the registry and its heartbeats know it. */
export interface Clock {
  /** Milliseconds on a clock that never jumps. */
  elapsed(): number
  /** Resolves after `ms` of `elapsed` time. */
  sleep(ms: number): Promise<void>
}

/** One running instance of a service. */
export interface Instance<Address> {
  readonly service: string
  readonly id: string
  readonly address: Address
}

/** What happened to an instance. `down` has the reason. */
export type Change<Address> =
  | { readonly type: 'up'; readonly instance: Instance<Address> }
  | {
      readonly type: 'down'
      readonly instance: Instance<Address>
      readonly reason: 'expired' | 'deregistered' | 'replaced' | 'unhealthy'
    }

/** Takes one of the instances that are alive, of which there is at least one; see `balancing`. */
export type Balance = <Address>(
  alive: readonly Instance<Address>[],
  /** How many were picked of this service before. */
  turn: number,
) => Instance<Address>

/**
 * Nobody offers a service just now.
 *
 * @example
 * ```ts
 * import { NoInstance, ServiceRegistry } from '@lockstep/patterns/behavioral/mediator'
 *
 * const registry = new ServiceRegistry<string>({ elapsed: () => 0 }, 1_000)
 * try {
 *   registry.pick('store')
 * } catch (error) {
 *   if (!(error instanceof NoInstance) || error.service !== 'store') throw error
 * }
 * ```
 */
export class NoInstance extends Error {
  override readonly name = 'NoInstance'
  readonly service: string

  constructor(service: string) {
    super(`no instance of ${service} is alive; try again after its next heartbeat`)
    this.service = service
  }
}

/**
 * Watchers threw; all the others have seen all changes. `errors` has the reasons.
 *
 * @example
 * ```ts
 * import { ServiceRegistry, WatchersFailed } from '@lockstep/patterns/behavioral/mediator'
 *
 * const registry = new ServiceRegistry<string>({ elapsed: () => 0 }, 1_000)
 * registry.watch('store', () => {
 *   throw new RangeError('no')
 * })
 * try {
 *   registry.register('store', 'n1', 'host-1')
 * } catch (error) {
 *   if (!(error instanceof WatchersFailed) || error.errors.length !== 1) throw error
 * }
 * if (registry.pick('store').id !== 'n1') throw new Error('n1 is registered all the same')
 * ```
 */
export class WatchersFailed extends AggregateError {
  override readonly name = 'WatchersFailed'

  constructor(errors: readonly unknown[]) {
    super(errors, `${errors.length} watchers failed: ${errors.map(String).join('; ')}`)
  }
}

interface Lease<Address> {
  readonly instance: Instance<Address>
  expiresAt: number
  healthy: boolean
}

interface Watcher<Address> {
  readonly service: string
  readonly see: (change: Change<Address>) => void
  active: boolean
}

/**
 * Who is alive, by service.
 *
 * @example
 * ```ts
 * import { ServiceRegistry } from '@lockstep/patterns/behavioral/mediator'
 *
 * let now = 0
 * const registry = new ServiceRegistry<string>({ elapsed: () => now }, 1_000)
 * registry.register('store', 'n1', 'host-1')
 * registry.register('store', 'n2', 'host-2')
 * now = 900
 * registry.renew('store', 'n2')
 * now = 1_000
 * if (registry.pick('store').address !== 'host-2') throw new Error('n1 was silent for too long')
 * ```
 */
export class ServiceRegistry<Address> {
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #ttlMs: number
  readonly #services = new Map<string, Map<string, Lease<Address>>>()
  readonly #picks = new Map<string, number>()
  #watchers: readonly Watcher<Address>[] = []
  /** Changes that are still to be told, each with those who were watching when it happened. */
  readonly #untold: [Change<Address>, readonly Watcher<Address>[]][] = []
  #telling = false

  /** @param ttlMs how long an instance lives without a heartbeat. */
  constructor(clock: Pick<Clock, 'elapsed'>, ttlMs: number) {
    this.#clock = clock
    this.#ttlMs = ttlMs
  }

  /** Adds an instance. One of the same id goes down first, as `replaced`. @throws {WatchersFailed} */
  register(service: string, id: string, address: Address): void {
    this.#expire()
    const leases = this.#services.get(service) ?? new Map<string, Lease<Address>>()
    this.#services.set(service, leases)
    this.#drop(service, id, 'replaced')
    const instance = Object.freeze({ service, id, address })
    const expiresAt = this.#clock.elapsed() + this.#ttlMs
    leases.set(id, { instance, expiresAt, healthy: true })
    this.#note({ type: 'up', instance })
    this.#tell()
  }

  /** Takes a heartbeat. False if the instance is not there, or no more: it must register again. */
  renew(service: string, id: string): boolean {
    this.sweep()
    const lease = this.#services.get(service)?.get(id)
    if (lease === undefined) return false
    lease.expiresAt = this.#clock.elapsed() + this.#ttlMs
    return true
  }

  /**
   * Says how an instance is. One that is not well keeps its lease, and is given out again once it is.
   * False if it is not there. @throws {WatchersFailed}
   */
  report(service: string, id: string, healthy: boolean): boolean {
    this.sweep()
    const lease = this.#services.get(service)?.get(id)
    if (lease === undefined) return false
    const { instance } = lease
    const changed = lease.healthy !== healthy
    lease.healthy = healthy
    if (changed) this.#note(healthy ? { type: 'up', instance } : downOf(instance, 'unhealthy'))
    this.#tell()
    return true
  }

  /** Removes an instance; false if it was not there. @throws {WatchersFailed} */
  deregister(service: string, id: string): boolean {
    this.#expire()
    const dropped = this.#drop(service, id, 'deregistered')
    this.#tell()
    return dropped
  }

  /** Who is alive and well, in the order of registration. @throws {WatchersFailed} */
  instances(service: string): readonly Instance<Address>[] {
    this.sweep()
    const leases = [...(this.#services.get(service)?.values() ?? [])]
    return leases.filter(({ healthy }) => healthy).map(({ instance }) => instance)
  }

  /** One that is alive and well; each in turn by default. @throws {NoInstance} */
  pick(service: string, balance: Balance = inTurn): Instance<Address> {
    const alive = this.instances(service)
    if (alive.length === 0) throw new NoInstance(service)
    const turn = this.#picks.get(service) ?? 0
    this.#picks.set(service, turn + 1)
    return balance(alive, turn)
  }

  /**
   * Shows a service to `see`: the instances that are there as `up`, and then every change.
   *
   * @returns what ends it.
   */
  watch(service: string, see: (change: Change<Address>) => void): () => void {
    const watcher = { service, see, active: true }
    for (const instance of this.instances(service)) {
      this.#untold.push([{ type: 'up', instance }, [watcher]])
    }
    this.#watchers = [...this.#watchers, watcher]
    this.#tell()
    return () => {
      watcher.active = false
      this.#watchers = this.#watchers.filter((other) => other !== watcher)
    }
  }

  /** Takes down who was silent for too long. @throws {WatchersFailed} */
  sweep(): void {
    this.#expire()
    this.#tell()
  }

  #expire(): void {
    const now = this.#clock.elapsed()
    for (const [service, leases] of this.#services) {
      for (const [id, { expiresAt }] of leases) {
        if (expiresAt <= now) this.#drop(service, id, 'expired')
      }
    }
  }

  #drop(service: string, id: string, reason: 'expired' | 'deregistered' | 'replaced'): boolean {
    const leases = this.#services.get(service)
    const lease = leases?.get(id)
    if (lease === undefined) return false
    leases?.delete(id)
    // Watchers of an unhealthy one have seen it go down before.
    if (lease.healthy) this.#note(downOf(lease.instance, reason))
    return true
  }

  #note(change: Change<Address>): void {
    const { service } = change.instance
    this.#untold.push([change, this.#watchers.filter((watcher) => watcher.service === service)])
  }

  /** A watcher may call the registry: what comes of it is told after what is being told. */
  #tell(): void {
    if (this.#telling) return
    this.#telling = true
    const errors: unknown[] = []
    for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) {
      const [change, watchers] = next
      for (const watcher of watchers) {
        try {
          if (watcher.active) watcher.see(change)
        } catch (error) {
          errors.push(error)
        }
      }
    }
    this.#telling = false
    if (errors.length > 0) throw new WatchersFailed(errors)
  }
}

function downOf<Address>(
  instance: Instance<Address>,
  reason: (Change<Address> & { readonly type: 'down' })['reason'],
): Change<Address> {
  return { type: 'down', instance, reason }
}

/** Something that goes on until it is stopped. */
export interface Repetition {
  /** Resolves when it has stopped; rejects with what the act threw. */
  readonly done: Promise<void>
  /** Nothing happens from now on. `done` resolves when the current pause is over. */
  stop(): void
}

/**
 * Does `act` now and after every pause of `ms`, until it is stopped or `act` throws.
 *
 * @example
 * ```ts
 * import { every, ServiceRegistry } from '@lockstep/patterns/behavioral/mediator'
 *
 * const clock = { elapsed: () => 0, sleep: () => Promise.resolve() }
 * const registry = new ServiceRegistry<string>(clock, 1_000)
 * let beats = 0
 * const sweeps = every(clock, 100, () => {
 *   registry.sweep()
 *   beats += 1
 *   if (beats === 3) sweeps.stop()
 * })
 * await sweeps.done
 * if (beats !== 3) throw new Error(String(beats))
 * ```
 */
export function every(clock: Clock, ms: number, act: () => void): Repetition {
  const life = { stopped: false }
  const repeat = async (): Promise<void> => {
    /** The caller holds the repetition before `act` runs, so that `act` can stop it. */
    await Promise.resolve()
    while (!life.stopped) {
      act()
      await clock.sleep(ms)
    }
  }
  return {
    done: repeat(),
    stop: () => {
      life.stopped = true
    },
  }
}

/**
 * Registers an instance and keeps it alive, also when the registry has forgotten it meanwhile.
 *
 * @param everyMs well below the registry's `ttlMs`: a third forgives two lost heartbeats.
 *
 * @example
 * ```ts
 * import { heartbeat, ServiceRegistry } from '@lockstep/patterns/behavioral/mediator'
 *
 * const clock = { elapsed: () => 0, sleep: () => Promise.resolve() }
 * const registry = new ServiceRegistry<string>(clock, 900)
 * const beats = heartbeat(registry, clock, { service: 'store', id: 'n1', address: 'host-1' }, 300)
 * if (registry.pick('store').id !== 'n1') throw new Error('n1 is registered at once')
 * beats.stop()
 * await beats.done
 * if (registry.instances('store').length > 0) throw new Error('n1 has left')
 * ```
 */
export function heartbeat<Address>(
  registry: ServiceRegistry<Address>,
  clock: Clock,
  { service, id, address }: Instance<Address>,
  everyMs: number,
): Repetition {
  registry.register(service, id, address)
  const beats = every(clock, everyMs, () => {
    if (!registry.renew(service, id)) registry.register(service, id, address)
  })
  return {
    done: beats.done,
    stop: () => {
      beats.stop()
      registry.deregister(service, id)
    },
  }
}
