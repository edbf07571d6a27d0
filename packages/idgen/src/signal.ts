/** What ends a wait from outside: an `AbortSignal` is one. */
export interface Signal {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Throws the reason of a signal that was given. */
export function throwIfAborted(signal: Signal | undefined): void {
  if (signal?.aborted === true) throw signal.reason
}

/**
 * Waits for what others wait for too, and stops waiting when the signal comes.
 *
 * @throws the reason of the signal; what was waited for goes on.
 */
export async function orAborted<T>(waited: Promise<T>, signal: Signal | undefined): Promise<T> {
  if (signal === undefined) return waited
  throwIfAborted(signal)
  let leave = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason)
  })
  signal.addEventListener('abort', leave)
  try {
    return await Promise.race([waited, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

/** Ends waits of our own, as an `AbortController` does where the platform has one. */
export class Ending implements Signal {
  readonly reason = 'ended'
  readonly #listeners = new Set<() => void>()
  #aborted = false

  get aborted(): boolean {
    return this.#aborted
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  /** Tells all who listen, once. */
  end(): void {
    this.#aborted = true
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}
