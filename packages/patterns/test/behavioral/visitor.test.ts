import { lstat, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type FileTree,
  type Step,
  TreeLoop,
  type Visitor,
  walk,
} from '../../src/behavioral/visitor.ts'

/** A directory as its entries; a file as null; a link as the path that it leads to. */
type Shape = { readonly [name: string]: Shape } | string | null

function treeOf(root: Shape): FileTree {
  const at = (path: string): Shape => {
    let here: Shape = { root }
    for (const name of path.split('/')) {
      if (typeof here === 'string') here = at(here)
      const next: Shape | undefined =
        here === null || typeof here === 'string' ? undefined : here[name]
      if (next === undefined) throw new RangeError(`${path} is not there`)
      here = next
    }
    return here
  }
  const resolve = (path: string): string => {
    const here = at(path)
    return typeof here === 'string' ? resolve(here) : path
  }
  return {
    stat: async (path, follow) => {
      const real = follow ? resolve(path) : path
      const here = at(real)
      const type = here === null ? 'file' : typeof here === 'string' ? 'link' : 'directory'
      return { type, id: real }
    },
    list: async (path) => Object.keys(at(resolve(path)) as object),
  }
}

type Event = readonly [kind: 'before' | 'file' | 'after', path: string]

/** Everything that there is to visit, in order. */
function everything(shape: Shape, path: string): Event[] {
  if (shape === null || typeof shape === 'string') return [['file', path]]
  const inside = Object.entries(shape).flatMap(([name, each]) =>
    everything(each, `${path}/${name}`),
  )
  return [['before', path], ...inside, ['after', path]]
}

type Answers = (kind: string, path: string) => Step

/** What is left of everything: each answer strikes out some of what comes after it. */
function allowed(all: readonly Event[], answers: Answers): Event[] {
  const left: Event[] = []
  let rest = all
  while (rest[0] !== undefined) {
    const [kind, path] = rest[0]
    left.push(rest[0])
    const step = answers(kind, path)
    const parent = path.slice(0, path.lastIndexOf('/') + 1)
    rest = rest.slice(1).filter(([, where]) => {
      if (step === 'terminate') return false
      if (step === 'skip-siblings') return !where.startsWith(parent)
      const inside = where === path || where.startsWith(`${path}/`)
      return step !== 'skip-subtree' || kind !== 'before' || !inside
    })
  }
  return left
}

const { shape: shapes } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant(null),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('shape'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}))
const steps = fc.func(
  fc.constantFrom<Step>(
    ...Array.from({ length: 6 }, () => 'continue' as const),
    ...(['skip-subtree', 'skip-siblings', 'terminate'] as const),
  ),
)

/** The visitor of the test; a mutant is what changes an answer on the way. */
async function visitsWhatIsLeft(change: (step: Step) => Step): Promise<boolean> {
  const property = fc.asyncProperty(shapes, steps, async (shape, answers) => {
    const seen: Event[] = []
    const visit =
      (kind: Event[0]) =>
      (path: string): Step => {
        seen.push([kind, path])
        return change(answers(kind, path))
      }
    await walk(treeOf(shape), 'root', {
      preVisitDirectory: visit('before'),
      visitFile: visit('file'),
      postVisitDirectory: visit('after'),
    })
    expect(seen).toEqual(allowed(everything(shape, 'root'), answers))
  })
  return !(await fc.check(property, { numRuns: 400 })).failed
}

describe('a walk', () => {
  test('visits what the answers leave of the whole tree, in order', async () => {
    expect(await visitsWhatIsLeft((step) => step)).toBe(true)
  })

  test.each<[string, Step, Step]>([
    ['does not end', 'terminate', 'skip-siblings'],
    ['visits siblings all the same', 'skip-siblings', 'skip-subtree'],
    ['visits a subtree all the same', 'skip-subtree', 'continue'],
    ['takes siblings for a subtree', 'skip-subtree', 'skip-siblings'],
  ])('that %s is noticed', async (_, from, to) => {
    expect(await visitsWhatIsLeft((step) => (step === from ? to : step))).toBe(false)
  })
})

async function record(root: Shape, more: Visitor, options = {}): Promise<string[]> {
  const seen: string[] = []
  const note = (path: string): void => void seen.push(path)
  await walk(treeOf(root), 'root', { visitFile: note, ...more }, options)
  return seen
}

describe('links', () => {
  const linked: Shape = { a: { up: 'root' }, b: 'root/c', c: { d: null } }

  test('are files unless they are followed', async () => {
    expect(await record(linked, {})).toEqual(['root/a/up', 'root/b', 'root/c/d'])
  })

  test('that lead back are reported as loops, and others are followed', async () => {
    const errors: unknown[] = []
    const visitFailed = (_: string, error: unknown): void => void errors.push(error)
    expect(await record(linked, { visitFailed }, { followLinks: true })).toEqual([
      'root/b/d',
      'root/c/d',
    ])
    expect(errors).toEqual([new TreeLoop('root/a/up', 'root')])
    await expect(record(linked, {}, { followLinks: true })).rejects.toThrow(TreeLoop)
  })
})

test('directories at the bound of depth are visited as files', async () => {
  const root: Shape = { a: { b: { c: null } } }
  expect(await record(root, {}, { depthMax: 1 })).toEqual(['root/a'])
  expect(await record(root, {}, { depthMax: 0 })).toEqual(['root'])
})

test('what cannot be read is told, and the walk may go on', async () => {
  const root: Shape = { a: 'root/nowhere', b: null }
  const visitFailed = (): Step => 'continue'
  expect(await record(root, { visitFailed }, { followLinks: true })).toEqual(['root/b'])
  await expect(record(root, {}, { followLinks: true })).rejects.toThrow('root/nowhere is not there')
})

/** The file system of the machine behind the port. */
const disk: FileTree = {
  stat: async (path, follow) => {
    const found = await (follow ? stat : lstat)(path)
    const type = found.isDirectory()
      ? 'directory'
      : found.isSymbolicLink()
        ? 'link'
        : found.isFile()
          ? 'file'
          : 'other'
    return { type, id: `${found.dev}:${found.ino}` }
  },
  list: async (path) => (await readdir(path)).sort(),
}

test('the files of the machine are a tree, too', async () => {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-visitor-'))
  try {
    await mkdir(join(root, 'a', 'b'), { recursive: true })
    await writeFile(join(root, 'a', 'b', 'c.txt'), '')
    await symlink(root, join(root, 'a', 'up'))
    const seen: string[] = []
    const visitFile = (path: string): void => void seen.push(path.slice(root.length))
    const visitFailed = (_: string, error: unknown): void =>
      void seen.push(error instanceof TreeLoop ? error.path.slice(root.length) : String(error))
    await walk(disk, root, { visitFile, visitFailed }, { followLinks: true })
    expect(seen).toEqual(['/a/b/c.txt', '/a/up'])
  } finally {
    await rm(root, { recursive: true })
  }
})
