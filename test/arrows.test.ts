import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  forbiddenImports,
  type Layer,
} from '../packages/patterns/src/principles/dependency-inversion.ts'
import { moduleOf } from '../packages/patterns/test/principles/parsed.ts'

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
  {
    room: 'idgen',
    may: ['process'],
    lab: { files: ['lab.ts', 'lab/**'], may: ['process', 'sim', 'check'] },
  },
  { room: 'servers', may: [] },
  { room: 'patterns', may: [], lab: { files: ['lab.ts', 'lab/**'], may: [] } },
  {
    room: 'raft',
    may: ['process'],
    lab: {
      files: ['lab.ts', 'lab-*', 'experiments.ts', 'experiments/**', 'lab/**'],
      may: ['process', 'sim', 'check'],
    },
  },
]

/** A lab is a layer of its own: it may import its area, and its area must not import it. */
const layers: readonly Layer[] = [
  ...arrows.flatMap(({ room, lab }): Layer[] => {
    if (lab === undefined) return []
    const holds = lab.files.map((file) => `packages/${room}/src/${file}`)
    return [
      {
        name: `${room}/lab`,
        holds: [...holds, `@lockstep/${room}/lab`],
        may: [room, ...lab.may],
      },
    ]
  }),
  ...arrows.map(({ room, may }): Layer => {
    const holds = [`packages/${room}/src/**`, `@lockstep/${room}`, `@lockstep/${room}/**`]
    return { name: room, holds, may }
  }),
  { name: 'not in the list', holds: ['@lockstep/**', 'packages/**', 'apps/**'], may: [] },
]

const root = join(import.meta.dirname, '..')

/** The sources below a folder, as paths from it. */
function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => path.replaceAll('\\', '/'))
}

/** Imports of a file that its room may not have, type-only ones left out. */
function forbidden(path: string, source: string): string[] {
  return forbiddenImports(layers, [moduleOf(path, source)], { typeImports: 'free' }).map(
    ({ specifier }) => specifier,
  )
}

describe('arrows', () => {
  test('every package has its rule', () => {
    expect(readdirSync(join(root, 'packages')).toSorted()).toEqual(
      arrows.map(({ room }) => room).toSorted(),
    )
  })

  test.for(arrows.map(({ room }) => room))('%s imports only what it may', (room) => {
    const folder = `packages/${room}/src`
    const broken = sources(folder).flatMap((file) => {
      const path = `${folder}/${file}`
      return forbidden(path, readFileSync(join(root, path), 'utf8')).map(
        (specifier) => `${path} imports ${specifier}`,
      )
    })
    expect(broken).toEqual([])
  })

  test.for<readonly [path: string, source: string, found: readonly string[]]>([
    ['sim/src/world.ts', "import { raft } from '@lockstep/raft'", ['@lockstep/raft']],
    ['raft/src/raft.ts', "export { run } from '@lockstep/sim'", ['@lockstep/sim']],
    [
      'raft/src/client.ts',
      "import {\n  a,\n} from '@lockstep/playground/x'",
      ['@lockstep/playground/x'],
    ],
    ['raft/src/lab.ts', "import { run } from '@lockstep/sim'", []],
    ['check/src/a.ts', "import type { Lab } from '@lockstep/sim'", []],
    ['raft/src/kv/map.ts', "import { lab } from '../lab.ts'", ['../lab.ts']],
    ['raft/src/raft.ts', "import { lab } from '@lockstep/raft/lab'", ['@lockstep/raft/lab']],
    ['raft/src/raft.ts', "const sim = await import('@lockstep/sim')", ['@lockstep/sim']],
    ['patterns/src/structural/proxy.ts', "import '../lab/tracer.ts'", ['../lab/tracer.ts']],
    ['sim/src/a.ts', "import '../../raft/src/raft.ts'", ['../../raft/src/raft.ts']],
    ['sim/src/a.ts', "// import '@lockstep/raft'\nconst b = \"from '@lockstep/raft'\"", []],
  ])('an arrow that runs back is found: %s %j', ([path, source, found]) => {
    expect(forbidden(`packages/${path}`, source)).toEqual(found)
  })
})
