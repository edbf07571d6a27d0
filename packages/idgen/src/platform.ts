/** The real clock and the real randomness, the same in Node and in browsers: no other file asks the platform. */
import type { Clock, SleepOptions } from './clock.ts'
import type { Randomness } from './randomness.ts'
import { throwIfAborted } from './signal.ts'

/** A timer: a number in browsers, and in Node an object that can let the program end. */
interface Timer {
  unref?(): void
}

/** What is used of the platform. */
interface Platform {
  readonly crypto: { getRandomValues(bytes: Uint8Array): unknown }
  readonly performance: { now(): number }
  btoa(text: string): string
  atob(base64: string): string
  setTimeout(done: () => void, ms: number): Timer
  clearTimeout(timer: Timer): void
}

const platform = globalThis as unknown as Platform

/** The longest that a timer of the platform can wait. */
const timerMsMax = 2 ** 31 - 1

function sleep(ms: number, { signal, background = false }: SleepOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    throwIfAborted(signal)
    const leave = (): void => {
      platform.clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = platform.setTimeout(
      () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      },
      Math.min(Math.max(ms, 0), timerMsMax),
    )
    if (background) timer.unref?.()
    signal?.addEventListener('abort', leave)
  })
}

/** The clock of this machine. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  elapsed: () => platform.performance.now(),
  sleep,
}

/** The secure random numbers of the platform (Web Crypto). */
export const systemRandomness: Randomness = {
  draw(bytes) {
    platform.crypto.getRandomValues(bytes)
  },
}

/** Base64 of text whose characters are bytes, such as ASCII. */
export function toBase64(text: string): string {
  return platform.btoa(text)
}

/** The text behind `toBase64`. */
export function fromBase64(base64: string): string {
  return platform.atob(base64)
}
