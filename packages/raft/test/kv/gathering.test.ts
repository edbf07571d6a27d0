import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { Gathering } from '../../src/kv/gathering.ts'
import { mutant } from '../mutant.ts'

/** A gathering of numbers, and whether its timer is set. */
function gathering(lingerMs: number): { held: Gathering<number>; timer: () => boolean } {
  let isSet = false
  const context = {
    setTimer: () => {
      isSet = true
    },
    clearTimer: () => {
      isSet = false
    },
  }
  return { held: new Gathering<number>(context, lingerMs), timer: () => isSet }
}

function add(held: Gathering<number>, count: number): void {
  for (let i = 0; i < count; i++) held.add(i)
}

type Deed = 'add' | 'take' | 'committed' | 'timer'
const deeds = fc.array(fc.constantFrom<Deed>('add', 'add', 'take', 'committed', 'timer'))

/** Runs deeds and says what is wrong: items out of order, lost, or held with no timer that ends it. */
function run(given: readonly Deed[], lingerMs: number, forgetful: boolean): string | undefined {
  const { held, timer } = gathering(lingerMs)
  let added = 0
  let taken = 0
  for (const deed of given) {
    if (deed === 'add') held.add(added++)
    else if (deed === 'committed') held.committed()
    else if (deed === 'take' || timer()) {
      if (deed === 'timer' && !forgetful) held.timedOut()
      for (const item of held.take()) if (item !== taken++) return 'out of order'
      if (deed === 'timer' && held.size > 0) return 'held after its time'
      if (held.size > 0 && !timer()) return 'held with no end'
      if (held.size > 0 && lingerMs === 0) return 'held although nothing may be'
    }
    if (held.size !== added - taken) return 'lost or doubled'
  }
  return undefined
}

describe('proposals that wait for each other', () => {
  test('a single client is never held back', () => {
    const { held } = gathering(5)
    for (let i = 0; i < 3; i++) {
      add(held, 1)
      expect(held.take()).toHaveLength(1)
      held.committed()
    }
  })

  test('while a batch is under way everything waits for its end, and then for it', () => {
    const { held } = gathering(5)
    add(held, 1)
    held.take()
    add(held, 7)
    expect(held.take()).toEqual([])
    held.committed()
    add(held, 1)
    expect(held.take()).toHaveLength(8)
  })

  test('those that were answered together are awaited, but for a tenth', () => {
    const { held } = gathering(5)
    add(held, 20)
    expect(held.take()).toHaveLength(20)
    held.committed()
    add(held, 17)
    expect(held.take()).toEqual([])
    add(held, 1)
    expect(held.take()).toHaveLength(18)
  })

  test('the timer lets those go that came, and fewer are awaited from then on', () => {
    const { held, timer } = gathering(5)
    add(held, 20)
    held.take()
    held.committed()
    add(held, 2)
    expect(held.take()).toEqual([])
    expect(timer()).toBe(true)
    held.timedOut()
    expect(held.take()).toHaveLength(2)
    held.committed()
    add(held, 2)
    expect(held.take()).toHaveLength(2)
  })

  test('what is cleared is given back, and nothing is awaited', () => {
    const { held, timer } = gathering(5)
    add(held, 20)
    held.take()
    add(held, 3)
    held.take()
    expect(held.clear()).toEqual([0, 1, 2])
    expect([held.size, timer()]).toEqual([0, false])
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
