import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { documentedPackages } from '../docs/generator/api.ts'
import { type Declaration, ModuleReader } from '../docs/generator/declarations.ts'
import { firstSentence } from '../docs/generator/doc-comment.ts'
import { escaped } from '../docs/generator/markdown.ts'
import { pageOf, pagesOf } from '../docs/generator/pages.ts'

const packages = documentedPackages(join(import.meta.dirname, '..'))
const pages = pagesOf(packages)

/** What can be run, and so be shown at work. */
const runnable: ReadonlySet<Declaration['kind']> = new Set(['class', 'function', 'constant'])

/** Declarations that do not begin their doc comment with a sentence. */
function speechless(declarations: readonly Declaration[]): string[] {
  return declarations
    .filter(({ comment }) => firstSentence(comment?.text ?? '') === undefined)
    .map(({ name, file, line }) => `${name} at ${file}:${line}`)
}

/** Declarations that could be shown at work and are not. */
function withoutExample(declarations: readonly Declaration[]): string[] {
  return declarations
    .filter(({ kind, comment }) => runnable.has(kind) && comment?.examples.length !== 1)
    .map(({ name, file, line }) => `${name} at ${file}:${line}`)
}

/** Links of a page that lead to no page, or to no place on it. */
function broken(path: string, all: ReadonlyMap<string, string>): string[] {
  return [...(all.get(path) ?? '').matchAll(/href="([^"]+)"/g)]
    .map(([, href = '']) => href)
    .filter((href) => {
      if (/^(?:\w+:)/.test(href) || href.endsWith('style.css')) return false
      const [page = '', id] = href.split('#')
      const target = all.get(page === '' ? path : join(path, '..', page))
      return target === undefined || (id !== undefined && !target.includes(`id="${id}"`))
    })
}

describe.each(packages.map((one) => [one.name, one] as const))('%s', (_, { modules }) => {
  const declarations = [...modules.values()].flatMap((module) => module.declarations)

  test('says of every export what it is', () => {
    expect(declarations.length).toBeGreaterThan(0)
    expect(speechless(declarations)).toEqual([])
  })

  test('has a page for every entry point, with every export and its examples', () => {
    for (const [specifier, module] of modules) {
      const page = pages.get(pageOf(specifier)) ?? ''
      for (const { name: exported, comment } of module.declarations) {
        expect(page).toContain(`<section id="${exported}">`)
        for (const example of comment?.examples ?? []) expect(page).toContain(escaped(example))
      }
    }
  })
})

test('the patterns show everything at work that can run', () => {
  const [patterns] = packages.filter(({ name }) => name === '@lockstep/patterns')
  const declarations = Array.from(patterns?.modules.values() ?? [], (module) => module.declarations)
  expect(declarations.length).toBeGreaterThan(40)
  expect(withoutExample(declarations.flat())).toEqual([])
})

test('every link leads somewhere', () => {
  expect([...pages.keys()].flatMap((path) => broken(path, pages))).toEqual([])
})

describe('a planted mistake is found:', () => {
  const sources: Readonly<Record<string, string>> = {
    'a.ts': `
      export { Told, untold as renamed } from './b.ts'
      /** no sentence */
      export const mumbled: number = 1
      /** Says what it is. */
      export function said<T>(of: T): T { return of }
      const hidden = 2
    `,
    'b.ts': `
      /** Says what it is. More follows. */
      // oxlint-disable-next-line some-rule
      export class Told {
        #secret = 1
        /** What it holds. */
        readonly held: number = 2
        private other(): void {}
        give(): number { return this.#secret }
      }
      /** Belongs to nothing. */

      const between = 1
      export const untold = between
    `,
  }
  const reader = new ModuleReader((file) => sources[file] ?? '')
  const { declarations } = reader.docsOf('a.ts')

  test('an export without a comment, or whose comment is no sentence', () => {
    expect(declarations.map(({ name }) => name).toSorted()).toEqual([
      'Told',
      'mumbled',
      'renamed',
      'said',
    ])
    expect(firstSentence('What is it? More.')).toBe('What is it?')
    expect(firstSentence('Two kinds: one\nand another. More.')).toBe('Two kinds: one and another.')
    expect(speechless(declarations).toSorted()).toEqual(['mumbled at a.ts:4', 'renamed at b.ts:14'])
    expect(withoutExample(declarations)).toHaveLength(4)
  })

  test('what is private is not shown, what is public is, without its body', () => {
    const told = declarations.find(({ name }) => name === 'Told')
    expect(told?.members.map(({ signature }) => signature)).toEqual([
      'readonly held: number',
      'give(): number',
    ])
    expect(declarations.find(({ name }) => name === 'said')?.signature).toBe(
      'function said<T>(of: T): T',
    )
  })

  test('a link to nowhere', () => {
    const all = new Map([['x.html', '<a href="y.html">y</a> <a href="#z">z</a>']])
    expect(broken('x.html', all)).toEqual(['y.html', '#z'])
  })
})
