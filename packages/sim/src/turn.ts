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

/**
 * The macrotask of the platform: `setImmediate` where there is one (Node), else a message channel
 * (browsers). Guessing a number of microtasks instead gives runs that are plausible and wrong.
 */
export function platformTurn(platform: Platform = globalThis as Platform): Turn {
  const { setImmediate: immediate, MessageChannel: Channel } = platform
  if (immediate !== undefined) {
    return () =>
      new Promise((resolve) => {
        immediate(resolve)
      })
  }
  if (Channel === undefined)
    throw new Error('this platform has neither setImmediate nor MessageChannel')
  const channel = new Channel()
  const waiting: (() => void)[] = []
  channel.port1.onmessage = () => waiting.shift()?.()
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      channel.port2.postMessage(0)
    })
}
