import {
  type Context,
  type Message,
  type NodeId,
  type Process,
  ProcessPort,
} from '@lockstep/process'
import { expect, test } from 'vitest'
import { platformTurn } from '../src/turn.ts'
import type { SimWorld } from '../src/world.ts'
import { toyWorld } from './toy-world.ts'

type Work = (port: ProcessPort, context: Context) => Promise<void>

/** A process whose work is asynchronous code. It answers what it is asked. */
class Worker implements Process {
  readonly leavesPromises: boolean
  readonly seen: string[] = []
  readonly #context: Context
  readonly #port: ProcessPort
  readonly #work: Work

  constructor(context: Context, work: Work, leavesPromises: boolean) {
    this.leavesPromises = leavesPromises
    this.#context = context
    this.#port = new ProcessPort(context)
    this.#work = work
  }

  start(): void {
    void this.#work(this.#port, this.#context)
  }

  receive(from: NodeId, message: Message): void {
    if (this.#port.received(from, message)) return
    const { id } = message as unknown as { readonly id: number }
    const answer = { type: 'answer', re: id }
    this.#context.send(from, answer)
  }

  timeout(timer: string): void {
    this.#port.timedOut(timer)
  }

  synced(position: number): void {
    this.#port.reached(position)
  }

  view(): unknown {
    return this.seen
  }
}

const turn = platformTurn()

async function runTo(world: SimWorld, ms: number): Promise<void> {
  for (;;) {
    if (world.settled) {
      await turn()
      world.afterTurn()
    }
    if ((world.nextAt ?? Number.POSITIVE_INFINITY) > ms * 1000) return
    world.step()
  }
}

/** A world where one node works, and another one answers it. */
function worldOf(work: Work, leavesPromises = true): SimWorld {
  const { world } = toyWorld(0)
  world.add('n1', (context) => new Worker(context, work, leavesPromises))
  world.add('n2', (context) => new Worker(context, () => Promise.resolve(), leavesPromises))
  for (const node of world.nodes.values()) world.start(node)
  return world
}

test('asynchronous code sleeps, asks and writes as a part of the steps that let it go on', async () => {
  const seen: string[] = []
  const world = worldOf(async (port, context) => {
    await port.sleep(5)
    seen.push(`slept until ${port.elapsed()}`)
    const reply = await port.call('n2', { type: 'question' }, 100)
    seen.push(`${reply?.type} at ${port.elapsed()}`)
    await port.synced(context.append('entry'))
    seen.push(`durable at ${port.elapsed()}`)
    const silence = await port.call('nobody', { type: 'question' }, 50)
    seen.push(`${silence?.type} at ${port.elapsed()}`)
  })
  await runTo(world, 200)
  expect(seen).toEqual(['slept until 5', 'answer at 7', 'durable at 9', 'undefined at 59'])
})

test('a process that does not say so is left behind by its promises', async () => {
  const seen: number[] = []
  const world = worldOf(async (port) => {
    void port.sleep(50)
    await port.sleep(5)
    seen.push(port.elapsed())
  }, false)
  await runTo(world, 200)
  await turn()
  expect(seen).toEqual([50])
})

test('what a life has begun goes no further than its crash', async () => {
  const seen: string[] = []
  const world = worldOf(async (port, context) => {
    await port.sleep(5)
    seen.push(`life ${context.incarnation}`)
    await port.call('n2', { type: 'question' }, 100)
    seen.push(`answer to ${context.incarnation}`)
  })
  const node = world.nodes.get('n1')
  if (node === undefined) throw new Error('no n1')
  await runTo(world, 6)
  world.crash(node)
  world.start(node)
  await runTo(world, 200)
  expect(seen).toEqual(['life 1', 'life 2', 'answer to 2'])
})

test('a sleep ends early by its signal, with the reason', async () => {
  const seen: string[] = []
  const world = worldOf(async (port) => {
    const ended = new AbortController()
    const sleeping = port.sleep(100, { signal: ended.signal })
    await port.sleep(5)
    ended.abort(new Error('no longer'))
    await sleeping.catch((error: Error) => seen.push(`${error.message} at ${port.elapsed()}`))
    await port.sleep(1, { signal: ended.signal }).catch(() => seen.push('not at all'))
  })
  await runTo(world, 200)
  expect(seen).toEqual(['no longer at 5', 'not at all'])
})
