import { deepClone } from '@lockstep/patterns/creational/prototype'
import rfdc from 'rfdc'
import type { Contest } from './contest.ts'
import type { Contender } from '../rounds.ts'

/** A configuration as people copy it: some sixty objects and lists, a few levels deep. */
const tree: object = {
  name: 'cluster',
  created: new Date(0),
  nodes: Array.from({ length: 20 }, (_, number) => ({
    id: `n${number}`,
    port: 7000 + number,
    tags: ['a', 'b', number],
    limits: { memoryMb: 512, files: 1024, quiet: number % 2 === 0 },
  })),
}

interface Ring {
  readonly id: number
  next?: Ring
  readonly shared: object
}

/** Forty objects in a ring that share one: aliases and a cycle. */
const shared = { zone: 'north' }
const ring: Ring[] = Array.from({ length: 40 }, (_, id) => ({ id, shared }))
for (const [at, each] of ring.entries()) each.next = ring[(at + 1) % ring.length] as Ring

function cloning(name: string, value: object, clone: (value: object) => unknown): Contender {
  return {
    name,
    run: (times) => {
      let copy: unknown
      for (let time = 0; time < times; time += 1) copy = clone(value)
      return copy
    },
  }
}

const plain = rfdc()
const circular = rfdc({ circles: true })

export const cloningContests: readonly Contest[] = [
  {
    component: 'deepClone',
    work: 'clone a tree of 60 objects',
    ours: cloning('deepClone', tree, deepClone),
    peers: [
      cloning('rfdc, circles: true', tree, circular),
      cloning('rfdc, which loses aliases', tree, plain),
      cloning('structuredClone', tree, structuredClone),
    ],
  },
  {
    component: 'deepClone',
    work: 'clone a ring of 40 objects',
    ours: cloning('deepClone', ring, deepClone),
    peers: [
      cloning('rfdc, circles: true', ring, circular),
      cloning('structuredClone', ring, structuredClone),
    ],
  },
]
