import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Memento, MementoError, Originator } from '../../src/behavioral/memento.ts'

type Account = Readonly<Record<string, number>>

const name = fc.constantFrom('a', 'b')
const action = fc.oneof(
  fc.record({ type: fc.constant('set' as const), key: name, value: fc.nat(9) }),
  fc.record({ type: fc.constantFrom('savepoint', 'rollbackTo', 'release'), name }),
  fc.record({ type: fc.constant('snapshot' as const) }),
  fc.record({ type: fc.constant('restore' as const), index: fc.nat(3) }),
)

/** What SQL says about savepoints, on whole copies. */
class Model {
  state: Account = {}
  marks: { readonly name: string; readonly state: Account }[] = []
  mementos: Account[] = []

  to(mark: string, keep: 0 | 1): Account | undefined {
    const index = this.marks.findLastIndex((each) => each.name === mark)
    const { state } = this.marks[index] ?? {}
    if (index !== -1) this.marks = this.marks.slice(0, index + keep)
    return state
  }
}

function goesBack(make: () => Originator<Account>): boolean {
  const property = fc.property(fc.array(action, { maxLength: 25, size: 'max' }), (actions) => {
    const model = new Model()
    const originator = make()
    const mementos: Memento[] = []
    for (const act of actions) {
      const expectsError = act.type === 'rollbackTo' || act.type === 'release'
      if (act.type === 'set') {
        model.state = { ...model.state, [act.key]: act.value }
        originator.update((state) => ({ ...state, [act.key]: act.value }))
      } else if (act.type === 'snapshot') {
        model.mementos.push(structuredClone(model.state))
        mementos.push(originator.snapshot())
      } else if (act.type === 'restore') {
        const memento = mementos[act.index]
        if (memento === undefined) continue
        originator.restore(memento)
        model.state = model.mementos[act.index] ?? {}
        model.marks = []
      } else if (!('name' in act)) {
        continue
      } else if (!expectsError) {
        model.marks.push({ name: act.name, state: structuredClone(model.state) })
        originator.savepoint(act.name)
      } else {
        const known = model.to(act.name, act.type === 'release' ? 0 : 1)
        const attempt = (): void =>
          act.type === 'release' ? originator.release(act.name) : originator.rollbackTo(act.name)
        if (refused(attempt) === (known !== undefined)) throw new Error(`${act.type} ${act.name}`)
        if (act.type === 'rollbackTo') model.state = known ?? model.state
      }
      expect(originator.state).toEqual(model.state)
    }
  })
  return !fc.check(property, { numRuns: 500 }).failed
}

function refused(act: () => void): boolean {
  try {
    act()
    return false
  } catch (error) {
    if (error instanceof MementoError && error.code === 'unknown-savepoint') return true
    throw error
  }
}

class EndsAtRollback extends Originator<Account> {
  override rollbackTo(mark: string): void {
    super.rollbackTo(mark)
    this.release(mark)
  }
}

class ReleaseTakesBack extends Originator<Account> {
  override release(mark: string): void {
    this.rollbackTo(mark)
    super.release(mark)
  }
}

class ChangesInPlace extends Originator<Account> {
  override update(change: (state: Account) => Account): void {
    Object.assign(this.state, change(this.state))
  }
}

describe('an originator', () => {
  test('goes back to snapshots, and to savepoints as SQL does', () => {
    expect(goesBack(() => new Originator<Account>({}))).toBe(true)
  })

  test.each([
    ['ends a savepoint when it goes back to it', () => new EndsAtRollback({})],
    ['takes back what is released', () => new ReleaseTakesBack({})],
    ['changes its state in place', () => new ChangesInPlace({})],
  ])('that %s is noticed', (_, mutant) => {
    expect(goesBack(mutant)).toBe(false)
  })

  test('shows nothing of its state in a memento, and takes no other', () => {
    const memento = new Originator({ secret: 1 }).snapshot()
    expect(Reflect.ownKeys(memento)).toEqual([])
    expect(Object.isFrozen(memento)).toBe(true)
    expect(() => new Originator({ secret: 2 }).restore(memento)).toThrow(MementoError)
  })

  test('keeps its state if a change throws', () => {
    const originator = new Originator(1)
    const fail = (): number => {
      throw new RangeError('no')
    }
    expect(() => originator.update(fail)).toThrow(RangeError)
    expect(originator.state).toBe(1)
  })
})
