import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CommandQueue, QueueFull } from '../../src/behavioral/command-queue.ts'
import { caughtAsync } from '../caught.ts'

type Queue = Pick<CommandQueue, 'run' | 'idle'>

const deeds = fc.array(fc.record({ fails: fc.boolean(), later: fc.boolean() }), { maxLength: 8 })

/** One at a time, in the order in which they came, and each caller hears of its own deed. */
const takesTurns = (make: () => Queue) =>
  fc.asyncProperty(fc.scheduler(), deeds, async (scheduler, list) => {
    const queue = make()
    const came: number[] = []
    const begun: number[] = []
    let underWay = 0
    let overlapped = false
    const outcomes = list.map(async ({ fails, later }, number) => {
      if (later) await scheduler.schedule(Promise.resolve(), 'caller')
      came.push(number)
      return queue
        .run(async () => {
          overlapped ||= underWay > 0
          underWay += 1
          begun.push(number)
          await scheduler.schedule(Promise.resolve(), 'deed')
          underWay -= 1
          if (fails) throw new Error(`no ${number}`)
          return `yes ${number}`
        })
        .catch((error: unknown) => (error as Error).message)
    })
    const heard = await scheduler.waitFor(Promise.all(outcomes))
    await queue.idle()
    expect(heard).toEqual(list.map(({ fails }, number) => `${fails ? 'no' : 'yes'} ${number}`))
    expect({ begun, overlapped }).toEqual({ begun: came, overlapped: false })
  })

test('deeds run one at a time, in order, and each caller hears of its own', async () => {
  await fc.assert(takesTurns(() => new CommandQueue()))
})

test.each<[string, () => Queue]>([
  ['runs all at once', () => ({ run: async (deed) => deed(), idle: async () => {} })],
  [
    'hands a failure on to the next',
    () => {
      let last: Promise<unknown> = Promise.resolve()
      return {
        run: <R>(deed: () => R | Promise<R>) => {
          const result = last.then(deed)
          last = result
          return result
        },
        idle: async () => {},
      }
    },
  ],
])('a queue that %s is caught', async (_, mutant) => {
  expect(await caughtAsync(takesTurns(mutant))).toBe(true)
})

test('what is too much is refused, and room is made by what ends, badly too', async () => {
  const queue = new CommandQueue({ sizeMax: 2 })
  const failing = queue.run(() => {
    throw new Error('no')
  })
  const second = queue.run(() => 2)
  await expect(queue.run(() => 3)).rejects.toThrow(QueueFull)
  await expect(failing).rejects.toThrow('no')
  expect(await second).toBe(2)
  await queue.idle()
  expect(queue.size).toBe(0)
  expect(await queue.run(() => 4)).toBe(4)
})
