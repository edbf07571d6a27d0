import { expect, test } from 'vitest'
import { LeafSegments } from '../../src/segment/leaf-segments.ts'
import { VirtualTime } from '../virtual-time.ts'
import { SimStore } from './sim-store.ts'

async function opened(): Promise<{ time: VirtualTime; store: SimStore; leaf: LeafSegments }> {
  const time = new VirtualTime()
  const store = new SimStore(time, 10, { orders: 10, users: 20 })
  const opening = LeafSegments.open({ store, clock: time })
  await time.run(10)
  return { time, store, leaf: await opening }
}

test('every tag counts by itself', async () => {
  const { time, leaf } = await opened()
  expect(leaf.tags()).toEqual(['orders', 'users'])
  const taken = Promise.all([leaf.tag('orders').nextBatch(2), leaf.tag('users').nextBatch(1)])
  await time.run(20)
  expect(await taken).toEqual([[1n, 2n], [1n]])
  expect(() => leaf.tag('nobody')).toThrow(expect.objectContaining({ code: 'no-such-sequence' }))
  leaf.close()
})

test('tags come and go within a minute', async () => {
  const { time, store, leaf } = await opened()
  const orders = leaf.tag('orders')
  const first = orders.next()
  await time.run(20)
  expect(await first).toBe(1n)
  store.remove('orders')
  store.setStep('carts', 5)
  await time.run(60_020)
  expect(leaf.tags()).toEqual(['users', 'carts'])
  await expect(orders.next()).rejects.toMatchObject({ code: 'no-such-sequence' })
  expect(() => orders.nextSync()).toThrow("tag 'orders' was removed")
  leaf.close()
})

test('while the store is down the tags stay, and they are read again when it answers', async () => {
  const { time, store, leaf } = await opened()
  store.isDown = true
  store.setStep('carts', 5)
  await time.run(200_000)
  expect(leaf.tags()).toEqual(['orders', 'users'])
  store.isDown = false
  await time.run(60_020)
  expect(leaf.tags()).toEqual(['orders', 'users', 'carts'])
  leaf.close()
})

test('a step that is raised in the store counts with the second next load', async () => {
  const { time, store, leaf } = await opened()
  store.setStep('orders', 500)
  const taken = leaf.tag('orders').nextBatch(1_200)
  await time.run(1_000)
  await taken
  expect(store.loaded.every(({ first, end }) => end - first >= 500n)).toBe(true)
  leaf.close()
})

test('what was closed gives nothing more', async () => {
  const { time, leaf } = await opened()
  const orders = leaf.tag('orders')
  const waiting = orders.next()
  leaf.close()
  leaf.close()
  await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'unavailable' }), time.run(100)])
  await expect(orders.next()).rejects.toMatchObject({ code: 'unavailable' })
  expect(leaf.tags()).toEqual([])
})
