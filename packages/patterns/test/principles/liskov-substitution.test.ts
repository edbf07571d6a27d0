import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  assertSubstitutable,
  type BreachKind,
  breachOf,
  type Contract,
  NotSubstitutable,
  type Operation,
} from '../../src/principles/liskov-substitution.ts'

class NotNow extends Error {}
class Overdrawn extends Error {}

/** Takes deposits up to 10 at a time; a withdrawal beyond the balance throws `Overdrawn`. */
class Account {
  protected amount = 0
  get balance(): number {
    return this.amount
  }
  deposit(sum: number): number {
    if (sum > 10) throw new NotNow('too much at once')
    this.amount += sum
    return this.amount
  }
  withdraw(sum: number): number {
    if (sum > this.amount) throw new Overdrawn('not that much')
    this.amount -= sum
    return this.amount
  }
}

const contract: Contract<number, Account> = {
  start: 0,
  invariant: (model, account) => account.balance === model && model >= 0,
  refusals: [NotNow, Overdrawn],
}

const deposit = (sum: number): Operation<number, Account> => ({
  name: `deposit(${sum})`,
  requires: () => sum <= 10,
  call: (account) => account.deposit(sum),
  ensures: (model, answer) => answer === model + sum,
  after: (model) => model + sum,
})

const withdraw = (sum: number): Operation<number, Account> => ({
  name: `withdraw(${sum})`,
  call: (account) => account.withdraw(sum),
  ensures: (model, answer) => sum <= model && answer === model - sum,
  after: (model) => model - sum,
  mayThrow: (model) => (sum > model ? [Overdrawn] : []),
})

const program = fc.array(
  fc.oneof(
    fc.integer({ min: 1, max: 14 }).map(deposit),
    fc.integer({ min: 1, max: 14 }).map(withdraw),
  ),
  { maxLength: 12 },
)

type Assert = typeof assertSubstitutable<number, Account>
const substitutable = (
  make: () => Account,
  assert: Assert = assertSubstitutable,
): fc.IPropertyWithHooks<[readonly Operation<number, Account>[]]> =>
  fc.property(program, (operations) => assert(contract, () => new Account(), make, operations))

/** Requires less (any deposit) and ensures more (it counts). */
class Generous extends Account {
  deposits = 0
  override deposit(sum: number): number {
    this.deposits++
    this.amount += sum
    return this.amount
  }
}

class Savings extends Account {
  override withdraw(sum: number): number {
    if (this.amount < 5) throw new NotNow('too little is left')
    return super.withdraw(sum)
  }
}
class Reserved extends Account {
  override withdraw(sum: number): number {
    if (this.amount - sum < 1) throw new Overdrawn('one must stay')
    return super.withdraw(sum)
  }
}
class Charging extends Account {
  override deposit(sum: number): number {
    this.amount += sum
    return this.amount - 1
  }
}
class Failing extends Account {
  override withdraw(sum: number): number {
    if (this.amount === 7) throw new RangeError('unlucky')
    return super.withdraw(sum)
  }
}
class Leaking extends Account {
  override withdraw(sum: number): number {
    const left = super.withdraw(sum)
    this.amount += 1
    return left
  }
}

const wrong: readonly (readonly [name: string, make: () => Account, kind: BreachKind])[] = [
  ['a stronger precondition', () => new Savings(), 'stronger-precondition'],
  ['a precondition hidden in an expected error', () => new Reserved(), 'stronger-precondition'],
  ['a weaker postcondition', () => new Charging(), 'weaker-postcondition'],
  ['a new exception', () => new Failing(), 'new-exception'],
  ['a broken invariant', () => new Leaking(), 'broken-invariant'],
]

/** The breach that fast-check shrank to. */
function breachFound(make: () => Account, assert?: Assert): NotSubstitutable | undefined {
  const { errorInstance } = fc.check(substitutable(make, assert), { seed: 5, numRuns: 1_000 })
  return errorInstance instanceof NotSubstitutable ? errorInstance : undefined
}

describe('Liskov substitution', () => {
  test('a subtype that requires less and ensures more may stand in for its base', () => {
    fc.assert(substitutable(() => new Generous()))
    fc.assert(substitutable(() => new Account()))
  })

  test.for(wrong)('%s is found, and shrunk to the calls that show it', ([, make, kind]) => {
    const found = breachFound(make)
    expect(found).toMatchObject({ whose: 'subtype', breach: { kind } })
    expect(found?.breach.calls.length).toBeLessThanOrEqual(2)
  })

  test('a checker that never looks at the subtype is caught', () => {
    const looksAtBase: Assert = (promise, makeBase, _, operations) =>
      assertSubstitutable(promise, makeBase, makeBase, operations)
    expect(wrong.map(([, make]) => breachFound(make, looksAtBase))).toEqual(
      wrong.map(() => undefined),
    )
  })

  test('a model may become undefined', () => {
    const pop = { name: 'pop()', call: (list: number[]) => list.pop() }
    const pops: Operation<number | undefined, number[]>[] = [
      { ...pop, ensures: (model, answer) => answer === model, after: () => undefined },
      { ...pop, ensures: (model, answer) => answer === model },
    ]
    expect(breachOf({ start: 4 }, [4], pops)).toBeUndefined()
    expect(breachOf({ start: 4 }, [4, 4], pops)).toMatchObject({ saw: 4 })
  })

  test('a contract that its own base does not keep is told apart', () => {
    const never: Operation<number, Account> = { ...deposit(1), ensures: () => false }
    const run = (): void =>
      assertSubstitutable(
        contract,
        () => new Account(),
        () => new Account(),
        [never],
      )
    expect(run).toThrow(/^base: weaker-postcondition after deposit\(1\); saw 1$/)
  })

  test('before: a square is a rectangle whose sides move together. After: shapes do not change', () => {
    class Rectangle {
      width = 1
      height = 1
      setWidth(width: number): void {
        this.width = width
      }
      area(): number {
        return this.width * this.height
      }
    }
    class Square extends Rectangle {
      override setWidth(width: number): void {
        this.width = width
        this.height = width
      }
    }
    const area: Operation<number, { area(): number }> = {
      name: 'area()',
      call: (shape) => shape.area(),
      ensures: (model, answer) => answer === model,
    }
    const widen: Operation<number, Rectangle> = {
      name: 'setWidth(3)',
      call: (rectangle) => rectangle.setWidth(3),
      ensures: () => true,
      after: () => 3,
    }
    expect(breachOf({ start: 1 }, new Rectangle(), [widen, area])).toBeUndefined()
    expect(breachOf({ start: 1 }, new Square(), [widen, area])).toEqual({
      kind: 'weaker-postcondition',
      calls: ['setWidth(3)', 'area()'],
      saw: 9,
    })
    const rectangle = (width: number, height: number) => ({ area: () => width * height })
    const square = (side: number) => rectangle(side, side)
    assertSubstitutable(
      { start: 9 },
      () => rectangle(1, 9),
      () => square(3),
      [area],
    )
  })
})
