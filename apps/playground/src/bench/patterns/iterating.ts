import { AsyncSequence } from '@lockstep/patterns/behavioral/async-iterator'
import { Sequence } from '@lockstep/patterns/behavioral/iterator'
import { from as asyncFrom } from 'ix/asynciterable'
import {
  filter as asyncFilter,
  map as asyncMap,
  take as asyncTake,
} from 'ix/asynciterable/operators'
import { from } from 'ix/iterable'
import { filter, map, take } from 'ix/iterable/operators'
import pMap, { pMapIterable } from 'p-map'
import type { Contest } from './contest.ts'
import type { Contender } from '../rounds.ts'

const numbers: readonly number[] = Array.from({ length: 1000 }, (_, at) => at)
const fits = (n: number): boolean => n % 3 === 0
const change = (n: number): number => n * 2

/** The elements of a list, each a turn later. */
async function* arriving(): AsyncGenerator<number> {
  for (const number of numbers) yield number
}

function draining(name: string, drain: () => unknown): Contender {
  return {
    name,
    run: (times) => {
      let all: unknown
      for (let time = 0; time < times; time += 1) all = drain()
      return all
    },
  }
}

function awaiting(name: string, drain: () => Promise<unknown>): Contender {
  return {
    name,
    run: async (times) => {
      let all: unknown
      for (let time = 0; time < times; time += 1) all = await drain()
      return all
    },
  }
}

async function listOf(elements: AsyncIterable<number>): Promise<number[]> {
  const list: number[] = []
  for await (const element of elements) list.push(element)
  return list
}

const work = async (n: number): Promise<number> => change(n)
const few = numbers.slice(0, 200)

export const iteratingContests: readonly Contest[] = [
  {
    component: 'Sequence',
    work: 'filter, map and take 300 of 1000',
    ours: draining('Sequence', () => [
      ...Sequence.from(numbers).filter(fits).map(change).take(300),
    ]),
    peers: [
      draining('ix', () => [...from(numbers).pipe(filter(fits), map(change), take(300))]),
      draining('Iterator of the language', () =>
        numbers.values().filter(fits).map(change).take(300).toArray(),
      ),
    ],
  },
  {
    component: 'AsyncSequence',
    work: 'filter, map and take 300 of 1000 that arrive',
    ours: awaiting('AsyncSequence', () =>
      listOf(AsyncSequence.from(arriving()).filter(fits).map(change).take(300)),
    ),
    peers: [
      awaiting('ix', () =>
        listOf(asyncFrom(arriving()).pipe(asyncFilter(fits), asyncMap(change), asyncTake(300))),
      ),
    ],
  },
  {
    component: 'AsyncSequence',
    work: 'do 200 pieces of work, eight at a time',
    ours: awaiting('mapConcurrent', () => AsyncSequence.from(few).mapConcurrent(work, 8).toArray()),
    peers: [
      awaiting('p-map, as an iterator', () => listOf(pMapIterable(few, work, { concurrency: 8 }))),
      awaiting('p-map, all at the end', () => pMap(few, work, { concurrency: 8 })),
    ],
  },
]
