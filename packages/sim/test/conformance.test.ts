import type { Build, Context, NodeId, Process } from '@lockstep/process'
import { conformance, type WorldUnderTest } from '@lockstep/process/conformance'
import { describe, expect, test } from 'vitest'
import type { SimNode } from '../src/node.ts'
import { toyNet, toyWorld } from './toy-world.ts'

/** A simulated world behind the conformance cases; `spoil` may give a process a context that lies. */
function simulated(spoil: (context: Context) => Context = (context) => context): WorldUnderTest {
  const { world } = toyWorld(0, { net: { ...toyNet, hangUps: true } })
  const builds = new Map<NodeId, Build>()
  const node = (id: NodeId): SimNode =>
    world.nodes.get(id) ??
    world.add(id, (context) => {
      const build = builds.get(id)
      if (build === undefined) throw new Error(`nothing to build ${id} with`)
      return build(spoil(context))
    })
  return {
    start: async (id, build) => {
      builds.set(id, build)
      world.start(node(id))
    },
    kill: async (id) => world.crash(node(id)),
    stop: async (id) => {
      world.stop(node(id))
      while (node(id).state !== 'down') world.step()
    },
    until: async (done) => {
      for (let steps = 0; !done(); steps++) {
        if (steps > 10_000 || world.nextAt === undefined) throw new Error('it never came')
        world.step()
      }
    },
  }
}

/** A context that behaves but for what `lies` replaces. */
function lying(lies: (context: Context) => Partial<Context>): (context: Context) => Context {
  return (context) =>
    new Proxy(context, {
      get: (target, name) => {
        const found: unknown = Reflect.get({ ...lies(target) }, name) ?? Reflect.get(target, name)
        return typeof found === 'function' ? (found.bind(target) as unknown) : found
      },
    })
}

describe('the simulated world keeps the contract', () => {
  test.for(conformance.map(({ name, run }) => [name, run] as const))('%s', async ([, run]) => {
    await run(simulated())
  })
})

describe('a world that breaks the contract is found out', () => {
  const lies: Readonly<Record<string, (context: Context) => Partial<Context>>> = {
    'sends before the sync': (context) => ({
      sendOnceSynced: (to, message) => context.send(to, message),
    }),
    'counts positions from 1': (context) => ({ append: (entry) => context.append(entry) + 1 }),
    'keeps the timer that was replaced': (context) => ({
      setTimer: (name, after) => context.setTimer(name, name === 'twice' ? after + 100 : after),
    }),
    'forgets snapshots': () => ({ saveSnapshot: () => undefined }),
    'never compacts': () => ({ compact: () => undefined }),
    'compacts more than it may': (context) => ({
      compact: (snapshot) => context.compact(snapshot, 2),
    }),
    'draws one number': () => ({ random: () => 0.5 }),
    'loses messages': () => ({ send: () => undefined }),
    'always is a fresh disk': () => ({ incarnation: 1 }),
  }

  test.for(Object.entries(lies))('it %s', async ([, lie]) => {
    const outcomes = await Promise.allSettled(
      conformance.map(({ run }) => run(simulated(lying(lie)))),
    )
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
  })

  const wrongs: Readonly<Record<string, (process: Process) => Partial<Process>>> = {
    'never flushes': () => ({ flush: () => undefined }),
    'flushes a step twice': (process) => ({
      flush: () => {
        process.flush?.()
        process.flush?.()
      },
    }),
    'says nothing of connections that ended': () => ({ hungUp: () => undefined }),
  }

  test.for(Object.entries(wrongs))('it %s', async ([, wrong]) => {
    expect(await brokenBy(wrong)).not.toEqual([])
  })

  test('and one that passes everything on keeps it', async () => {
    expect(await brokenBy(() => ({}))).toEqual([])
  })

  /** The names of the cases that do not hold where processes hear of their world what `wrong` leaves of it. */
  async function brokenBy(wrong: (process: Process) => Partial<Process>): Promise<string[]> {
    const broken: string[] = []
    for (const { name, run } of conformance) {
      const world = simulated()
      const start: WorldUnderTest['start'] = (id, build) =>
        world.start(id, (context) => heard(build(context), wrong))
      await run({ ...world, start }).catch(() => broken.push(name))
    }
    return broken
  }
})

/** A process behind another one that hears for it, and may hear wrong. */
function heard(process: Process, wrong: (process: Process) => Partial<Process>): Process {
  return {
    start: (saved) => process.start(saved),
    receive: (from, message) => process.receive(from, message),
    timeout: (timer) => process.timeout(timer),
    synced: (position) => process.synced?.(position),
    flush: () => process.flush?.(),
    hungUp: (peer) => process.hungUp?.(peer),
    stop: (finished) => (process.stop === undefined ? finished() : process.stop(finished)),
    view: () => process.view(),
    ...wrong(process),
  }
}
