import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import {
  MemoryResources,
  type Resource,
  ResourceError,
  ResourceLoader,
} from '../../src/creational/factory-method.ts'
import { caughtAsync } from '../caught.ts'

const contents = new Map([
  ['a', 'top'],
  ['b/a', 'in b'],
  ['b/c/a', 'in c'],
])

const root = mkdtempSync(join(tmpdir(), 'lockstep-resources-'))
for (const [path, text] of contents) {
  mkdirSync(join(root, 'files', dirname(path)), { recursive: true })
  // A folder and a file cannot share a name, so the files carry an ending.
  writeFileSync(join(root, 'files', `${path}.txt`), text)
}
writeFileSync(join(root, 'a.txt'), 'secret')
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A second product: files of a folder. */
class FileResources extends ResourceLoader {
  readonly scheme = 'file'

  protected resourceAt(path: string): Resource {
    const file = join(root, 'files', `${path}.txt`)
    const location = this.locationOf(path)
    return {
      location,
      exists: async () => existsSync(file),
      read: async () => {
        if (!existsSync(file)) throw new ResourceError('not-found', location, 'no such file')
        return readFileSync(file, 'utf8')
      },
      relative: (to) => this.loadRelative(path, to),
    }
  }
}

const path = fc
  .array(fc.constantFrom('a', 'b', 'c', '..', '.', ''), { maxLength: 6 })
  .map((segments) => segments.join('/'))

/** What `path` means, written down a second time: the stack machine on whole strings. */
function reference(given: string): string | undefined {
  let at = given.replaceAll(/(^|\/)\.(?=\/|$)/g, '$1').replaceAll(/\/+/g, '/')
  at = at.replace(/^\//, '').replace(/\/$/, '')
  for (let before = ''; before !== at; ) {
    before = at
    at = at.replace(/(^|\/)(?!\.\.(?:\/|$))[^/]+\/\.\.(\/|$)/, (_, a: string, b: string) => a && b)
    at = at.replace(/^\//, '').replace(/\/$/, '')
  }
  return at === '..' || at.startsWith('../') ? undefined : at
}

const keepsTheContract = (loader: ResourceLoader) =>
  fc.asyncProperty(path, path, async (from, to) => {
    const expected = reference(from)
    const location = `${loader.scheme}:${from}`
    if (expected === undefined) {
      expect(() => loader.load(location)).toThrow(ResourceError)
      return
    }
    const resource = loader.load(location)
    expect(resource.location).toBe(`${loader.scheme}:${expected}`)
    expect(loader.load(resource.location).location).toBe(resource.location)
    expect(await resource.exists()).toBe(contents.has(expected))
    if (contents.has(expected)) expect(await resource.read()).toBe(contents.get(expected))
    else await expect(resource.read()).rejects.toThrow(ResourceError)
    const folder = expected.split('/').slice(0, -1).join('/')
    const target = reference(to.startsWith('/') ? to : `${folder}/${to}`)
    if (target === undefined) expect(() => resource.relative(to)).toThrow(ResourceError)
    else expect(resource.relative(to).location).toBe(`${loader.scheme}:${target}`)
  })

test.each([new MemoryResources(contents), new FileResources()])(
  'the resources of loader %# keep the contract of a resource',
  async (loader) => {
    await fc.assert(keepsTheContract(loader))
  },
)

test('a product that says it exists when it does not is caught', async () => {
  class Optimist extends MemoryResources {
    protected override resourceAt(at: string): Resource {
      return { ...super.resourceAt(at), exists: async () => true }
    }
  }
  expect(await caughtAsync(keepsTheContract(new Optimist(contents)))).toBe(true)
})

test('a product that resolves a path against itself in place of its folder is caught', async () => {
  class Against extends MemoryResources {
    protected override resourceAt(at: string): Resource {
      return { ...super.resourceAt(at), relative: (to) => this.load(`memory:${at}/${to}`) }
    }
  }
  expect(await caughtAsync(keepsTheContract(new Against(contents)))).toBe(true)
})

test('a location of another scheme is refused', () => {
  expect(() => new MemoryResources(contents).load('file:a')).toThrow("begins with 'memory:'")
})

test('no location leads to a file beside the root', () => {
  expect(() => new FileResources().load('file:b/../../a')).toThrow('out of the root')
})
