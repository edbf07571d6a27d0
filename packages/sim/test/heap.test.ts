import { test } from '@fast-check/vitest'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Due, Heap } from '../src/heap.ts'

test.prop([fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(undefined)))])(
  'events come out by time, and in order of arrival where times are equal',
  (actions) => {
    const heap = new Heap<Due>()
    let model: Due[] = []
    for (const [order, at] of actions.entries()) {
      if (at === undefined) {
        const [first, ...rest] = model.toSorted((a, b) => a.at - b.at || a.order - b.order)
        expect(heap.nextAt).toBe(first?.at)
        expect(heap.pop()).toEqual(first)
        model = rest
      } else {
        heap.push({ at, order })
        model.push({ at, order })
      }
      expect(heap.size).toBe(model.length)
    }
  },
)
