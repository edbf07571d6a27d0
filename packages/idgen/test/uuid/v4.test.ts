import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdError, type IdErrorCode } from '../../src/id-error.ts'
import { UuidV4 } from '../../src/uuid/v4.ts'
import { TestRandomness } from '../test-randomness.ts'

const bits = (id: string): bigint => BigInt(`0x${id.replaceAll('-', '')}`)

/** All bits but version and variant. */
const randomBits = ~((0xfn << 76n) | (0x3n << 62n)) & (2n ** 128n - 1n)

const numberOf = (bytes: readonly number[]): bigint =>
  bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)

describe('UUID version 4', () => {
  test('has the text, version and variant of RFC 9562, and gives every random bit once', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(3000), (seed, count) => {
        const randomness = new TestRandomness(seed)
        const uuids = new UuidV4({ randomness })
        for (let made = 0; made < count; made++) {
          const id = uuids.nextSync()
          expect(id).toMatch(
            /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
          )
          const drawn = numberOf(randomness.given.slice(made * 16, made * 16 + 16))
          expect(bits(id) & randomBits).toBe(drawn & randomBits)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('no two of a hundred thousand are equal, however they are asked for', async () => {
    const told: number[] = []
    const uuids = new UuidV4({ observer: { issued: (count) => told.push(count) } })
    const ids = new Set(await uuids.nextBatch(99_998))
    ids.add(await uuids.next()).add(uuids.nextSync())
    expect(ids.size).toBe(100_000)
    expect(told).toEqual([99_998, 1, 1])
  })

  test('a signal that was given takes no id, and a batch of no size is refused', async () => {
    const uuids = new UuidV4()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(uuids.next({ signal })).rejects.toThrow('enough')
    await expect(uuids.nextBatch(2, { signal })).rejects.toThrow('enough')
    for (const count of [-1, 0.5, Number.NaN, 1e9]) {
      const code: IdErrorCode = 'invalid-option'
      const error = await uuids.nextBatch(count).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(IdError)
      expect(error).toMatchObject({ code })
    }
  })
})
