import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOf } from '../../src/hash.ts'
import { Hints } from '../../src/kv/hints.ts'
import { mutant } from '../mutant.ts'

const action = fc.record({
  do: fc.constantFrom('add', 'add', 'delete', 'find'),
  key: fc.nat(2000).map((key) => `key ${key}`),
})

/** Whatever was added, a key that is found is found where it is, also among keys of one hash. */
function neverMisleads(build: (isAt: (key: string, place: number) => boolean) => Hints) {
  const hashes = fc.constantFrom(hashOf, (key: string) => hashOf(key) & 15)
  return fc.property(fc.array(action, { maxLength: 400, size: 'max' }), hashes, (actions, hash) => {
    const places = new Map<string, number>()
    const hints = build((key, place) => places.get(key) === place)
    let next = 0
    let lost = false
    for (const { do: what, key } of actions) {
      const place = places.get(key)
      const found = hints.find(key, hash(key))
      expect([undefined, place]).toContain(found)
      if (what === 'add' && place === undefined) {
        places.set(key, next)
        hints.add(hash(key), next)
        lost ||= hints.find(key, hash(key)) !== next++
      } else if (what === 'delete' && place !== undefined) {
        places.delete(key)
        hints.delete(hash(key), place)
      }
    }
    expect(lost).toBe(false)
  })
}

/** The share of that many keys that are found after all were added. */
function foundOf(keys: number, hash: (key: string) => number): number {
  const names = Array.from({ length: keys }, (_, key) => `/registry/pods/default/${key}`)
  const hints = new Hints((key, place) => names[place] === key)
  for (const [place, name] of names.entries()) hints.add(hash(name), place)
  return names.filter((name, place) => hints.find(name, hash(name)) === place).length / keys
}

describe('the hints', () => {
  it('are right or silent', () => {
    fc.assert(
      neverMisleads((isAt) => new Hints(isAt)),
      { numRuns: 60 },
    )
  })

  it('are not when nobody looks what stands there', () => {
    expect(
      fc.check(
        neverMisleads(() => new Hints(() => true)),
        mutant,
      ).failed,
    ).toBe(true)
  })

  it.each([10, 1000, 30_000])('know nearly all of %i keys', (keys) => {
    expect(foundOf(keys, hashOf)).toBeGreaterThan(0.9)
  })

  it('know few of the keys that share a hash', () => {
    expect(foundOf(1000, () => 1)).toBeLessThan(0.01)
  })

  it('have room again for what was forgotten', () => {
    const hints = new Hints(() => true)
    for (let key = 0; key < 10_000; key++) {
      if (key >= 10) hints.delete(hashOf(`key ${key - 10}`), key % 10)
      hints.add(hashOf(`key ${key}`), key % 10)
    }
    const found = Array.from({ length: 10_000 }, (_, key) => key).filter((key) => {
      return hints.find('', hashOf(`key ${key}`)) === key % 10
    })
    expect(found).toEqual(Array.from({ length: 10 }, (_, key) => 9990 + key))
  })
})
