import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  forbiddenImports,
  type Layer,
  LayerError,
  type Module,
} from '../../src/principles/dependency-inversion.ts'
import { moduleOf } from './parsed.ts'

type Checker = typeof forbiddenImports

/** Layers in a row, each of which may import all below, and modules that keep to it. */
const layered = fc
  .integer({ min: 2, max: 6 })
  .chain((count) => {
    const layers = [...Array(count).keys()].map((i): Layer => {
      const may = [...Array(i).keys()].map((below) => `layer${below}`)
      return { name: `layer${i}`, holds: [`src/${i}/**`], may }
    })
    const edge = fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.nat(2), fc.nat(2))
    return fc.record({
      layers: fc.constant(layers),
      edges: fc.array(edge, { maxLength: 12 }),
      back: fc.tuple(fc.nat(count - 2), fc.nat(count - 2), fc.boolean()),
    })
  })
  .map(({ layers, edges, back: [low, more, isTypeOnly] }) => {
    const down = edges.map(([a, b, file, other]) => ({
      path: `src/${Math.max(a, b)}/sub/${file}.ts`,
      imports: [{ specifier: `../../${Math.min(a, b)}/${other}.ts`, isTypeOnly: false }],
    }))
    const high = Math.min(layers.length - 1, low + 1 + more)
    const specifier = `../${high}/deep/injected.ts`
    const injected = { path: `src/${low}/a.ts`, imports: [{ specifier, isTypeOnly }] }
    return { layers, down, injected, low, high }
  })

const findsTheInjectedEdgeOnly = (check: Checker): fc.IPropertyWithHooks<[unknown]> =>
  fc.property(layered, ({ layers, down, injected, low, high }) => {
    expect(check(layers, down)).toEqual([])
    const { path, imports } = injected
    expect(check(layers, [...down, injected])).toEqual([
      { path, specifier: imports[0]?.specifier, from: `layer${low}`, to: `layer${high}` },
    ])
  })

/** Takes what is written for what is meant. */
const blindToRelativePaths: Checker = (layers, modules, options) =>
  forbiddenImports(layers, modules, options).filter(({ specifier }) => !specifier.startsWith('.'))

/** Believes that an import of types is none. */
const freesTypes: Checker = (layers, modules) =>
  forbiddenImports(layers, modules, { typeImports: 'free' })

const codeOf = (layers: readonly Layer[], modules: readonly Module[] = []): string => {
  try {
    forbiddenImports(layers, modules)
  } catch (error) {
    if (error instanceof LayerError) return error.code
    throw error
  }
  return 'none'
}

describe('dependency inversion', () => {
  test('a layered graph is clean, and one injected edge is found', () => {
    fc.assert(findsTheInjectedEdgeOnly(forbiddenImports))
  })

  test.for([blindToRelativePaths, freesTypes])('a checker that is wrong is caught: %o', (wrong) => {
    expect(fc.check(findsTheInjectedEdgeOnly(wrong), { seed: 1 }).failed).toBe(true)
  })

  test('before: the price asks the database. After: it asks a port, which the database fits', () => {
    const layers = [
      { name: 'policy', holds: ['policy/*.ts'], may: [] },
      { name: 'detail', holds: ['sql/*.ts'], may: ['policy'] },
    ]
    const before = [
      moduleOf(
        'policy/price.ts',
        `import { SqlRates } from '../sql/rates.ts'
         export const price = (net: number) => net * new SqlRates().rate()`,
      ),
      moduleOf('sql/rates.ts', 'export class SqlRates { rate() { return 1.2 } }'),
    ]
    const after = [
      moduleOf(
        'policy/price.ts',
        `export interface Rates { rate(): number }
         export const price = (net: number, rates: Rates) => net * rates.rate()`,
      ),
      moduleOf(
        'sql/rates.ts',
        `import type { Rates } from '../policy/price.ts'
         export class SqlRates implements Rates { rate() { return 1.2 } }`,
      ),
    ]
    expect(forbiddenImports(layers, before)).toEqual([
      { path: 'policy/price.ts', specifier: '../sql/rates.ts', from: 'policy', to: 'detail' },
    ])
    expect(forbiddenImports(layers, after)).toEqual([])
  })

  test('what no layer holds may be imported by all, and the first layer that holds a name counts', () => {
    const layers = [
      { name: 'lab', holds: ['raft/lab*.ts'], may: ['raft'] },
      { name: 'raft', holds: ['raft/**', '@lockstep/raft'], may: [] },
    ]
    const of = (path: string, source: string): number =>
      forbiddenImports(layers, [moduleOf(path, source)]).length
    expect(of('raft/log.ts', "import { encode } from 'codec'")).toBe(0)
    expect(of('raft/lab-view.ts', "import { Log } from './log.ts'")).toBe(0)
    expect(of('raft/kv/map.ts', "export * from '../lab.ts'")).toBe(1)
    expect(of('raft/kv/map.ts', "await import('../lab.ts')")).toBe(1)
  })

  test('rules that contradict themselves are refused', () => {
    const one: Layer = { name: 'one', holds: ['1/**'], may: ['two'] }
    const two: Layer = { name: 'two', holds: ['2/**'], may: [] }
    expect(codeOf([one, two])).toBe('none')
    expect(codeOf([one])).toBe('unknown-layer')
    expect(codeOf([one, two, one])).toBe('duplicate-layer')
    expect(codeOf([one, { ...two, may: ['one'] }])).toBe('layer-cycle')
    expect(codeOf([one, two], [{ path: '3/x.ts', imports: [] }])).toBe('module-without-layer')
  })
})
