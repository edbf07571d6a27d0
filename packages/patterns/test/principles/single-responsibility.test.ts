import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cohesionOf, type Method } from '../../src/principles/single-responsibility.ts'
import { classesOf } from './parsed.ts'

type Report = typeof cohesionOf

/** Methods in clusters that share no field; within a cluster each is tied to one before it. */
const clustered = fc
  .array(
    fc.array(fc.record({ to: fc.nat(), calls: fc.boolean() }), { minLength: 1, maxLength: 5 }),
    {
      maxLength: 4,
    },
  )
  .map((clusters) =>
    clusters.map((ties, c) =>
      ties.map(({ to, calls }, m): Method => {
        const other = m === 0 ? 0 : to % m
        const tie = calls && m > 0 ? `m${c}.${other}` : `f${c}.${other}`
        return { name: `m${c}.${m}`, uses: [tie, `f${c}.${m}`] }
      }),
    ),
  )
  .chain((clusters) => fc.tuple(fc.constant(clusters), shuffled(clusters.flat())))

function shuffled<Item>(items: readonly Item[]): fc.Arbitrary<Item[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length })
}

const findsTheClusters = (report: Report): fc.IPropertyWithHooks<[unknown]> =>
  fc.property(clustered, ([clusters, methods]) => {
    const sorted = (lists: readonly (readonly string[])[]): string[] =>
      lists.map((list) => list.toSorted().join(' ')).toSorted()
    const constructor: Method = { name: 'constructor', uses: methods.flatMap(({ uses }) => uses) }
    const pure: Method = { name: 'pure', uses: [] }
    const { clusters: found, stateless } = report([constructor, ...methods, pure])
    expect(sorted(found)).toEqual(sorted(clusters.map((list) => list.map(({ name }) => name))))
    expect(stateless).toEqual(['pure'])
  })

/** Ties methods by shared fields only. */
const blindToCalls: Report = (methods) => {
  const names = new Set(methods.map(({ name }) => name))
  return cohesionOf(
    methods.map(({ name, uses }) => ({ name, uses: uses.filter((used) => !names.has(used)) })),
  )
}

/** Takes the constructor for a method like others. */
const countsConstructor: Report = (methods) =>
  cohesionOf(methods.map((method) => ({ ...method, name: method.name.replace('con', 'Con') })))

describe('single responsibility', () => {
  test('clusters that share nothing are found, in whatever order the methods stand', () => {
    fc.assert(findsTheClusters(cohesionOf))
  })

  test.for([blindToCalls, countsConstructor])('a report that is wrong is caught: %o', (wrong) => {
    expect(fc.check(findsTheClusters(wrong), { seed: 1 }).failed).toBe(true)
  })

  test('before: an invoice counts and prints. After: two classes, one cluster each', () => {
    const before = `class Invoice {
      #lines = []; #printer
      constructor(printer) { this.#printer = printer; this.#lines = [] }
      add(line) { this.#lines.push(line) }
      total() { const { sum } = this; return sum(this.#lines) }
      sum(lines) { return lines.length }
      print(text) { this.#printer.print(text) }
      isReady = () => this.#printer.isReady
    }`
    const after = `class Invoice {
      #lines = []
      add(line) { this.#lines.push(line) }
      total() { return this.#lines.length }
    }
    class Desk {
      #printer
      print(text) { this.#printer.print(text) }
      isReady = () => this.#printer.isReady
    }`
    const clustersOf = (source: string): unknown[] =>
      classesOf('invoice.ts', source).map(({ methods }) => cohesionOf(methods).clusters)
    expect(clustersOf(before)).toEqual([
      [
        ['add', 'total', 'sum'],
        ['print', 'isReady'],
      ],
    ])
    expect(clustersOf(after)).toEqual([[['add', 'total']], [['print', 'isReady']]])
  })
})
