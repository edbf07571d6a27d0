/** Waits for one macrotask, so that every promise that was settled before has run its course. */
export type Turn = () => Promise<void>

interface Channel {
  readonly port1: { onmessage: (() => void) | null }
  readonly port2: { postMessage(message: unknown): void }
}

interface Platform {
  readonly setImmediate?: (done: () => void) => unknown
  readonly MessageChannel?: new () => Channel
}

/** How many macrotasks are asked for at a time where that is cheaper than one by one. */
const BATCH = 64

/**
 * The macrotask of the platform: `setImmediate` where there is one (Node), else a message channel
 * (browsers). Guessing a number of microtasks instead gives runs that are plausible and wrong.
 */
export function platformTurn(platform: Platform = globalThis as Platform): Turn {
  const { setImmediate: immediate, MessageChannel: Channel } = platform
  if (immediate !== undefined) return turnsInBatches(immediate)
  if (Channel === undefined) {
    throw new Error('this platform has neither setImmediate nor MessageChannel')
  }
  const channel = new Channel()
  const waiting: (() => void)[] = []
  channel.port1.onmessage = () => waiting.shift()?.()
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      channel.port2.postMessage(0)
    })
}

/**
 * Turns that share the rounds of the event loop. Node empties its microtask queue after every single
 * immediate, so each of a batch is a full turn, while the loop asks the kernel for news only once.
 */
function turnsInBatches(immediate: NonNullable<Platform['setImmediate']>): Turn {
  let waiting: (() => void)[] = []
  let scheduled = 0
  const take = (): void => {
    scheduled--
    if (waiting.length === 0) return
    const ready = waiting
    waiting = []
    for (const resolve of ready) resolve()
  }
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      if (scheduled > 0) return
      scheduled = BATCH
      for (let i = 0; i < BATCH; i++) immediate(take)
    })
}
