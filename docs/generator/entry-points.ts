import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** One thing that can be imported: a package, or a sub-path of it. */
interface EntryPoint {
  /** As it is written in an import. */
  readonly specifier: string
  /** Its source, as a path from the repository's root. */
  readonly file: string
}

/** A package and what can be imported from it, its root first. */
export interface Package {
  readonly name: string
  readonly description: string
  readonly entryPoints: readonly EntryPoint[]
}

interface Manifest {
  readonly name: string
  readonly description?: string
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
}

/** The packages below `packages/` of a repository, by name. */
export function packagesOf(root: string): readonly Package[] {
  return readdirSync(join(root, 'packages'))
    .toSorted()
    .map((folder) => packageOf(root, `packages/${folder}`))
}

function packageOf(root: string, folder: string): Package {
  const text = readFileSync(join(root, folder, 'package.json'), 'utf8')
  const { name, description = '', exports = {} } = JSON.parse(text) as Manifest
  const entryPoints = Object.entries(exports).flatMap(([path, conditions]) => {
    const source = typeof conditions === 'string' ? undefined : conditions['@lockstep/source']
    return source === undefined ? [] : sourcesOf(root, folder, path, source, name)
  })
  return { name, description, entryPoints }
}

/** The entry points of one line of `exports`; a `*` stands for any number of folders. */
function sourcesOf(
  root: string,
  folder: string,
  path: string,
  source: string,
  name: string,
): readonly EntryPoint[] {
  const [before = '', after] = join(folder, source).split('*')
  if (after === undefined) {
    return [{ specifier: join(name, path), file: join(folder, source) }]
  }
  const files = globSync(`${before}**/*${after}`, { cwd: root }).map((file) =>
    relative(root, join(root, file)).split(sep).join('/'),
  )
  return files.toSorted().map((file) => ({
    specifier: join(name, path.replace('*', file.slice(before.length, -after.length))),
    file,
  }))
}
