import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventBus } from '../../src/behavioral/observer.ts'
import { experiments, trace, type TracedExperiment, Tracer } from '../../src/lab.ts'
import { ObjectPool } from '../../src/structural/object-pool.ts'

function named(id: string): TracedExperiment {
  const found = experiments.find((experiment) => experiment.id === id)
  if (found === undefined) throw new RangeError(`no experiment ${id}`)
  return found
}

describe.each(experiments.map((experiment) => [experiment.id, experiment] as const))(
  '%s',
  (id, experiment) => {
    test('makes the calls that are expected of it, each time that it runs', async () => {
      const run = await trace(experiment)
      expect(run.difference).toBeUndefined()
      expect(await trace(experiment)).toEqual(run)
    })

    test('is told in two to five sentences, and says what to watch for', () => {
      const sentences = experiment.story.match(/[.?](?= |$)/g) ?? []
      expect(sentences.length).toBeGreaterThanOrEqual(2)
      expect(sentences.length).toBeLessThanOrEqual(5)
      expect(experiment.watch.length).toBeGreaterThanOrEqual(2)
      expect(id).toMatch(/^pattern-[a-z-]+$/)
    })

    test('has nobody in it who does nothing, and no type that is not there', async () => {
      const { diagram, picture } = await trace(experiment)
      const busy = diagram.steps.flatMap((step) =>
        step.type === 'scene' ? [] : [step.caller, step.callee],
      )
      expect(Object.keys(experiment.participants).filter((name) => !busy.includes(name))).toEqual(
        [],
      )
      const types = new Set(picture.types.map(({ name }) => name))
      const lost = picture.relations.flatMap(({ from, to }) => [from, to])
      expect(lost.filter((name) => !types.has(name))).toEqual([])
      const related = new Set(lost)
      expect([...types].filter((name) => !related.has(name))).toEqual([])
    })
  },
)

describe('a planted mistake is found', () => {
  test('in the calls: one that is missing, doubled, redirected or out of order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...experiments),
        fc.nat(),
        fc.nat(3),
        async (of, at, how) => {
          const run = async (tracer: Tracer): Promise<void> => {
            await of.run(tracer)
            const moments = tracer.moments as unknown as { type: string; caller?: string }[]
            const calls = moments.flatMap((moment, index) => ('method' in moment ? [index] : []))
            const index = calls[at % calls.length] ?? 0
            const moment = moments[index] as { type: string; caller?: string }
            if (how === 0) moments.splice(index, 1)
            else if (how === 1) moments.splice(index, 0, { type: 'scene' })
            else if (how === 2) moments[index] = { ...moment, caller: 'somebody' }
            else moments.push(moment)
          }
          expect((await trace({ ...of, run })).difference).toBeDefined()
        },
      ),
      { numRuns: 60 },
    )
  })

  test('in a singleton that lets a second caller in', async () => {
    const run = async (tracer: Tracer): Promise<void> => {
      const open = tracer.creating('holder', 'connection', async () => ({ open: true }))
      let kept: object | undefined
      const naive = async (): Promise<object> => (kept ??= await open())
      for (const title of ['before: make it if it is not there', 'after: once']) {
        kept = undefined
        tracer.scene(title)
        const ask = (who: string) => tracer.calling(who, 'holder', naive)()
        await Promise.all([ask('first'), ask('second')])
      }
    }
    const { difference } = await trace({ ...named('pattern-singleton-once'), run })
    expect(difference).toMatchObject({
      expected: 'second -> holder()',
      seen: '  holder -> new connection()',
    })
  })

  test('in a bus that stops at the first listener that throws', async () => {
    class Fragile extends EventBus<{ elected: string }> {
      readonly #listeners: ((leader: string) => unknown)[] = []
      override on(_event: 'elected', listener: (leader: string) => unknown): () => void {
        this.#listeners.push(listener)
        return () => undefined
      }
      override emit(_event: 'elected', leader: string): void {
        for (const listener of this.#listeners) listener(leader)
      }
    }
    const run = (tracer: Tracer): void => {
      const bus = new Fragile()
      const hear = (who: string, listener: () => void) => tracer.calling('bus', who, listener)
      bus.on(
        'elected',
        hear('log', () => undefined),
      )
      bus.on(
        'elected',
        hear('broken', () => {
          throw new RangeError('no ears')
        }),
      )
      bus.on(
        'elected',
        hear('welcome', () => undefined),
      )
      expect(() => tracer.between('node', 'bus', bus).emit('elected', 'n1')).toThrow('no ears')
    }
    const { difference } = await trace({ ...named('pattern-observer'), run })
    expect(difference).toBeDefined()
  })

  test('in a pool that lends what it has not wiped', async () => {
    class Careless extends ObjectPool<number[]> {
      readonly #back: number[][] = []
      override release(object: number[]): void {
        this.#back.push(object)
      }
      override acquire(): number[] {
        return this.#back.pop() ?? super.acquire()
      }
    }
    const run = (tracer: Tracer): void => {
      const create = tracer.creating('pool', 'buffer', (): number[] => [])
      const pool = tracer.between(
        'user',
        'pool',
        new Careless({ create, reset: () => undefined, sizeMax: 2 }),
      )
      const one = pool.acquire()
      pool.acquire()
      expect(() => pool.acquire()).toThrow('all objects')
      pool.release(one)
    }
    const { difference } = await trace({ ...named('pattern-object-pool'), run })
    expect(difference).toMatchObject({ expected: '  pool -> buffer.wipe(buffer)' })
  })
})
