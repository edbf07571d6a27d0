import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Dispatcher, NoWorkerError, type Worker } from '../../src/structural/dispatch.ts'
import { caughtAsync } from '../caught.ts'

interface Task {
  readonly number: number
  readonly kind: string
}
type Dispatching = Pick<Dispatcher<Task, string>, 'dispatch'>
type Make = (workers: readonly Worker<Task, string>[]) => Dispatching

const kinds = ['read', 'write', 'sweep'] as const
const staffs = fc.array(
  fc.record({ kinds: fc.subarray([...kinds]), concurrency: fc.integer({ min: 1, max: 2 }) }),
  { minLength: 1, maxLength: 3 },
)
/** Each task, and whether the caller waits for a turn before it comes. */
const arrivals = fc.array(fc.record({ kind: fc.constantFrom(...kinds), later: fc.boolean() }), {
  maxLength: 10,
})

/**
 * Each task is done once, by one who can; nobody does more than he may; nobody is idle while a task
 * waits that he can do; and tasks of one kind begin in the order in which they came.
 */
const handsOut = (make: Make) =>
  fc.asyncProperty(fc.scheduler(), staffs, arrivals, async (scheduler, staff, tasks) => {
    const begun: Task[] = []
    const busy = staff.map(() => 0)
    const waiting = new Set<Task>()
    const workers = staff.map(
      (one, at): Worker<Task, string> => ({
        name: `w${at}`,
        concurrency: one.concurrency,
        can: ({ kind }) => one.kinds.some((each) => each === kind),
        work: async (task) => {
          begun.push(task)
          waiting.delete(task)
          busy[at] = (busy[at] ?? 0) + 1
          expect(busy[at]).toBeLessThanOrEqual(one.concurrency)
          expect(one.kinds).toContain(task.kind)
          await scheduler.schedule(Promise.resolve(), 'work')
          busy[at] = (busy[at] ?? 0) - 1
          if (task.number % 4 === 3) throw new Error(`w${at}`)
          return `w${at}`
        },
      }),
    )
    const dispatcher = make(workers)
    const results = tasks.map(async ({ kind, later }, number) => {
      if (later) await scheduler.schedule(Promise.resolve(), 'caller')
      const task = { number, kind }
      const able = staff.some((one) => one.kinds.some((each) => each === kind))
      if (able) waiting.add(task)
      const result = await dispatcher.dispatch(task).catch((error: unknown) => error)
      expect(result instanceof NoWorkerError).toBe(!able)
      if (able) expect(result instanceof Error).toBe(number % 4 === 3)
    })
    const settled = Promise.all(results)
    // A failure while the schedule still runs is looked at once it has ended.
    settled.catch(() => undefined)
    for (;;) {
      await new Promise(setImmediate)
      for (const [at, one] of staff.entries()) {
        const idle = (busy[at] ?? 0) < one.concurrency
        const wanted = [...waiting].some(({ kind }) => one.kinds.some((each) => each === kind))
        expect(idle && wanted).toBe(false)
      }
      if (scheduler.count() === 0) break
      await scheduler.waitOne()
    }
    await settled
    const doable = tasks.filter(({ kind }) =>
      staff.some((one) => one.kinds.some((each) => each === kind)),
    )
    expect(begun.length).toBe(doable.length)
    expect(new Set(begun).size).toBe(begun.length)
    for (const kind of kinds) {
      const now = begun.filter((task) => task.kind === kind && tasks[task.number]?.later === false)
      expect(now.map(({ number }) => number)).toEqual(
        now.map(({ number }) => number).sort((a, b) => a - b),
      )
    }
  })

test('each task goes to one who can, at once if one is free, in the order of its kind', async () => {
  await fc.assert(handsOut((workers) => new Dispatcher(workers)))
})

/** The mistakes: tasks are handed to whoever can, or the latest that waits goes first. */
const mutants: Record<string, Make> = {
  'asks nobody whether he is free': (workers) => ({
    dispatch: async (task) => {
      const able = workers.find((worker) => worker.can(task))
      if (able === undefined) throw new NoWorkerError([])
      return able.work(task)
    },
  }),
  'keeps one task under way at a time': (workers) => {
    const inner = new Dispatcher(workers)
    let last: Promise<unknown> = Promise.resolve()
    return {
      dispatch: (task) => {
        const result = last.then(() => inner.dispatch(task))
        last = result.catch(() => undefined)
        return result
      },
    }
  },
  'takes the latest that waits': (workers) => {
    const inner = new Dispatcher(workers)
    const held: { readonly task: Task; readonly settle: (result: Promise<string>) => void }[] = []
    let open = 0
    const start = async (task: Task): Promise<string> => {
      open += 1
      try {
        return await inner.dispatch(task)
      } finally {
        open -= 1
        const next = held.pop()
        if (next !== undefined) next.settle(start(next.task))
      }
    }
    return {
      dispatch: (task) =>
        open < 2 ? start(task) : new Promise((settle) => held.push({ task, settle })),
    }
  },
}

test.each(Object.entries(mutants))('one that %s is caught', async (_, mutant) => {
  expect(await caughtAsync(handsOut(mutant))).toBe(true)
})

test('of two who are free the less busy one is taken', async () => {
  const open: (() => void)[] = []
  const worker = (name: string, concurrency: number): Worker<string, string> => ({
    name,
    concurrency,
    can: () => true,
    work: () => new Promise((resolve) => open.push(() => resolve(name))),
  })
  const office = new Dispatcher([worker('wide', 4), worker('narrow', 2)])
  const done = Promise.all(['1', '2', '3', '4', '5'].map((task) => office.dispatch(task)))
  for (const end of open) end()
  expect(await done).toEqual(['wide', 'narrow', 'wide', 'wide', 'narrow'])
  expect(office.waiting).toBe(0)
})

test('a worker that may do nothing is refused', () => {
  const idle = { name: 'idle', concurrency: 0, can: () => true, work: () => 0 }
  expect(() => new Dispatcher([idle])).toThrow(RangeError)
})
