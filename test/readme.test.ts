import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'packages/idgen/README.md']
const read = (name: string): string => readFileSync(join(root, name), 'utf8')

describe('the documents', () => {
  test.for(documents)('%s links to files that are there', (name) => {
    const links = [...read(name).matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link as string)
    const missing = links.filter(
      (link) => !link.includes('://') && !existsSync(join(root, dirname(name), link)),
    )
    expect(missing).toEqual([])
  })

  test.for(documents)('%s names sources that are there', (name) => {
    const paths = [...read(name).matchAll(/`((?:packages|apps|test)\/[\w./-]+)`/g)]
    const missing = paths
      .map(([, path]) => path as string)
      .filter((path) => !existsSync(join(root, path)))
    expect(missing).toEqual([])
  })
})

describe.each(['README.md', 'packages/idgen/README.md'])('the example in %s', (document) => {
  let directory: string

  beforeAll(() => {
    mkdirSync(join(root, '.lockstep'), { recursive: true })
    directory = mkdtempSync(join(root, '.lockstep', 'readme-'))
  })

  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test('does what it says', { timeout: 60_000 }, async () => {
    const [, example] = /```ts\n([\s\S]*?)```/.exec(read(document)) ?? []
    expect(example).toBeDefined()
    const file = join(directory, 'example.ts')
    writeFileSync(file, example ?? '')
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@lockstep/source', file],
      { cwd: directory },
    )
    const [, promised] = /\/\/ (\{.*\})/.exec(example ?? '') ?? []
    expect(stdout.trim()).toBe(promised)
  })
})
