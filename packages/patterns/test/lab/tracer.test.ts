import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineOf, sequenceOf, Tracer } from '../../src/lab.ts'

const names = ['a', 'b', 'c']

function linesOf(trace: Tracer): readonly string[] {
  return sequenceOf(names, trace.moments).steps.map(lineOf)
}

describe('a traced call', () => {
  test('has its caller, its callee, its arguments and its result', () => {
    const trace = new Tracer(names)
    const b = trace.between('a', 'b', { add: (x: number, y: number) => x + y })
    expect(b.add(1, 2)).toBe(3)
    expect(linesOf(trace)).toEqual(['a -> b.add(1, 2): 3'])
  })

  test('that throws throws the same', () => {
    const trace = new Tracer(names)
    const error = new RangeError('no')
    const b = trace.between('a', 'b', {
      fail: () => {
        throw error
      },
    })
    expect(() => b.fail()).toThrow(error)
    expect(linesOf(trace)).toEqual(['a -> b.fail() ! RangeError: no'])
  })

  test('within a call is indented below it', () => {
    const trace = new Tracer(names)
    const c = trace.between('b', 'c', { get: () => 7 })
    const b = trace.between('a', 'b', { get: () => c.get() })
    b.get()
    expect(linesOf(trace)).toEqual(['a -> b.get()', '  b -> c.get(): 7', 'a <- b: 7'])
  })

  test('on a class with private fields runs on the object itself', () => {
    class Counter {
      #count = 0
      next(): number {
        return ++this.#count
      }
    }
    const trace = new Tracer(names)
    const counter = trace.between('a', 'b', Object.freeze(new Counter()))
    expect([counter.next(), counter.next()]).toEqual([1, 2])
    expect(counter).toBeInstanceOf(Counter)
  })

  test('on a frozen record of functions is seen as well', () => {
    const trace = new Tracer(names)
    trace.between('a', 'b', Object.freeze({ get: () => 7 })).get()
    expect(linesOf(trace)).toEqual(['a -> b.get(): 7'])
  })

  test('that makes something names it from then on', async () => {
    const trace = new Tracer(names)
    const make = trace.creating('a', 'c', async () => ({ id: 1 }))
    const c = await make()
    trace.calling('a', 'b', (_one: object) => undefined, 'use')(c)
    expect(linesOf(trace)).toEqual(['a -> new c(): c', 'a -> b.use(c)'])
  })

  test('of an object on itself is seen where its hooks are', () => {
    class Base {
      run(): string {
        return this.step(1)
      }
      step(n: number): string {
        return `step ${n}`
      }
    }
    const trace = new Tracer(names)
    const base = trace.between('a', 'b', trace.hooks('b', 'c', new Base(), ['step']))
    base.run()
    expect(linesOf(trace)).toEqual([
      'a -> b.run()',
      "  b -> c.step(1): 'step 1'",
      "a <- b: 'step 1'",
    ])
  })

  test('of somebody who was not declared is a mistake', () => {
    const trace = new Tracer(names)
    expect(() => trace.between('a', 'd', new Map()).clear()).toThrow('d is no participant')
    expect(() => trace.hooks('a', 'b', {}, ['none'])).toThrow('there is no method none')
  })

  test('knows its caller after an await', async () => {
    const trace = new Tracer(names)
    const c = trace.between('b', 'c', { get: async () => 7 })
    const b = trace.between('a', 'b', {
      get: async () => {
        await Promise.resolve()
        return c.get()
      },
    })
    await Promise.all([b.get(), trace.between('a', 'c', { late: async () => 1 }).late()])
    expect(linesOf(trace)).toEqual([
      'a -> b.get()',
      'a -> c.late()',
      '  b -> c.get()',
      'a <- c: 1',
      '  b <- c: 7',
      'a <- b: 7',
    ])
  })
})

interface Call {
  readonly to: string
  readonly throws: boolean
  readonly inner: readonly Call[]
}

const { calls } = fc.letrec<{ calls: readonly Call[]; call: Call }>((tie) => ({
  calls: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant([]),
    fc.array(tie('call'), { minLength: 1, maxLength: 3 }),
  ),
  call: fc.record({
    to: fc.constantFrom(...names),
    throws: fc.boolean(),
    inner: tie('calls'),
  }),
}))

/** Makes the calls of a tree, and writes down what a person would. */
function perform(trace: Tracer, call: Call, caller: string, expected: string[], depth = 0): void {
  const { to, throws, inner } = call
  const indent = '  '.repeat(depth)
  const leaf = inner.length === 0
  const error = throws ? ' ! RangeError: no' : ''
  expected.push(`${indent}${caller} -> ${to}.go()${leaf ? error : ''}`)
  const go = (): void => {
    for (const next of inner) perform(trace, next, to, expected, depth + 1)
    if (throws) throw new RangeError('no')
  }
  try {
    trace.between(caller, to, { go }).go()
  } catch {
    // It is in the trace.
  }
  if (!leaf) expected.push(`${indent}${caller} <- ${to}${error}`)
}

test('any tree of calls is told as it was made', () => {
  fc.assert(
    fc.property(calls, (trees) => {
      const trace = new Tracer(names)
      const expected: string[] = []
      for (const tree of trees) perform(trace, tree, 'a', expected)
      expect(linesOf(trace)).toEqual(expected)
    }),
  )
})

test('an activation covers all that its participant does, and those on one lifeline nest', () => {
  fc.assert(
    fc.property(calls, (trees) => {
      const trace = new Tracer(names)
      for (const tree of trees) perform(trace, tree, 'a', [])
      const { steps, activations } = sequenceOf(names, trace.moments)
      const begun = steps.filter(({ type }) => type === 'call')
      expect(activations).toHaveLength(begun.length)
      for (const one of activations) {
        expect(one.from).toBeLessThanOrEqual(one.to)
        expect(one.to).toBeLessThan(steps.length)
        const around = activations.filter(
          (other) =>
            other.participant === one.participant && other.from < one.from && other.to >= one.to,
        )
        expect(one.level).toBe(around.length)
      }
    }),
  )
})

test('however promises interleave, each call is over once', async () => {
  const plans = fc.array(
    fc.record({ to: fc.constantFrom(...names), turns: fc.nat(5), throws: fc.boolean() }),
  )
  await fc.assert(
    fc.asyncProperty(plans, async (all) => {
      const trace = new Tracer(names)
      const pending = all.map(({ to, turns, throws }) => {
        const go = async (): Promise<void> => {
          for (let turn = 0; turn < turns; turn++) await Promise.resolve()
          if (throws) throw new RangeError('no')
        }
        return trace.calling('a', to, go)()
      })
      await Promise.allSettled(pending)
      const over = trace.moments.flatMap((moment) => ('value' in moment ? [moment.call] : []))
      expect(over.toSorted((x, y) => x - y)).toEqual(
        trace.moments.flatMap((moment) => ('method' in moment ? [moment.call] : [])),
      )
      const { activations } = sequenceOf(names, trace.moments)
      expect(activations).toHaveLength(all.length)
    }),
  )
})

test('values are short text that says nothing of how classes were named by a bundler', () => {
  const trace = new Tracer(names)
  const tell = trace.calling('a', 'b', (_value: unknown) => undefined)
  class Mangled {
    readonly secret = 1
  }
  tell(new Mangled())
  tell([1, 'x', null, undefined, 2n, Symbol('s'), [[[1]]]])
  tell({ a: { b: new Map([[1, 2]]) }, c: new Set() })
  tell({ f: () => 1 })
  tell(() => 1)
  tell('x'.repeat(100))
  tell({})
  expect(linesOf(trace)).toEqual([
    'a -> b(object)',
    "a -> b([1, 'x', null, undefined, 2n, [s], […]])",
    'a -> b({ a: { b: Map(1) }, c: Set(0) })',
    'a -> b(object)',
    'a -> b(function)',
    `a -> b('${'x'.repeat(46)}…)`,
    'a -> b({})',
  ])
})
