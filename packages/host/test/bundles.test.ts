import { bundled, type Message } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bundles } from '../src/bundles.ts'
import { type Codec, codecOf, Encoded, plain } from '../src/codec.ts'
import type { Numbered } from '../src/links/wire.ts'

interface Append extends Message {
  readonly type: 'Append'
  readonly entries: readonly object[]
  readonly plain: readonly object[]
}

const items = fc.array(fc.record({ key: fc.string(), value: fc.integer() }), { minLength: 1 })

function appendOf(entries: readonly object[]): Append {
  return { type: 'Append', entries: bundled(entries), plain: [{ key: 'alone' }] }
}

/** Sends a message over a wire, from the bundles of one node to those of another. */
function sent(message: Append, from: Bundles, to: Bundles, codec: Codec = plain): Append {
  const [[, arrived]] = plain.decode(plain.encode(from.wrapped([[1, message]]))) as [Numbered]
  to.unwrap(arrived, codec)
  return arrived as Append
}

describe('the bundles of a node', () => {
  it('arrive as they were sent, and are known to both sides by what is in them', () => {
    const holds = fc.property(items, (entries) => {
      const [from, to] = [new Bundles(plain), new Bundles(plain)]
      const arrived = sent(appendOf(entries), from, to)
      expect(arrived).toEqual({ ...appendOf(entries) })
      const known = [from.bytesOf([...entries]), to.bytesOf([...arrived.entries])]
      expect(known.map((bytes) => bytes && Buffer.from(bytes))).toEqual(
        known.map(() => Buffer.from(plain.encode(entries))),
      )
    })
    fc.assert(holds)
  })

  it('are encoded again where they came by another codec', () => {
    const theirs = codecOf([['key', 'value']])
    const [from, to, third] = [new Bundles(theirs), new Bundles(plain), new Bundles(plain)]
    const entries = [{ key: 'a', value: 1 }]
    const arrived = sent(appendOf(entries), from, to, theirs)
    expect(arrived).toEqual({ ...appendOf(entries) })
    expect(to.bytesOf(arrived.entries)).toBeUndefined()
    expect(sent(appendOf(arrived.entries), to, third)).toEqual({ ...appendOf(entries) })
  })

  it('are known only as a whole and in their order', () => {
    const from = new Bundles(plain)
    const entries = [{ key: 'a' }, { key: 'b' }]
    sent(appendOf(entries), from, new Bundles(plain))
    const others = [
      entries.slice(1),
      entries.toReversed(),
      [...entries, {}],
      structuredClone(entries),
    ]
    expect(others.map((other) => from.bytesOf(other))).toEqual(others.map(() => undefined))
  })

  it('are encoded once for several receivers', () => {
    const from = new Bundles(plain)
    const entries = bundled([{ key: 'a' }])
    const message = { type: 'Append', entries } as Message
    const bytes = from
      .wrapped([
        [1, message],
        [2, message],
      ])
      .map(([, wrapped]) => (wrapped as unknown as { entries: Encoded }).entries.bytes)
    expect(bytes[0]).toBe(bytes[1])
  })

  it('leave a message alone that holds none', () => {
    const message = { type: 'Append', entries: [{ key: 'a' }] } as Message
    expect(new Bundles(plain).wrapped([[1, message]])[0]?.[1]).toBe(message)
  })

  it('forget the oldest', () => {
    const from = new Bundles(plain)
    const all = Array.from({ length: 9 }, (_, key) => [{ key }])
    for (const entries of all) sent(appendOf(entries), from, new Bundles(plain))
    expect(all.filter((entries) => from.bytesOf(entries) !== undefined)).toEqual(all.slice(-4))
  })

  it('stay as they came where they cannot be decoded, or are no array', () => {
    for (const bytes of [new Uint8Array([0xc1]), plain.encode({ key: 'a' })]) {
      const message = { type: 'Append', entries: new Encoded(bytes) } as Message
      const to = new Bundles(plain)
      to.unwrap(message, plain)
      expect((message as unknown as { entries: unknown }).entries).toBeInstanceOf(Encoded)
    }
  })
})
