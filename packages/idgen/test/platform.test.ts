import { describe, expect, test } from 'vitest'
import { systemClock, systemRandomness } from '../src/platform.ts'
import { orAborted } from '../src/signal.ts'

describe('the system clock', () => {
  test('sleeps at least as long as it was told', async () => {
    const start = systemClock.elapsed()
    await systemClock.sleep(5)
    // A timer may be early by the fraction of a millisecond that its clock cannot see.
    expect(systemClock.elapsed() - start).toBeGreaterThan(4)
  })

  test('a signal ends a sleep with its reason, before it and during it', async () => {
    const hour = 3_600_000
    await expect(systemClock.sleep(hour, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    const leaving = new AbortController()
    const sleep = systemClock.sleep(hour, { signal: leaving.signal, background: true })
    leaving.abort('enough')
    await expect(sleep).rejects.toBe('enough')
  })

  test('draws bytes that are not all the same', () => {
    const bytes = new Uint8Array(64)
    systemRandomness.draw(bytes)
    expect(new Set(bytes).size).toBeGreaterThan(8)
  })
})

describe('a wait that is shared', () => {
  test('ends for the one who leaves and for nobody else', async () => {
    const shared = Promise.withResolvers<string>()
    const leaving = new AbortController()
    const left = orAborted(shared.promise, leaving.signal)
    const stayed = orAborted(shared.promise, new AbortController().signal)
    leaving.abort('enough')
    await expect(left).rejects.toBe('enough')
    shared.resolve('done')
    await expect(stayed).resolves.toBe('done')
    await expect(orAborted(shared.promise, leaving.signal)).rejects.toBe('enough')
    await expect(orAborted(shared.promise, undefined)).resolves.toBe('done')
  })
})
