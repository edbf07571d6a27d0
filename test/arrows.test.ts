import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The arrows between the rooms (ARCHITECTURE.md): who may import whom. A package that is not in the
 * list may be imported by nobody but the playground.
 */
const arrows: readonly {
  readonly room: string
  readonly may: readonly string[]
  /** What its lab may import beside that: the files behind the `./lab` entry point. */
  readonly lab?: { readonly files: readonly string[]; readonly may: readonly string[] }
}[] = [
  { room: 'process', may: [] },
  { room: 'sim', may: ['process'] },
  { room: 'check', may: ['process'] },
  { room: 'host', may: ['process'] },
  { room: 'patterns', may: [] },
  {
    room: 'raft',
    may: ['process'],
    lab: {
      files: ['lab.ts', 'lab-', 'experiments.ts', 'experiments/', 'lab/'],
      may: ['process', 'sim', 'check'],
    },
  },
]

const root = join(import.meta.dirname, '..')

/** The sources below a folder, as paths from it. */
function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => path.replaceAll('\\', '/'))
}

/** The Lockstep packages that a source names in an import or export, type-only ones left out. */
function importsOf(source: string): string[] {
  const statement =
    /^(?:import|export)\s(?!type\s)[^'"]*?['"]@lockstep\/([a-z-]+)(?:\/[^'"]*)?['"]/gm
  return [...source.matchAll(statement)].map(([, name]) => name as string)
}

/** Imports of a file that its room may not have. */
function forbidden(room: string, path: string, source: string): string[] {
  const rule = arrows.find((arrow) => arrow.room === room)
  const inLab = rule?.lab?.files.some((prefix) => path.startsWith(prefix)) ?? false
  const may = (inLab ? rule?.lab?.may : rule?.may) ?? []
  return importsOf(source).filter((name) => name !== room && !may.includes(name))
}

describe('arrows', () => {
  test('every package has its rule', () => {
    expect(readdirSync(join(root, 'packages')).toSorted()).toEqual(
      arrows.map(({ room }) => room).toSorted(),
    )
  })

  test.for(arrows.map(({ room }) => room))('%s imports only what it may', (room) => {
    const folder = `packages/${room}/src`
    const broken = sources(folder).flatMap((path) =>
      forbidden(room, path, readFileSync(join(root, folder, path), 'utf8')).map(
        (name) => `${folder}/${path} imports @lockstep/${name}`,
      ),
    )
    expect(broken).toEqual([])
  })

  test('an arrow that runs back is found', () => {
    expect(forbidden('sim', 'world.ts', "import { raft } from '@lockstep/raft'\n")).toEqual([
      'raft',
    ])
    expect(forbidden('raft', 'raft.ts', "export { run } from '@lockstep/sim'\n")).toEqual(['sim'])
    expect(
      forbidden('raft', 'client.ts', "import {\n  a,\n} from '@lockstep/playground/x'\n"),
    ).toEqual(['playground'])
    expect(forbidden('raft', 'lab.ts', "import { run } from '@lockstep/sim'\n")).toEqual([])
    expect(forbidden('check', 'a.ts', "import type { Lab } from '@lockstep/sim'\n")).toEqual([])
  })
})
