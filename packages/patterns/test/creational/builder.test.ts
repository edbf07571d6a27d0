import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import { BuilderError, type Final, stagedBuilder } from '../../src/creational/builder.ts'
import { caught } from '../caught.ts'

interface Listener {
  host: string
  port: number
  tls: boolean
  backlog: number
}
const builders = stagedBuilder<Listener>()(
  ['host', 'port'],
  { tls: false, backlog: 16 },
  ({ port }) => (port >= 0 ? undefined : 'port is at least 0'),
)

const listeners: fc.Arbitrary<Listener> = fc.record({
  host: fc.string(),
  port: fc.nat(),
  tls: fc.boolean(),
  backlog: fc.nat(),
})
const orders = fc.shuffledSubarray(['tls', 'backlog', 'host', 'port'] as const, { minLength: 4 })

/** Sets the optional fields, and the others again, in some order. */
function setAll(builder: Final<Listener>, listener: Listener, order: readonly (keyof Listener)[]) {
  let at = builder
  for (const field of order) {
    if (field === 'host') at = at.host(listener.host)
    else if (field === 'port') at = at.port(listener.port)
    else if (field === 'tls') at = at.tls(listener.tls)
    else at = at.backlog(listener.backlog)
  }
  return at
}

const builds = (subject: Pick<typeof builders, 'start' | 'from'>) =>
  fc.property(listeners, listeners, orders, (listener, other, order) => {
    expect(subject.from(listener).build()).toEqual(listener)
    const begun = subject.start().host(listener.host)
    const started = begun.port(listener.port)
    expect(setAll(started, listener, order).build()).toEqual(listener)
    // One half-filled builder is the start of many.
    expect(begun.port(other.port).build().host).toBe(listener.host)
    expect(started.build()).toEqual({ ...listener, tls: false, backlog: 16 })
  })

test('the order of optional steps does not matter, and building from an object gives it back', () => {
  fc.assert(builds(builders))
})

test('a builder that changes itself in place of giving a new one is caught', () => {
  const inPlace = (fields: Partial<Listener>): Final<Listener> => {
    const set =
      <K extends keyof Listener>(name: K) =>
      (value: Listener[K]) => {
        fields[name] = value
        return builder
      }
    const builder: Final<Listener> = {
      host: set('host'),
      port: set('port'),
      tls: set('tls'),
      backlog: set('backlog'),
      build: () => ({ ...(fields as Listener) }),
    }
    return builder
  }
  const mutant = {
    start: () => inPlace({ tls: false, backlog: 16 }),
    from: (listener: Listener) => inPlace({ ...listener }),
  }
  expect(caught(builds(mutant))).toBe(true)
})

test('a missing or swapped required field does not compile, and throws', () => {
  const start = builders.start()
  // @ts-expect-error build before the required fields
  expect(() => start.build()).toThrow("'host' is due before build")
  // @ts-expect-error build before the last required field
  expect(() => start.host('a').build()).toThrow("'port' is due before build")
  // @ts-expect-error the second field first
  expect(() => start.port(1)).toThrow("'port' was set where 'host' is due")
  // @ts-expect-error an optional field before the required ones
  expect(() => start.tls(true)).toThrow(BuilderError)
  // @ts-expect-error a value of another type
  start.host(1)
  expectTypeOf(start.host('a').port(1).build()).toEqualTypeOf<Listener>()
})

test('a declaration that forgets a required field does not compile', () => {
  // @ts-expect-error port is neither required nor has a default
  stagedBuilder<Listener>()(['host'], { tls: false, backlog: 16 })
  // @ts-expect-error no such field
  stagedBuilder<{ host: string }>()(['host', 'name'], {})
})

test('an invalid result is refused with what the check says', () => {
  expect(() => builders.start().host('a').port(-1).build()).toThrow('port is at least 0')
})

test('a field named build is refused at the declaration', () => {
  expect(() => stagedBuilder<{ build: number }>()(['build'], {})).toThrow(BuilderError)
})

test('what was built is apart from its builder', () => {
  const ready = builders.start().host('a').port(1)
  ready.build().host = 'changed'
  expect(ready.build().host).toBe('a')
})
