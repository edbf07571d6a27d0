/**
 * Open–closed: open to what is added, closed to what that would change.
 *
 * ```text
 * build(present)         ── inputs ──▶ answers
 * build(present + added) ── inputs ──▶ the same answers, and perhaps more
 * ```
 *
 * A design keeps it for one kind of extension at a time, and that can be tried: `extensionReport`
 * builds a system without and with an added extension and compares what it answers. What was
 * answered before must be answered the same; what was refused may be answered now. `editedFiles`
 * says the same of source files: an extension adds files, and edits only those that are lists.
 *
 * Not for what has changed once in its life: an extension point that nobody extends is a riddle.
 *
 * Lockstep uses it in `test/principles.test.ts`: a new stream of draws shifts no other; a new
 * fault leaves all before it as it was; a new area is a package, one line in `areas.ts` and one in
 * the test of the arrows.
 */

/** An input that an extension changed the answer to. */
export interface ChangedAnswer<Input, Output> {
  readonly input: Input
  readonly before: Output
  /** Absent when the extended system throws. */
  readonly after?: Output
}

/** What an extension did. */
export interface ExtensionReport<Input, Output> {
  /** Must be empty. */
  readonly changed: readonly ChangedAnswer<Input, Output>[]
  /** Inputs that were refused (something was thrown) and are answered now. */
  readonly gained: readonly Input[]
}

/** What to try. */
export interface Extending<Extension, Input, Output> {
  /** Makes the system anew, with these extensions and no others. */
  readonly build: (extensions: readonly Extension[]) => (input: Input) => Output
  readonly present: readonly Extension[]
  readonly added: Extension
  readonly inputs: readonly Input[]
  /** Default `Object.is`. */
  readonly isSame?: (before: Output, after: Output) => boolean
}

/**
 * Tries an extension on inputs, given to both systems in the same order.
 *
 * @example
 * ```ts
 * import { extensionReport } from '@lockstep/patterns/principles/open-closed'
 *
 * const build = (areas: readonly [shape: string, area: (size: number) => number][]) => {
 *   const byShape = new Map(areas)
 *   return (shape: string): number => {
 *     const area = byShape.get(shape)
 *     if (area === undefined) throw new RangeError(shape)
 *     return area(2)
 *   }
 * }
 * const { changed, gained } = extensionReport<[string, (size: number) => number], string, number>({
 *   build,
 *   present: [['square', (side) => side ** 2]],
 *   added: ['cube', (side) => 6 * side ** 2],
 *   inputs: ['square', 'cube', 'circle'],
 * })
 * if (changed.length !== 0 || gained.join() !== 'cube') throw new Error('not open and closed')
 * ```
 */
export function extensionReport<Extension, Input, Output>(
  extending: Extending<Extension, Input, Output>,
): ExtensionReport<Input, Output> {
  const { build, present, added, inputs, isSame = Object.is } = extending
  const answers = (extensions: readonly Extension[]): readonly Answer<Output>[] =>
    inputs.map(answering(build(extensions)))
  const before = answers(present)
  const after = answers([...present, added])
  const changed: ChangedAnswer<Input, Output>[] = []
  const gained: Input[] = []
  for (const [i, input] of inputs.entries()) {
    const [was, is] = [before[i], after[i]]
    if (was === undefined) {
      if (is !== undefined) gained.push(input)
    } else if (is === undefined) changed.push({ input, before: was.output })
    else if (!isSame(was.output, is.output)) {
      changed.push({ input, before: was.output, after: is.output })
    }
  }
  return { changed, gained }
}

/** `undefined` for a refusal. */
type Answer<Output> = { readonly output: Output } | undefined

function answering<Input, Output>(system: (input: Input) => Output) {
  return (input: Input): Answer<Output> => {
    try {
      return { output: system(input) }
    } catch {
      return undefined
    }
  }
}

/**
 * The files that a change edits or removes although they are closed, by path.
 *
 * `before` and `after` map paths to texts or digests; `isOpen` names the lists that every extension
 * adds a line to. Linear in the files.
 *
 * @example
 * ```ts
 * import { editedFiles } from '@lockstep/patterns/principles/open-closed'
 *
 * const before = new Map([['core.ts', 'a1'], ['plugins.ts', 'b1']])
 * const after = new Map([['core.ts', 'a2'], ['plugins.ts', 'b2'], ['new.ts', 'c1']])
 * const edited = editedFiles(before, after, (path) => path === 'plugins.ts')
 * if (edited.join() !== 'core.ts') throw new Error('the core was edited')
 * ```
 */
export function editedFiles(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  isOpen: (path: string) => boolean = () => false,
): readonly string[] {
  return [...before].flatMap(([path, was]) => (after.get(path) === was || isOpen(path) ? [] : path))
}
