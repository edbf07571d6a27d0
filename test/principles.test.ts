import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inheritanceReport } from '../packages/patterns/src/principles/composite-reuse.ts'
import { rolesOf } from '../packages/patterns/src/principles/interface-segregation.ts'
import { strangersIn } from '../packages/patterns/src/principles/law-of-demeter.ts'
import {
  breachOf,
  type Contract,
  type Operation,
} from '../packages/patterns/src/principles/liskov-substitution.ts'
import { extensionReport } from '../packages/patterns/src/principles/open-closed.ts'
import { cohesionOf } from '../packages/patterns/src/principles/single-responsibility.ts'
import {
  chainsOf,
  classesOf,
  interfacesOf,
  memberNamesOf,
} from '../packages/patterns/test/principles/parsed.ts'
import { flaws } from '../packages/raft/src/flaws.ts'
import { paper, type Rules } from '../packages/raft/src/rules.ts'
import { Draws } from '../packages/sim/src/draws.ts'

/** The principles of `packages/patterns`, applied to the worlds and the protocols of this repository. */
const rooms = ['process', 'sim', 'host', 'check', 'raft', 'idgen'] as const
const root = join(import.meta.dirname, '..')

function read(glob: string): { path: string; source: string }[] {
  return globSync(glob, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
    .map((path) => ({ path, source: readFileSync(join(root, path), 'utf8') }))
}

const sources = (room: string): { path: string; source: string }[] =>
  read(`packages/${room}/src/**/*.ts`)

/** Steps that give the same kind of thing again. */
const fluent: ReadonlySet<string> = new Set(
  `concat entries filter flatMap keys map replace replaceAll reverse slice sort toReversed toSorted
   toString trim values`.split(/\s+/),
)

describe('single responsibility', () => {
  /**
   * Classes that are several in one. Who implements an interface is cut by those who call it, and a
   * method alone is a question and no responsibility.
   */
  const several = (path: string, source: string): string[] =>
    classesOf(path, source)
      .filter((one) => one.extends.length + one.implements.length === 0)
      .filter(({ methods }) => {
        const { clusters } = cohesionOf(methods)
        return clusters.filter(({ length }) => length > 1).length > 1
      })
      .map(({ name }) => `${path}: ${name}`)

  test('every class is one', () => {
    const found = rooms.flatMap(sources).flatMap(({ path, source }) => several(path, source))
    expect(found).toEqual([])
  })

  test('a class that is two is found', () => {
    const two = `class Two {
      #names = []; #sum = 0
      add(name) { this.#names.push(name) }
      list() { return this.#names.slice() }
      count(by) { this.#sum += by }
      total() { return this.#sum }
    }`
    expect(several('a.ts', two)).toEqual(['a.ts: Two'])
  })
})

describe('the law of Demeter', () => {
  const far = (path: string, source: string): string[] =>
    strangersIn(chainsOf(path, source), {
      depthMax: 2,
      fluent,
      owns: (name) => name === 'this' || /^[A-Z]/.test(name),
    }).map(({ chain, text }) => `${chain.path}: ${text}`)

  test.for(rooms)('%s goes two steps and no further', (room) => {
    expect(sources(room).flatMap(({ path, source }) => far(path, source))).toEqual([])
  })

  test('a third step is found', () => {
    expect(far('a.ts', 'this.#machine.store.oldest().take()')).toEqual([
      'a.ts: this.#machine.store.oldest().take()',
    ])
  })
})

describe('composite reuse', () => {
  test.for(rooms)('in %s only errors extend a class of ours', (room) => {
    const classes = sources(room).flatMap(({ path, source }) => classesOf(path, source))
    const { depths, diamonds } = inheritanceReport(classes)
    const heirs = classes.filter((one) => one.extends.some((parent) => depths.has(parent)))
    expect(heirs.map(({ name }) => name).filter((name) => !name.endsWith('Error'))).toEqual([])
    expect(diamonds).toEqual([])
  })
})

describe('interface segregation', () => {
  test('the log asks of a directory what it uses, and its recovery only reads', () => {
    const [files] = read('packages/host/src/wal/files.ts')
    const clients = read('packages/host/src/wal/{log,recover}.ts').map(({ path, source }) => ({
      client: path,
      members: [...memberNamesOf(path, source)],
    }))
    const { roles, unused } = rolesOf(
      interfacesOf('files.ts', files?.source ?? '').get('Files') ?? [],
      clients,
    )
    expect(unused).toEqual([])
    const recovery = roles.filter((role) =>
      role.clients.some((path) => path.endsWith('recover.ts')),
    )
    expect(recovery.flatMap(({ members }) => members)).toEqual(['list', 'read'])
  })
})

/** How a draw is taken: the way under test, or a wrong one. */
type Draw = (draws: Draws, stream: string) => number

/** Each stream draws once for every draw that is asked for; a stream that nobody has is refused. */
const drawing = (seed: number, draw: Draw) => (streams: readonly string[]) => {
  const draws = new Draws(seed)
  return (asked: string): number => {
    if (!streams.includes(asked)) throw new RangeError(`nobody draws ${asked}`)
    return streams.map((stream) => draw(draws, stream))[streams.indexOf(asked)] ?? Number.NaN
  }
}

describe('open–closed', () => {
  const stream = fc.constantFrom('loss n1>n2', 'delay n1>n2', 'disk n1')
  const oneMoreChangesNone = (draw: Draw): fc.IPropertyWithHooks<[number, string[]]> =>
    fc.property(
      fc.nat(),
      fc.uniqueArray(stream, { minLength: 1 }),
      (seed, [added = '', ...present]) => {
        const inputs = [...present, ...present, added]
        const build = drawing(seed, draw)
        expect(extensionReport({ build, present, added, inputs })).toEqual({
          changed: [],
          gained: [added],
        })
      },
    )

  test('whoever draws from one more stream changes no draw of the others', () => {
    fc.assert(oneMoreChangesNone((draws, name) => draws.next(name)))
  })

  test('where all draw from one stream, one more changes what others draw', () => {
    const shared = oneMoreChangesNone((draws) => draws.next('all'))
    expect(fc.check(shared, { seed: 1 }).failed).toBe(true)
  })
})

/** A voter in one term, by the rules. */
class Voter {
  readonly #rules: Rules
  #votedFor: string | undefined
  constructor(rules: Rules) {
    this.#rules = rules
  }
  vote(candidate: string): boolean {
    const mayVote = this.#rules.mayVoteFor(candidate, this.#votedFor)
    if (mayVote) this.#votedFor = candidate
    return mayVote
  }
}

const oneVoteATerm: Contract<string | undefined, Voter> = { start: undefined }
const vote = (candidate: string): Operation<string | undefined, Voter> => ({
  name: `vote(${candidate})`,
  call: (voter) => voter.vote(candidate),
  ensures: (votedFor, answer) => answer === (votedFor === undefined || votedFor === candidate),
  after: (votedFor) => votedFor ?? candidate,
})

describe('Liskov substitution', () => {
  test('of the flaws of Raft, one breaks the promise of a voter, and two candidates show it', () => {
    const programs = fc.array(fc.constantFrom('n1', 'n2', 'n3').map(vote))
    const breachBy = (rules: Rules): readonly string[] | undefined => {
      const { counterexample } = fc.check(
        fc.property(programs, (program) => {
          expect(breachOf(oneVoteATerm, new Voter(rules), program)).toBeUndefined()
        }),
        { seed: 1 },
      )
      return counterexample?.[0].map(({ name }) => name)
    }
    expect(breachBy(paper)).toBeUndefined()
    const breaking = flaws.filter(({ breaks }) => breachBy({ ...paper, ...breaks }) !== undefined)
    expect(breaking.map(({ name }) => name)).toEqual(['vote-twice'])
    expect(breachBy({ ...paper, mayVoteFor: () => true })).toHaveLength(2)
  })
})
