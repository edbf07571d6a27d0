/**
 * Dependency inversion: policy does not depend on detail; both depend on abstractions.
 *
 * ```text
 * policy ──▶ abstraction ◀── detail          an import that runs the other way is found
 * ```
 *
 * In a code base that is a rule about imports. Layers are named, each says which modules it holds
 * and which other layers it may import, and `forbiddenImports` lists every import that runs the
 * wrong way. The modules come as plain data, so any parser and any language will do.
 *
 * Not for what a compiler already refuses (separate projects, packages that are not linked), and
 * not for a program of ten files: a rule that nobody was going to break is only another file.
 *
 * Lockstep uses it in `test/arrows.test.ts`, which holds the arrows of its rooms: the simulator and
 * the host import the contract of a process, and none of them knows an area.
 */

/** One import of a module, or an export from another one. */
export interface Import {
  /** As it is written; `./` and `../` are resolved against the path of the module. */
  readonly specifier: string
  /** The whole statement vanishes when types are stripped. */
  readonly isTypeOnly: boolean
}

/** A source file and what it imports. */
export interface Module {
  /** With `/`, from the root that the globs of the layers start at. */
  readonly path: string
  readonly imports: readonly Import[]
}

/** A named set of modules, and the layers that it may import beside itself. */
export interface Layer {
  readonly name: string
  /** Globs of paths and specifiers; `*` stays within a segment, `**` does not. */
  readonly holds: readonly string[]
  readonly may: readonly string[]
}

/** An import that runs against the rules. */
export interface ForbiddenImport {
  readonly path: string
  readonly specifier: string
  readonly from: string
  readonly to: string
}

/** What to look at. */
export interface ImportOptions {
  /** `free` leaves imports out that exist for types only. Default `bound`. */
  readonly typeImports?: 'free' | 'bound'
}

/**
 * The rules themselves are wrong: a name is used twice or unknown, layers may import each other in
 * a circle, or a module is in no layer.
 *
 * @example
 * ```ts
 * import { forbiddenImports, LayerError } from '@lockstep/patterns/principles/dependency-inversion'
 *
 * try {
 *   forbiddenImports([{ name: 'core', holds: ['core/**'], may: ['cor'] }], [])
 *   throw new Error('not refused')
 * } catch (error) {
 *   if (!(error instanceof LayerError) || error.code !== 'unknown-layer') throw error
 * }
 * ```
 */
export class LayerError extends Error {
  readonly code: 'duplicate-layer' | 'unknown-layer' | 'layer-cycle' | 'module-without-layer'

  constructor(code: LayerError['code'], message: string) {
    super(message)
    this.name = 'LayerError'
    this.code = code
  }
}

/**
 * The imports that the layers forbid, in the order of the modules.
 *
 * A path or specifier belongs to the first layer that holds it. What no layer holds may be imported
 * by all (packages from elsewhere). Linear in imports times globs.
 *
 * @throws {LayerError} when the rules contradict themselves or leave a module out.
 * @example
 * ```ts
 * import { forbiddenImports } from '@lockstep/patterns/principles/dependency-inversion'
 *
 * const layers = [
 *   { name: 'policy', holds: ['src/policy/**'], may: [] },
 *   { name: 'detail', holds: ['src/sql/**'], may: ['policy'] },
 * ]
 * const imports = [{ specifier: '../sql/orders.ts', isTypeOnly: false }]
 * const [found] = forbiddenImports(layers, [{ path: 'src/policy/price.ts', imports }])
 * if (found?.to !== 'detail') throw new Error('policy may not import detail')
 * ```
 */
export function forbiddenImports(
  layers: readonly Layer[],
  modules: readonly Module[],
  { typeImports = 'bound' }: ImportOptions = {},
): readonly ForbiddenImport[] {
  checkRules(layers)
  const rules = layers.map((layer) => ({ layer, holds: layer.holds.map(expressionOf) }))
  const layerOf = (name: string): Layer | undefined =>
    rules.find(({ holds }) => holds.some((glob) => glob.test(name)))?.layer
  return modules.flatMap(({ path, imports }) => {
    const from = layerOf(path)
    if (from === undefined) {
      throw new LayerError('module-without-layer', `no layer holds ${path}`)
    }
    return imports.flatMap(({ specifier, isTypeOnly }) => {
      const to = layerOf(resolved(path, specifier))
      const isFree = isTypeOnly && typeImports === 'free'
      if (isFree || to === undefined || to === from || from.may.includes(to.name)) return []
      return [{ path, specifier, from: from.name, to: to.name }]
    })
  })
}

function checkRules(layers: readonly Layer[]): void {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  if (byName.size < layers.length) {
    throw new LayerError('duplicate-layer', 'two layers have the same name')
  }
  const done = new Set<string>()
  const visit = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) {
      throw new LayerError('layer-cycle', `layers in a circle: ${[...way, name].join(' > ')}`)
    }
    const layer = byName.get(name)
    if (layer === undefined) {
      throw new LayerError('unknown-layer', `${way.at(-1)} may import ${name}, which is no layer`)
    }
    if (done.has(name)) return
    for (const next of layer.may) if (next !== name) visit(next, [...way, name])
    done.add(name)
  }
  for (const { name } of layers) visit(name, [])
}

function resolved(path: string, specifier: string): string {
  if (!/^\.\.?(\/|$)/.test(specifier)) return specifier
  const segments = path.split('/').slice(0, -1)
  for (const segment of specifier.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '.') segments.push(segment)
  }
  return segments.join('/')
}

function expressionOf(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*'
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`)
}
