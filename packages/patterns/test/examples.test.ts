import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const src = fileURLToPath(new URL('../src', import.meta.url))

interface Example {
  readonly where: string
  readonly code: string
}

/** The code of each `@example` in a source text, in a `ts` block or bare up to the next tag. */
function examplesIn(file: string, text: string): Example[] {
  const found: Example[] = []
  const exported = [...text.matchAll(/^export (?:\w+ )*(?:class|function\*?|const) (\w+)/gm)]
  for (const comment of text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)) {
    const prose = comment[0].replaceAll(/^[ \t]*\* ?|\s*\*\/$/gm, '')
    const line = text.slice(0, comment.index).split('\n').length
    for (const part of prose.split(/^@example/m).slice(1)) {
      const code = /^\s*```ts\n([\s\S]*?)\n```/.exec(part)?.[1] ?? part.split(/^@/m)[0] ?? ''
      const used = exported.map(([, name = '']) => name).filter((name) => code.includes(name))
      const own = `'@lockstep/patterns/${file.replace(/\.ts$/, '')}'`
      const imports = /^import /m.test(code) ? '' : `import { ${used.join(', ')} } from ${own}\n`
      found.push({ where: `${file}:${line}`, code: imports + code })
    }
  }
  return found
}

const files = globSync('**/*.ts', { cwd: src }).sort()
const examples = files.flatMap((file) => examplesIn(file, readFileSync(join(src, file), 'utf8')))

/** The exported classes, functions and constants of a source text that have no `@example`. */
function withoutExample(file: string, text: string): string[] {
  const exported =
    /^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?(?:\/\/.*\n)*export (?:\w+ )*(?:class|function\*?|const) (\w+)/gm
  return [...text.matchAll(exported)]
    .filter(([, comment = '']) => !comment.includes('@example'))
    .map(([, , name]) => `${file}: ${name}`)
}

/** Names the sources by their path, so that the code runs from anywhere. */
const asModule = (code: string): string =>
  `${code.replaceAll(/'@lockstep\/patterns\/([^']+)'/g, `'${src}/$1.ts'`)}\nexport {}\n`

const runner = `
const outcome = {}
for (const name of process.argv.slice(2)) {
  try { await import(name); outcome[name] = '' } catch (error) { outcome[name] = String(error?.stack ?? error) }
}
console.log('\\n' + JSON.stringify(outcome))
`

/** Runs every example in one process: what each threw, by the name of its file. */
function run(directory: string, names: readonly string[]): Record<string, string> {
  writeFileSync(join(directory, 'run.mjs'), runner)
  const args = ['run.mjs', ...names.map((name) => `./${name}`)]
  const text = execFileSync(process.execPath, args, { cwd: directory, encoding: 'utf8' })
  return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '{}') as Record<string, string>
}

/** Compiles every example under the compiler's strict rules: what it printed. */
function compile(directory: string, names: readonly string[]): string {
  const base = fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url))
  const compilerOptions = {
    composite: false,
    noEmit: true,
    isolatedDeclarations: false,
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
    noUnusedLocals: false,
    types: [],
  }
  const config = { extends: base, compilerOptions, files: names }
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config))
  const home = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const tsc = join(home, 'bin', 'tsc')
  return spawnSync(process.execPath, [tsc, '-p', directory], { encoding: 'utf8' }).stdout
}

let directory = ''
let outcome: Record<string, string> = {}
let complaints = ''
const nameOf = (index: number): string => `example-${index}.ts`

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lockstep-examples-'))
  const names = examples.map((_, index) => nameOf(index))
  for (const [index, { code }] of examples.entries())
    writeFileSync(join(directory, nameOf(index)), asModule(code))
  writeFileSync(join(directory, 'mistake.ts'), asModule("throw new Error('planted')"))
  complaints = compile(directory, names)
  outcome = run(directory, [...names, 'mistake.ts'])
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each(examples.map(({ where }, index) => [where, index] as const))(
  'the example at %s runs',
  (_, index) => {
    expect(outcome[`./${nameOf(index)}`]).toBe('')
  },
)

test('every exported class, function and constant has an example', () => {
  const missing = files.flatMap((file) =>
    withoutExample(file, readFileSync(join(src, file), 'utf8')),
  )
  expect(missing).toEqual([])
  expect(withoutExample('a.ts', '/** Without. */\nexport const a = 1\n')).toEqual(['a.ts: a'])
})

test('the examples compile', () => {
  const readable = complaints.replaceAll(
    /\S*example-(\d+)\.ts/g,
    (_, index: string) => examples[Number(index)]?.where ?? index,
  )
  expect(readable).toBe('')
})

test('an example that throws is noticed', () => {
  expect(outcome['./mistake.ts']).toContain('planted')
})
