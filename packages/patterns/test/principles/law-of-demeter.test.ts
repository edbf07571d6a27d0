import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Chain, type Link, strangersIn } from '../../src/principles/law-of-demeter.ts'
import { chainsOf } from './parsed.ts'

type Checker = typeof strangersIn

const fluent: ReadonlySet<string> = new Set(['filter', 'map'])
const step = fc.constantFrom<Link>({ name: 'part', kind: 'read' }, { name: 'ask', kind: 'call' })
const fluentSteps = fc.array(fc.constantFrom<Link>({ name: 'map', kind: 'call' }), { maxLength: 2 })
const data = fc.array(fc.constant<Link>({ name: 'field', kind: 'read' }), { maxLength: 3 })

/** A chain that goes `depth` steps, with what must not be counted in between and behind. */
const chainOfDepth = fc
  .record({
    isOwned: fc.boolean(),
    steps: fc.array(fc.tuple(step, fluentSteps), { maxLength: 5 }),
    last: fc.constant<Link>({ name: 'tell', kind: 'call' }),
    data,
  })
  .map(({ isOwned, steps, last, data: behind }) => ({
    chain: {
      root: isOwned ? 'this' : 'friend',
      links: [
        ...(isOwned ? [{ name: '#own', kind: 'read' } as const] : []),
        ...steps.flatMap(([one, more]) => [one, ...more]),
        last,
        ...behind,
      ],
    } satisfies Chain,
    depth: steps.length + 1,
  }))

const foundIffTooDeep = (check: Checker): fc.IPropertyWithHooks<[unknown, number]> =>
  fc.property(chainOfDepth, fc.integer({ min: 1, max: 6 }), ({ chain, depth }, depthMax) => {
    const found = check([chain], { depthMax, fluent })
    expect(found.map((stranger) => stranger.depth)).toEqual(depth > depthMax ? [depth] : [])
  })

/** Allows one step more. */
const lenient: Checker = (chains, options) =>
  strangersIn(chains, options).filter(({ depth }) => depth > (options?.depthMax ?? 1) + 1)

/** Counts what gives the same kind of thing again. */
const strict: Checker = (chains, options) =>
  strangersIn(chains, { ...options, fluent: new Set<string>() })

describe('the law of Demeter', () => {
  test('a chain is found exactly when it is deeper than the limit', () => {
    fc.assert(foundIffTooDeep(strangersIn))
  })

  test.for([lenient, strict])('a checker that is wrong is caught: %o', (wrong) => {
    expect(fc.check(foundIffTooDeep(wrong), { seed: 1 }).failed).toBe(true)
  })

  test('before: the shop reaches into the wallet. After: it asks the customer to pay', () => {
    const before = `class Shop { sell(customer) { customer.wallet().cards[0].charge(this.#price) } }`
    const after = `class Shop { sell(customer) { customer.pay(this.#price) } }`
    expect(strangersIn(chainsOf('shop.ts', before))).toMatchObject([
      { text: 'customer.wallet().cards.0.charge()', depth: 4 },
    ])
    expect(strangersIn(chainsOf('shop.ts', after))).toEqual([])
  })

  test('data is read as deep as it is, and one’s own fields are friends', () => {
    const free = `class A {
      b(order) { return order.customer.address.city }
      c() { this.#log.append(1); this.d(); return this.#log.last().term }
      async e(port) { return (await port.call(1)).body }
    }`
    expect(strangersIn(chainsOf('a.ts', free))).toEqual([])
    expect(strangersIn(chainsOf('a.ts', 'make().part().run(a.b().c())'))).toMatchObject([
      { text: 'make().part().run()' },
      { text: 'a.b().c()' },
    ])
  })
})
