import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  announcing,
  BufferOverrun,
  iterating,
  type Hearing,
  type Source,
} from '../../src/structural/event-adapter.ts'
import { caughtAsync } from '../caught.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What a source does, and when its reader leaves. */
const runs = fc.record({
  elements: fc.array(fc.option(fc.integer(), { nil: undefined }), { maxLength: 6 }),
  fails: fc.boolean(),
  /** Whether it calls at once, or an element each turn. */
  atOnce: fc.boolean(),
  /** After how many elements the reader leaves. */
  leavesAt: fc.nat(8),
})
type Run = typeof runs extends fc.Arbitrary<infer R> ? R : never

/** A source that does as it is told, also after it was stopped, and counts how often that was. */
function scripted(run: Run): { readonly source: Source<number | undefined>; stops: number } {
  const told = {
    stops: 0,
    source: (hearing: Hearing<number | undefined>) => {
      const steps = [
        ...run.elements.map((element) => () => hearing.next(element)),
        () => (run.fails ? hearing.failed(new Error('gone')) : hearing.ended()),
        () => hearing.next(-1),
      ]
      const call = async (): Promise<void> => {
        for (const step of steps) {
          if (!run.atOnce) await turn()
          step()
        }
      }
      void call()
      return () => {
        told.stops += 1
      }
    },
  }
  return told
}

async function readOf(elements: AsyncIterable<unknown>, leavesAt: number): Promise<unknown[]> {
  const seen: unknown[] = []
  try {
    if (leavesAt === 0) return seen
    for await (const element of elements) {
      seen.push(element)
      if (seen.length === leavesAt) return [...seen, 'left']
    }
    return [...seen, 'ended']
  } catch (error) {
    return [...seen, String(error)]
  }
}

const readsAll = (read: typeof iterating) =>
  fc.asyncProperty(runs, async (run) => {
    const told = scripted(run)
    const seen = await readOf(read(told.source, { bufferMax: 6 }), run.leavesAt)
    const { elements, leavesAt } = run
    const left = leavesAt <= elements.length
    const end = left ? (leavesAt === 0 ? [] : ['left']) : [run.fails ? 'Error: gone' : 'ended']
    expect(seen).toEqual([...elements.slice(0, leavesAt), ...end])
    expect(told.stops).toBe(leavesAt === 0 ? 0 : 1)
  })

test('a loop reads all that a source calls, then its error or its end, and stops it once', async () => {
  await fc.assert(readsAll(iterating))
})

test.each<[string, typeof iterating]>([
  [
    'forgets to stop the source',
    (source, options) => iterating((hearing) => (source(hearing), () => {}), options),
  ],
  [
    'takes a failure for the end',
    (source, options) =>
      iterating(({ next, ended }) => source({ next, ended, failed: () => ended() }), options),
  ],
  [
    'drops what is undefined',
    (source, options) =>
      iterating(
        ({ next, failed, ended }) =>
          source({ next: (each) => each !== undefined && next(each), failed, ended }),
        options,
      ),
  ],
  ['keeps too little', (source) => iterating(source, { bufferMax: 1 })],
])('a reader that %s is caught', async (_, mutant) => {
  expect(await caughtAsync(readsAll(mutant))).toBe(true)
})

const comesBack = (announce: typeof announcing) =>
  fc.asyncProperty(runs, async ({ elements, fails, leavesAt }) => {
    let closed = 0
    async function* original(): AsyncGenerator<number | undefined> {
      try {
        yield* elements
        if (fails) throw new Error('gone')
      } finally {
        closed += 1
      }
    }
    const back = iterating(announce(original()), { bufferMax: 6 })
    const seen = await readOf(back, leavesAt)
    await turn()
    const once = closed
    expect(seen).toEqual(await readOf(original(), leavesAt))
    expect(once).toBe(leavesAt === 0 ? 0 : 1)
  })

test('an iterator that is announced and read again is the same, its error and its closing too', async () => {
  await fc.assert(comesBack(announcing))
})

test('an iterator that is not closed, or read beyond its end, is caught', async () => {
  const careless: typeof announcing = (elements) => (hearing) => {
    void (async () => {
      for await (const element of elements) hearing.next(element)
    })().then(
      () => hearing.ended(),
      (error: unknown) => hearing.ended() ?? hearing.failed(error),
    )
    return () => {}
  }
  expect(await caughtAsync(comesBack(careless))).toBe(true)
})

test('who leaves while he waits does not wait for ever', async () => {
  let stops = 0
  const silent = iterating<number>(() => () => (stops += 1), { bufferMax: 1 })
  const reader = silent[Symbol.asyncIterator]()
  const waiting = reader.next()
  await reader.return?.()
  expect([await waiting, await reader.next(), stops]).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
    1,
  ])
})

test('what overruns the buffer is stopped, and the reader hears of it after what was kept', async () => {
  const told = scripted({ elements: [1, 2, 3], fails: false, atOnce: true, leavesAt: 0 })
  const seen: unknown[] = []
  const read = async (): Promise<void> => {
    for await (const each of iterating(told.source, { bufferMax: 2 })) seen.push(each)
  }
  await expect(read()).rejects.toThrow(BufferOverrun)
  expect([seen, told.stops]).toEqual([[1, 2], 1])
})

test('a hearing that throws closes the iterator and hears why', async () => {
  let closed = false
  async function* numbers(): AsyncGenerator<number> {
    try {
      yield 1
      yield 2
    } finally {
      closed = true
    }
  }
  const failure = await new Promise((failed) => {
    const next = (): void => {
      throw new RangeError('full')
    }
    announcing(numbers())({ next, failed, ended: () => failed('ended') })
  })
  expect([String(failure), closed]).toEqual(['RangeError: full', true])
})
