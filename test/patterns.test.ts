import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ModuleReader } from '../docs/generator/declarations.ts'
import { firstSentence } from '../docs/generator/doc-comment.ts'
import { moduleOf } from '../packages/patterns/test/principles/parsed.ts'

const root = join(import.meta.dirname, '..')
const home = 'packages/patterns/src/'

/** Parts of a pattern that is documented elsewhere. */
const parts =
  /^behavioral\/(?:order|balancing|content-negotiation|interpreter\/(?!expression))|sql-text/

const modules = globSync('{creational,structural,behavioral,principles}/**/*.ts', {
  cwd: join(root, home),
})
  .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, ''))
  .filter((module) => !parts.test(module))
  .toSorted()

const reader = ModuleReader.on(root, () => undefined)
const textOf = (module: string): string => reader.docsOf(`${home}${module}.ts`).comment?.text ?? ''

/** What a pattern's own words lack: they fit on one screen and say the same four things. */
function missingIn(text: string): string[] {
  const paragraphs = text.split('\n\n')
  const found: Readonly<Record<string, boolean>> = {
    'its intent, in a sentence': firstSentence(text) !== undefined,
    'a picture': /```text\n[\s\S]+?\n```/.test(text),
    'when not to use it': paragraphs.some((each) => /^(?:Not |When not to use it: )/.test(each)),
    'where Lockstep has it': paragraphs.some((each) => /^Lockstep (?:uses|has|does)/.test(each)),
    'room: it is longer than a screen': text.split('\n').length <= 40,
  }
  return Object.keys(found).filter((what) => found[what] === false)
}

/** The paths in a text's paragraph on Lockstep. */
function placesIn(text: string): string[] {
  const said = text.split('\n\n').find((each) => each.startsWith('Lockstep ')) ?? ''
  return [...said.matchAll(/`((?:apps|packages|test)\/[\w./-]+)`/g)].map(([, path = '']) => path)
}

/** Which patterns each source of Lockstep imports, those beside the patterns themselves. */
const users = new Map<string, Set<string>>()
const sources = globSync(['apps/*/src/**/*.{ts,tsx}', 'test/*.test.ts'], { cwd: root })
for (const path of sources.map((each) => each.replaceAll('\\', '/'))) {
  // The bench measures every pattern and has no use for them.
  if (path.includes('/bench/')) continue
  for (const { specifier } of moduleOf(path, readFileSync(join(root, path), 'utf8')).imports) {
    const [, module = ''] =
      /(?:@lockstep\/patterns|packages\/patterns\/src)\/(.+?)(?:\.ts)?$/.exec(specifier) ?? []
    if (modules.includes(module)) users.set(module, (users.get(module) ?? new Set()).add(path))
  }
}

describe('the words of a pattern', () => {
  test.for(modules)('%s: intent, picture, when not, and where Lockstep has it', (module) => {
    expect(missingIn(textOf(module))).toEqual([])
    expect(placesIn(textOf(module)).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test.for(modules)('%s: who is said to use it does, and who does is named', (module) => {
    const text = textOf(module)
    const used = [...(users.get(module) ?? [])].toSorted()
    const said = /^Lockstep uses/m.test(text) ? placesIn(text).toSorted() : []
    expect(said).toEqual(used)
  })

  test('a text that lacks one of them is found', () => {
    const whole = textOf('behavioral/command-queue')
    expect(missingIn(whole)).toEqual([])
    const without = (start: RegExp): string[] =>
      missingIn(
        whole
          .split('\n\n')
          .filter((each) => !start.test(each))
          .join('\n\n'),
      )
    expect(without(/^```text/)).toEqual(['a picture'])
    expect(without(/^Not /)).toEqual(['when not to use it'])
    expect(without(/^Lockstep /)).toEqual(['where Lockstep has it'])
    expect(missingIn(`${whole}${'\n'.repeat(40)}`)).toEqual(['room: it is longer than a screen'])
    expect(placesIn('Lockstep uses it in `apps/a.ts`\nand `test/b.ts`.')).toEqual([
      'apps/a.ts',
      'test/b.ts',
    ])
  })
})
