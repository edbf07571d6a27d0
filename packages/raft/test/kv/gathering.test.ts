import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { Gathering } from '../../src/kv/gathering.ts'
import { mutant } from '../mutant.ts'

/** A gathering of numbers on a clock that goes on with its timer alone. */
class Bench {
  readonly held: Gathering<number>
  now = 0
  #dueAt: number | undefined

  constructor(lingerMs: number) {
    const context = {
      setTimer: (_: string, after: number) => {
        this.#dueAt = this.now + after
      },
      clearTimer: () => {
        this.#dueAt = undefined
      },
      elapsed: () => this.now,
    }
    this.held = new Gathering<number>(context, 'linger', lingerMs)
  }

  get timer(): boolean {
    return this.#dueAt !== undefined
  }

  /** Goes on to when the timer is due. Whether the gathering hears of it is up to the caller. */
  wait(): void {
    this.now = this.#dueAt ?? this.now
    this.#dueAt = undefined
  }
}

function add(held: Gathering<number>, count: number): void {
  for (let i = 0; i < count; i++) held.add(i)
}

type Deed = 'add' | 'take' | 'done' | 'timer'
const deeds = fc.array(fc.constantFrom<Deed>('add', 'add', 'take', 'done', 'timer'))

/** Runs deeds and says what is wrong: items out of order, lost, or held too long or with no timer that ends it. */
function run(given: readonly Deed[], lingerMs: number, forgetful: boolean): string | undefined {
  const bench = new Bench(lingerMs)
  const { held } = bench
  const since: number[] = []
  let taken = 0
  for (const deed of given) {
    if (deed === 'add') held.add(since.push(bench.now) - 1)
    else if (deed === 'done') held.done()
    else if (deed === 'take' || bench.timer) {
      if (deed === 'timer') bench.wait()
      if (deed === 'timer' && !forgetful) held.timedOut()
      for (const item of held.take()) if (item !== taken++) return 'out of order'
      if (held.size > 0 && !bench.timer) return 'held with no end'
      if (held.size > 0 && lingerMs === 0) return 'held although nothing may be'
      const waited = bench.now - (since[taken] ?? bench.now)
      if (held.size > 0 && waited > 2.2 * lingerMs) return 'held after its time'
    }
    if (held.size !== since.length - taken) return 'lost or doubled'
  }
  return undefined
}

describe('proposals that wait for each other', () => {
  test('a single client is never held back', () => {
    const { held } = new Bench(5)
    for (let i = 0; i < 3; i++) {
      add(held, 1)
      expect(held.take()).toHaveLength(1)
      held.done()
    }
  })

  test('while a batch is under way everything waits for its end, and then for it', () => {
    const { held } = new Bench(5)
    add(held, 1)
    held.take()
    add(held, 7)
    expect(held.take()).toEqual([])
    held.done()
    add(held, 1)
    expect(held.take()).toHaveLength(8)
  })

  test('those that were answered together are awaited, but for a tenth', () => {
    const { held } = new Bench(5)
    add(held, 20)
    expect(held.take()).toHaveLength(20)
    held.done()
    add(held, 17)
    expect(held.take()).toEqual([])
    add(held, 1)
    expect(held.take()).toHaveLength(18)
  })

  test('the timer lets those go that came, and fewer are awaited from then on', () => {
    const bench = new Bench(5)
    const { held } = bench
    add(held, 20)
    held.take()
    held.done()
    add(held, 2)
    expect(held.take()).toEqual([])
    expect(bench.timer).toBe(true)
    bench.wait()
    held.timedOut()
    expect(held.take()).toHaveLength(2)
    held.done()
    add(held, 2)
    expect(held.take()).toHaveLength(2)
  })

  test('others are awaited while they come, but not longer than the limit', () => {
    const bench = new Bench(5)
    const { held } = bench
    add(held, 20)
    held.take()
    held.done()
    add(held, 1)
    let taken = held.take().length
    while (taken === 0 && bench.timer) {
      add(held, 1)
      bench.wait()
      held.timedOut()
      taken = held.take().length
    }
    expect([taken, bench.now]).toEqual([11, 5])
  })

  test('what is cleared is given back, and nothing is awaited', () => {
    const bench = new Bench(5)
    const { held } = bench
    add(held, 20)
    held.take()
    add(held, 3)
    held.take()
    expect(held.clear()).toEqual([0, 1, 2])
    expect([held.size, bench.timer]).toEqual([0, false])
    add(held, 1)
    expect(held.take()).toHaveLength(1)
  })

  property.prop([deeds, fc.constantFrom(0, 5)])(
    'all leave once and in order, and nothing is held without an end',
    (given, lingerMs) => {
      expect(run(given, lingerMs, false)).toBeUndefined()
    },
  )

  test('a timer that is not told is found out', () => {
    const holds = fc.property(deeds, (given) => run(given, 5, true) === undefined)
    expect(fc.check(holds, mutant).failed).toBe(true)
  })
})
