import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ModuleReader } from './declarations.ts'
import { packagesOf } from './entry-points.ts'
import { type DocumentedPackage, pagesOf } from './pages.ts'

/** Reads all packages of a repository with the doc comments of what they export. */
export function documentedPackages(root: string): readonly DocumentedPackage[] {
  const packages = packagesOf(root)
  const files = new Map(
    packages.flatMap(({ entryPoints }) =>
      entryPoints.map(({ specifier, file }) => [specifier, file] as const),
    ),
  )
  const reader = ModuleReader.on(root, (specifier) => files.get(specifier))
  return packages.map((one) => ({
    ...one,
    modules: new Map(
      one.entryPoints.map(({ specifier, file }) => [specifier, reader.docsOf(file)] as const),
    ),
  }))
}

/** Writes the pages into a folder in place of what was in it, and gives how many there are. */
export function writeApi(root: string, folder: string): number {
  const pages = pagesOf(documentedPackages(root))
  rmSync(folder, { recursive: true, force: true })
  const style = readFileSync(join(import.meta.dirname, 'style.css'), 'utf8')
  for (const [path, text] of [...pages, ['style.css', style] as const]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return pages.size
}
