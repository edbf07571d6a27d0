import { test as propertyTest } from '@fast-check/vitest'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { Draws } from '../src/draws.ts'

propertyTest.prop([fc.nat(), fc.string(), fc.array(fc.constantFrom('a', 'b', 'c'))])(
  'the k-th draw of a label does not depend on the draws of other labels',
  (seed, name, labels) => {
    const mixed = new Draws(seed, name)
    const drawn = labels.map((label) => ({ label, value: mixed.next(label) }))
    for (const label of ['a', 'b', 'c']) {
      const alone = new Draws(seed, name)
      for (const { value } of drawn.filter((draw) => draw.label === label))
        expect(value).toBe(alone.next(label))
    }
  },
)

propertyTest.prop([fc.nat(), fc.string()])('draws spread evenly over [0, 1)', (seed, name) => {
  const draws = new Draws(seed, name)
  const tenths = new Set(Array.from({ length: 300 }, () => Math.floor(draws.next('x') * 10)))
  expect(tenths.size).toBe(10)
})
