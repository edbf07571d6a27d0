import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import {
  guarded,
  type InvocationHandler,
  proxied,
  remote,
  targetOf,
  virtual,
} from '../../src/structural/proxy.ts'
import { subclassProxy } from '../../src/structural/subclass-proxy.ts'
import { caught } from '../caught.ts'

class Base {
  read(): readonly number[] {
    return []
  }
}
/** A target with private state, a getter, a setter, inheritance, calls on itself, and errors. */
class Tape extends Base {
  #cells: number[] = []
  label = 'tape'
  get length(): number {
    return this.#cells.length
  }
  write(cell: number): number {
    if (cell < 0) throw new RangeError(`negative: ${cell}`)
    return this.#cells.push(cell)
  }
  writeTwice(cell: number): number {
    this.write(cell)
    return this.write(cell)
  }
  override read(): readonly number[] {
    return [...super.read(), ...this.#cells]
  }
}

type Step = readonly ['write' | 'writeTwice' | 'read' | 'length' | 'label', number]
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom(
      'write' as const,
      'writeTwice' as const,
      'read' as const,
      'length' as const,
      'label' as const,
    ),
    fc.integer({ min: -1, max: 5 }),
  ),
)

/** All that can be observed of a tape under some steps. */
function observe(tape: Tape, script: readonly Step[]): unknown[] {
  return script.map(([what, cell]) => {
    try {
      if (what === 'length') return tape.length
      if (what === 'label') return (tape.label += cell)
      return what === 'read' ? tape.read() : tape[what](cell)
    } catch (error) {
      return String(error)
    }
  })
}

type MakeTape = (handler: InvocationHandler) => Tape
const styles: Record<string, MakeTape> = {
  'interface-style': (handler) => proxied(new Tape(), handler),
  'subclass-style': (handler) => new (subclassProxy(Tape, handler))(),
  'nested interface-style': (handler) => proxied(proxied(new Tape(), handler), handler),
  'interface-style over subclass-style': (handler) =>
    proxied(new (subclassProxy(Tape, handler))(), handler),
}

const isTransparent = (make: MakeTape) =>
  fc.property(steps, (script) => {
    const tape = make(({ proceed }) => proceed())
    expect(observe(tape, script)).toEqual(observe(new Tape(), script))
    expect(tape).toBeInstanceOf(Tape)
    expect('write' in tape && !('erase' in tape)).toBe(true)
    expect(tape.write === tape.write).toBe(true)
  })

test.each(Object.entries(styles))('%s: a handler that proceeds cannot be observed', (_, make) => {
  fc.assert(isTransparent(make))
})
test('a virtual proxy cannot be told from its target', () => {
  fc.assert(isTransparent(() => virtual(() => new Tape())))
})

test('a proxy that runs methods on itself is caught: private fields and calls within differ', () => {
  const onItself: MakeTape = (handler) =>
    new Proxy(new Tape(), {
      get: (target, key, receiver) => {
        const value: unknown = Reflect.get(target, key, receiver)
        if (typeof value !== 'function') return value
        const method = value as (...parameters: unknown[]) => unknown
        return (...parameters: unknown[]) =>
          handler({ method: key, parameters, proceed: () => method.apply(receiver, parameters) })
      },
    })
  expect(caught(isTransparent(onItself))).toBe(true)
})

const chainsInOrder = (wrap: (target: Tape, handler: InvocationHandler) => Tape) =>
  fc.property(fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 5 }), (layers) => {
    const trace: string[] = []
    const tape = layers.reduce<Tape>(
      (inner, layer) =>
        wrap(inner, ({ proceed }) => {
          trace.push(`before ${layer}`)
          const result = proceed()
          trace.push(`after ${layer}`)
          return result
        }),
      new Tape(),
    )
    expect(tape.write(1)).toBe(1)
    const outside = layers.toReversed()
    expect(trace).toEqual([
      ...outside.map((layer) => `before ${layer}`),
      ...layers.map((layer) => `after ${layer}`),
    ])
  })

test('the last proxy put on is the first to see a call and the last to see its result', () => {
  fc.assert(chainsInOrder(proxied))
})

test('a proxy that unwraps what it is put on is caught', () => {
  const flat = (target: Tape, handler: InvocationHandler) =>
    proxied(targetOf(target) ?? target, handler)
  expect(caught(chainsInOrder(flat))).toBe(true)
})

test('a handler can change the parameters, the result, and answer itself', () => {
  const tape = proxied(new Tape(), ({ method, parameters, proceed }) => {
    if (method === 'read') return [42]
    return Number(proceed(Number(parameters[0]) + 10)) * 100
  })
  expect(tape.write(-5)).toBe(100)
  expect(tape.read()).toEqual([42])
})

test('a call of an object on itself is seen by the subclass-style alone', () => {
  const seenBy = (make: MakeTape) => {
    const seen: PropertyKey[] = []
    make(({ method, proceed }) => {
      seen.push(method)
      return proceed()
    }).writeTwice(1)
    return seen
  }
  const { 'interface-style': face, 'subclass-style': sub } = styles
  expect(face && seenBy(face)).toEqual(['writeTwice'])
  expect(sub && seenBy(sub)).toEqual(['writeTwice', 'write', 'write'])
})

test('a virtual proxy makes its target once, and tries again after a failure', () => {
  let attempts = 0
  const tape = virtual(() => {
    if (attempts++ === 0) throw new Error('not yet')
    return new Tape()
  })
  expect(attempts).toBe(0)
  expect(() => tape.length).toThrow('not yet')
  expect([tape.write(1), tape.write(2), attempts]).toEqual([1, 2, 2])
})

test('a guard lets through what it allows, by method and by parameters', () => {
  const tape = guarded(new Tape(), (method, [cell]) => method === 'write' && cell !== 13)
  expect(tape.write(1)).toBe(1)
  expect(() => tape.write(13)).toThrow('write is not allowed here')
  expect(() => tape.read()).toThrow('read is not allowed here')
})

test('a remote stand-in sends each call, gives promises, and can be awaited itself', async () => {
  const tape = new Tape()
  const there = remote<Tape>(async (method, parameters) =>
    (tape[method as 'write'] as (...given: readonly unknown[]) => unknown).apply(tape, [
      ...parameters,
    ]),
  )
  expectTypeOf(there.write).toEqualTypeOf<(cell: number) => Promise<number>>()
  expect(await there.write(3)).toBe(1)
  await expect(there.write(-1)).rejects.toThrow(RangeError)
  expect(await Promise.resolve(there)).toBe(there)
  // @ts-expect-error data is not there
  expect(typeof there.label).toBe('function')
})
