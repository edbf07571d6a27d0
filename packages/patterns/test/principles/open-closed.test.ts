import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editedFiles, extensionReport } from '../../src/principles/open-closed.ts'

/** Answers for the inputs that it knows, by name. */
interface Plugin {
  readonly name: string
  readonly handles: ReadonlySet<number>
}

type Build = (plugins: readonly Plugin[]) => (input: number) => string

/** The first plugin that handles an input answers it. */
const firstAnswers: Build = (plugins) => (input) => {
  const plugin = plugins.find(({ handles }) => handles.has(input))
  if (plugin === undefined) throw new RangeError(`nobody handles ${input}`)
  return `${plugin.name}(${input})`
}

/** The last one does, so an extension may take over what was answered. */
const lastAnswers: Build = (plugins) => firstAnswers(plugins.toReversed())

/** An extension takes away what somebody handled already. */
const excludes: Build = (plugins) => (input) => {
  if (plugins.filter(({ handles }) => handles.has(input)).length > 1) throw new RangeError('two')
  return firstAnswers(plugins)(input)
}

const inputs = [0, 1, 2, 3, 4]
const handles = fc.uniqueArray(fc.constantFrom(...inputs)).map((list) => new Set(list))
const plugins = fc
  .array(handles)
  .map((sets) => sets.map((set, i) => ({ name: `p${i}`, handles: set })))

const isOpenAndClosed = (build: Build): fc.IPropertyWithHooks<[unknown, unknown]> =>
  fc.property(plugins, handles, (present, more) => {
    const added = { name: 'added', handles: more }
    const report = extensionReport({ build, present, added, inputs })
    const known = new Set(present.flatMap((plugin) => [...plugin.handles]))
    expect(report.changed).toEqual([])
    expect(report.gained).toEqual(inputs.filter((input) => more.has(input) && !known.has(input)))
  })

const change = fc.record({
  fate: fc.constantFrom('kept', 'edited', 'removed', 'added'),
  isOpen: fc.boolean(),
})
type Edited = typeof editedFiles

const findsTheEdited = (find: Edited): fc.IPropertyWithHooks<[unknown]> =>
  fc.property(fc.array(change), (changes) => {
    const files = changes.map((one, i) => ({ ...one, path: `${i}.ts` }))
    const before = files
      .filter(({ fate }) => fate !== 'added')
      .map(({ path }) => [path, 'a'] as const)
    const after = files
      .filter(({ fate }) => fate !== 'removed')
      .map(({ path, fate }) => [path, fate === 'edited' ? 'b' : 'a'] as const)
    const open = new Set(files.filter(({ isOpen }) => isOpen).map(({ path }) => path))
    const expected = files
      .filter(({ fate, isOpen }) => (fate === 'edited' || fate === 'removed') && !isOpen)
      .map(({ path }) => path)
    expect(find(new Map(before), new Map(after), (path) => open.has(path))).toEqual(expected)
  })

/** Does not miss what is gone. */
const looksAtPresentOnly: Edited = (before, after, isOpen) =>
  editedFiles(before, after, isOpen).filter((path) => after.has(path))

/** Asks nobody which files are lists. */
const opensAll: Edited = (before, after) => editedFiles(before, after, () => true)

describe('open–closed', () => {
  test('where the first plugin answers, one more changes nothing and gains what was refused', () => {
    fc.assert(isOpenAndClosed(firstAnswers))
  })

  test.for([lastAnswers, excludes])('a system that an extension changes is caught: %o', (wrong) => {
    expect(fc.check(isOpenAndClosed(wrong), { seed: 1 }).failed).toBe(true)
  })

  test('a changed answer is reported with both, a lost one with what was answered', () => {
    const present = [{ name: 'old', handles: new Set([1]) }]
    const added = { name: 'new', handles: new Set([1, 2]) }
    const changedBy = (build: Build) => extensionReport({ build, present, added, inputs }).changed
    expect(changedBy(lastAnswers)).toEqual([{ input: 1, before: 'old(1)', after: 'new(1)' }])
    expect(changedBy(excludes)).toEqual([{ input: 1, before: 'old(1)' }])
  })

  test('files are edited when their text differs and they are no list, and added ones never are', () => {
    fc.assert(findsTheEdited(editedFiles))
  })

  test.for([looksAtPresentOnly, opensAll])(
    'a look at files that is wrong is caught: %o',
    (wrong) => {
      expect(fc.check(findsTheEdited(wrong), { seed: 1 }).failed).toBe(true)
    },
  )

  test('before: a new shape edits the sum of areas. After: it adds a file and a line', () => {
    const before = new Map([['area.ts', "if (kind === 'square') return side ** 2"]])
    const beforeExtended = new Map([
      [
        'area.ts',
        "if (kind === 'square') return side ** 2\nif (kind === 'disc') return PI * r ** 2",
      ],
    ])
    expect(editedFiles(before, beforeExtended)).toEqual(['area.ts'])
    const after = new Map([
      ['area.ts', 'return shapes.get(kind).area(shape)'],
      ['shapes.ts', 'export const shapes = [square]'],
      ['square.ts', 'export const square = {}'],
    ])
    const afterExtended = new Map([
      ...after,
      ['shapes.ts', 'export const shapes = [square, disc]'],
      ['disc.ts', 'export const disc = {}'],
    ])
    const isList = (path: string): boolean => path === 'shapes.ts'
    expect(editedFiles(after, afterExtended, isList)).toEqual([])
    expect(editedFiles(after, afterExtended)).toEqual(['shapes.ts'])
    expect(editedFiles(afterExtended, after, isList)).toEqual(['disc.ts'])
  })
})
