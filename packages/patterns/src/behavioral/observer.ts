/**
 * Observer: whoever wants to know subscribes, and the subject does not know who listens.
 *
 * ```text
 * emit(event) ──▶ those who were subscribed when it began, by priority, then in order
 * ```
 *
 * Intent: one typed bus for the events of a component. Each `emit` reaches exactly those who were
 * subscribed when it began, by priority and then in order of subscription. A listener that throws
 * keeps nobody else from hearing; the failures come out of `emit` together. A listener that must not
 * keep its object alive subscribes weakly.
 *
 * When not to use it: if there is one receiver, or the sender needs an answer: call it. Events hide
 * who depends on whom. Across processes, delivery needs a protocol, not a bus.
 *
 * Lockstep has the idea in `packages/host/src/tracer.ts`: whoever watches a node gets what happens
 * there, and the node knows none of them.
 */

/** What a listener may ask for. */
export interface SubscribeOptions {
  /** Higher hears first. 0 by default. */
  readonly priority?: number
  /** Whether the subscription ends with the first event. */
  readonly once?: boolean
}

/** Ends a subscription. Later calls do nothing. */
export type Unsubscribe = () => void

/**
 * Listeners failed; the others have heard the event all the same. `errors` has the reasons in order.
 *
 * @example
 * ```ts
 * import { EventBus, ListenersFailed } from '@lockstep/patterns/behavioral/observer'
 *
 * const bus = new EventBus<{ tick: number }>()
 * bus.on('tick', () => {
 *   throw new RangeError('too late')
 * })
 * try {
 *   bus.emit('tick', 1)
 * } catch (error) {
 *   if (!(error instanceof ListenersFailed) || error.event !== 'tick') throw error
 * }
 * ```
 */
export class ListenersFailed extends AggregateError {
  override readonly name = 'ListenersFailed'
  readonly event: string

  constructor(event: string, errors: readonly unknown[]) {
    super(errors, `${errors.length} listeners of ${event} failed: ${errors.map(String).join('; ')}`)
    this.event = event
  }
}

interface Subscription {
  /** Without one it hears every event. */
  readonly event: string | undefined
  readonly hear: (payload: unknown, event: string) => unknown
  readonly priority: number
  readonly once: boolean
  spent: boolean
}

/** Who hears one event, in order. */
interface Route {
  /** Changed in place only while nobody goes through it; an `emit` keeps what it began with. */
  list: Subscription[]
  /** How many go through it just now. */
  readers: number
}

/**
 * A bus whose events are the keys of `Events`, each with its type of payload.
 *
 * `emit` costs one look-up and the calls; a subscription and its end cost at most the number of
 * those who hear the same event.
 *
 * @example
 * ```ts
 * import { EventBus } from '@lockstep/patterns/behavioral/observer'
 *
 * const bus = new EventBus<{ elected: { leader: string } }>()
 * const heard: string[] = []
 * const stop = bus.on('elected', ({ leader }) => heard.push(leader))
 * bus.emit('elected', { leader: 'n1' })
 * stop()
 * bus.emit('elected', { leader: 'n2' })
 * if (heard.join() !== 'n1') throw new Error(heard.join())
 * ```
 */
export class EventBus<Events extends object> {
  readonly #routes = new Map<string, Route>()
  /** Those who hear every event; each of them is in every route, too. */
  readonly #everywhere: Subscription[] = []
  /** Made with the first weak subscription. */
  #gone: FinalizationRegistry<Unsubscribe> | undefined

  /** Subscribes to one event. A listener may subscribe any number of times. */
  on<E extends keyof Events & string>(
    event: E,
    listener: (payload: Events[E]) => unknown,
    options: SubscribeOptions = {},
  ): Unsubscribe {
    return this.#add(event, listener as Subscription['hear'], options)
  }

  /** Subscribes to every event. */
  onAny(
    listener: <E extends keyof Events & string>(payload: Events[E], event: E) => unknown,
    options: SubscribeOptions = {},
  ): Unsubscribe {
    return this.#add(undefined, listener as Subscription['hear'], options)
  }

  /**
   * Subscribes on behalf of `target`, without keeping it alive: the subscription ends when nobody
   * holds the target any more.
   *
   * The listener is given the target, and must not refer to it in any other way.
   */
  onWeak<E extends keyof Events & string, T extends object>(
    event: E,
    target: T,
    listener: (target: T, payload: Events[E]) => unknown,
    options: SubscribeOptions = {},
  ): Unsubscribe {
    const held = new WeakRef(target)
    const hear = (payload: Events[E]): unknown => {
      const alive = held.deref()
      // Collected, and its end is still to come.
      return alive === undefined ? undefined : listener(alive, payload)
    }
    const end = this.on(event, hear, options)
    this.#gone ??= new FinalizationRegistry((endOfTarget) => endOfTarget())
    this.#gone.register(target, end)
    return end
  }

  /** How many would hear this event now. */
  listenerCount(event: keyof Events & string): number {
    return (this.#routes.get(event)?.list ?? this.#everywhere).length
  }

  /**
   * Calls every listener before it returns; what they return is not awaited.
   *
   * @throws {ListenersFailed} after all were called, if any of them threw.
   */
  emit<E extends keyof Events & string>(event: E, payload: Events[E]): void {
    const route = this.#routes.get(event) ?? this.#newRoute(event)
    const { list } = route
    let errors: unknown[] | undefined
    route.readers += 1
    for (let at = 0; at < list.length; at += 1) {
      const subscription = list[at] as Subscription
      if (subscription.once && !this.#spend(subscription)) continue
      try {
        subscription.hear(payload, event)
      } catch (error) {
        errors ??= []
        errors.push(error)
      }
    }
    route.readers -= 1
    if (errors !== undefined) throw new ListenersFailed(event, errors)
  }

  /**
   * As `emit`, but each listener is awaited before the next one hears.
   *
   * @throws {ListenersFailed} after all were called, if any of them threw or rejected.
   */
  async emitInTurn<E extends keyof Events & string>(event: E, payload: Events[E]): Promise<void> {
    const route = this.#routes.get(event) ?? this.#newRoute(event)
    const errors: unknown[] = []
    route.readers += 1
    for (const subscription of route.list) {
      if (subscription.once && !this.#spend(subscription)) continue
      try {
        await subscription.hear(payload, event)
      } catch (error) {
        errors.push(error)
      }
    }
    route.readers -= 1
    if (errors.length > 0) throw new ListenersFailed(event, errors)
  }

  #add(
    event: string | undefined,
    hear: Subscription['hear'],
    { priority = 0, once = false }: SubscribeOptions,
  ): Unsubscribe {
    const subscription = { event, hear, priority, once, spent: false }
    if (event === undefined) {
      insert(this.#everywhere, subscription)
      for (const route of this.#routes.values()) insert(ownList(route), subscription)
    } else {
      insert(ownList(this.#routes.get(event) ?? this.#newRoute(event)), subscription)
    }
    return () => this.#remove(subscription)
  }

  #newRoute(event: string): Route {
    const route = { list: [...this.#everywhere], readers: 0 }
    this.#routes.set(event, route)
    return route
  }

  #remove(subscription: Subscription): void {
    const { event } = subscription
    if (event === undefined) {
      take(this.#everywhere, subscription)
      for (const route of this.#routes.values()) take(ownList(route), subscription)
      return
    }
    const route = this.#routes.get(event)
    if (route !== undefined) take(ownList(route), subscription)
  }

  /** Whether a subscription for one event still has it to come; it is over with this. */
  #spend(subscription: Subscription): boolean {
    if (subscription.spent) return false
    subscription.spent = true
    this.#remove(subscription)
    return true
  }
}

/** The list of a route, to be changed: a copy while somebody goes through it. */
function ownList(route: Route): Subscription[] {
  if (route.readers > 0) {
    route.list = [...route.list]
  }
  return route.list
}

/** Puts a subscription behind all of its priority and above. */
function insert(list: Subscription[], subscription: Subscription): void {
  let at = list.length
  while (at > 0 && (list[at - 1] as Subscription).priority < subscription.priority) at -= 1
  if (at === list.length) list.push(subscription)
  else list.splice(at, 0, subscription)
}

function take(list: Subscription[], subscription: Subscription): void {
  const at = list.lastIndexOf(subscription)
  if (at === list.length - 1) list.pop()
  else if (at >= 0) list.splice(at, 1)
}
