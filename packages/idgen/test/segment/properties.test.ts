import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { segmentFlaws } from '../../src/segment/flaws.ts'
import { leaf, type SegmentRules } from '../../src/segment/rules.ts'
import { SegmentIds } from '../../src/segment/segment-ids.ts'
import type { Segment, SegmentStore } from '../../src/segment/segment-store.ts'
import { repeated } from '../uniqueness.ts'
import { VirtualTime } from '../virtual-time.ts'
import { SimStore } from './sim-store.ts'

/** What somebody does next: takes ids in one of the processes, or starts that process anew. */
const act = fc.record({
  process: fc.integer({ min: 0, max: 2 }),
  count: fc.integer({ min: 0, max: 60 }),
  afterMs: fc.integer({ min: 0, max: 30 }),
  store: fc.constantFrom('up', 'up', 'up', 'down', 'losing'),
  restarts: fc.boolean(),
})
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never
const acts = fc.array(act, { minLength: 1, maxLength: 25 })
const latencyMs = 20
const step = 20

/** Ids of every process from start to end, with the segments that it loaded. */
interface Life {
  readonly ids: bigint[]
  readonly segments: Segment[]
  readonly generator: SegmentIds
}

async function livesOf(plan: readonly Act[], rules: SegmentRules): Promise<readonly Life[]> {
  const time = new VirtualTime()
  const store = new SimStore(time, latencyMs, { t: step })
  const lives: Life[] = []
  const start = (): Life => {
    const segments: Segment[] = []
    const seen: SegmentStore = {
      tags: () => store.tags(),
      load: async (tag, size) => {
        const segment = await store.load(tag, size)
        segments.push(segment)
        return segment
      },
    }
    const life = { ids: [], segments, generator: generatorOf(seen, time, rules) }
    lives.push(life)
    return life
  }
  const processes = [start(), start(), start()]
  const taking: Promise<unknown>[] = []
  for (const { process, count, afterMs, store: state, restarts } of plan) {
    if (restarts) processes[process] = start()
    const life = processes[process] as Life
    const took = life.generator.nextBatch(count).then((ids) => life.ids.push(...ids))
    taking.push(took.catch(() => {}))
    store.isDown = state === 'down'
    store.losesAnswers = state === 'losing'
    await time.run(afterMs)
  }
  store.isDown = store.losesAnswers = false
  await time.run(1_000)
  await Promise.all(taking)
  return lives
}

function generatorOf(store: SegmentStore, clock: VirtualTime, rules: SegmentRules): SegmentIds {
  const randomness = { draw: (bytes: Uint8Array): unknown => bytes.fill(128) }
  return new SegmentIds({ tag: 't', store, clock, randomness, rules })
}

/** No id twice, whoever took it, through outages, lost answers and restarts. */
const unique = (rules: SegmentRules): fc.IAsyncProperty<[Act[]]> =>
  fc.asyncProperty(acts, async (plan) => {
    const lives = await livesOf(plan, rules)
    expect(repeated(lives.flatMap(({ ids }) => ids))).toEqual([])
  })

/** While nothing fails a process gives every id of its segments, in their order. */
const complete = (rules: SegmentRules): fc.IAsyncProperty<[Act[]]> =>
  fc.asyncProperty(acts, async (plan) => {
    const lives = await livesOf(
      plan.map((one) => ({ ...one, store: 'up' })),
      rules,
    )
    for (const { ids, segments } of lives) {
      const loaded = segments.flatMap(({ first, end }) =>
        Array.from({ length: Number(end - first) }, (_, n) => first + BigInt(n)),
      )
      // Calls at one moment may end in another order than they began.
      const given = ids.toSorted((a, b) => (a < b ? -1 : 1))
      expect(given).toEqual(loaded.slice(0, given.length))
    }
  })

/** Nobody waits while nine tenths of a segment last longer than the store takes. */
const prompt = (rules: SegmentRules): fc.IAsyncProperty<[number]> =>
  fc.asyncProperty(fc.integer({ min: 1, max: 17 }), async (slow) => {
    const time = new VirtualTime()
    const generator = generatorOf(new SimStore(time, slow, { t: step }), time, rules)
    const prepared = generator.prepare()
    await time.run(slow)
    await prepared
    for (let id = 1n; id <= 200n; id++) {
      expect(generator.nextSync()).toBe(id)
      await time.run(1)
    }
  })

/** A segment lasts some minutes at least, whatever the store's step is. */
const fitting = (rules: SegmentRules): fc.IAsyncProperty<[number]> =>
  fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (first) => {
    const time = new VirtualTime()
    const store = new SimStore(time, 10, { t: first })
    const generator = generatorOf(store, time, rules)
    for (let second = 0; second < 40; second++) {
      const batch = generator.nextBatch(100)
      await time.run(1_000)
      await batch
    }
    // 100 a second for 40 seconds, in segments that grow from 50 at most.
    expect(store.loaded.length).toBeLessThan(20)
  })

const properties = { unique, complete, prompt, fitting }
/** A flaw is found by one of them, some by several. */
const found: Readonly<Record<string, keyof typeof properties>> = {
  'one-id-too-many': 'unique',
  'switched-early': 'complete',
  'segment-used-twice': 'unique',
  'threshold-ignored': 'prompt',
  'step-never-adapted': 'fitting',
}

describe('segments as Leaf has them', () => {
  test.for(Object.entries(properties))('are %s', async ([, property]) => {
    await fc.assert(property(leaf) as fc.IAsyncProperty<[unknown]>, { numRuns: 40 })
  })

  test.for(segmentFlaws.map((flaw) => [flaw.name, flaw] as const))(
    'a generator is found out: %s',
    async ([name, { breaks }]) => {
      const property = properties[found[name] as keyof typeof properties]
      const rules = { ...leaf, ...breaks }
      const result = await fc.check(property(rules) as fc.IAsyncProperty<[unknown]>, {
        numRuns: 200,
        endOnFailure: true,
      })
      expect(result.failed).toBe(true)
    },
  )

  test('a store is found out that remembers nothing over a restart', async () => {
    const forgetful = (): SegmentStore => {
      let given = 1n
      return {
        tags: async () => new Map([['t', step]]),
        load: async (_tag, size = step) => {
          const first = given
          given += BigInt(size)
          return { first, end: given, step }
        },
      }
    }
    const ids: bigint[] = []
    for (let start = 0; start < 2; start++) {
      ids.push(...(await new SegmentIds({ tag: 't', store: forgetful() }).nextBatch(10)))
    }
    expect(repeated(ids)).not.toEqual([])
  })
})
