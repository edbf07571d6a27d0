import { describe, expect, test } from 'vitest'
import { Faults } from '../src/faults.ts'
import type { SimNode } from '../src/node.ts'
import type { SimWorld } from '../src/world.ts'
import { Probe, runTo, toyWorld } from './toy-world.ts'

function node(world: SimWorld, id: string): SimNode {
  const found = world.nodes.get(id)
  if (found === undefined) throw new Error(`no ${id}`)
  return found
}

describe('messages', () => {
  test('a message arrives after the delay, caused by its sending', () => {
    const { world, probe } = toyWorld(2)
    probe('n1').context.send('n2', { type: 'Hello' })
    runTo(world, 5)
    expect(probe('n2').seen).toEqual(['start 1', 'n1: Hello'])
    const events = [...world.trace.events()]
    const deliver = events.find(({ kind }) => kind === 'deliver')
    expect(deliver).toMatchObject({ at: 1000, node: 'n2', peer: 'n1', name: 'Hello' })
    expect(events[deliver?.cause ?? -1]).toMatchObject({ kind: 'send', node: 'n1', peer: 'n2' })
  })

  test('a message to an unknown peer is dropped and traced', () => {
    const { world, probe } = toyWorld(1)
    probe('n1').context.send('n9', { type: 'Hello' })
    expect([...world.trace.events()].at(-1)).toMatchObject({ kind: 'drop', value: 3 })
  })

  test('a process that sends to itself is not re-entered', () => {
    const { world, probe } = toyWorld(1)
    const n1 = probe('n1')
    n1.onReceive = (_from, message) => {
      if (message.type === 'first') n1.context.send('n1', { type: 'second' })
      n1.seen.push(`end of ${message.type}`)
    }
    n1.context.send('n1', { type: 'first' })
    runTo(world, 1)
    expect(n1.seen.slice(1)).toEqual(['n1: first', 'end of first', 'n1: second', 'end of second'])
  })

  test('a process that changes what it sent is a mistake that is seen', () => {
    const { world, probe } = toyWorld(2)
    const message = { type: 'Hello', list: [1] }
    probe('n1').onTimeout = () => {
      probe('n1').context.send('n2', message)
      message.list.push(2)
    }
    probe('n1').context.setTimer('go', 1)
    runTo(world, 2)
    expect(world.violations[0]?.invariant).toBe('no process throws')
    expect(node(world, 'n1').state).toBe('down')
  })
})

describe('disk', () => {
  test('sendOnceSynced waits for every append so far, and a plain send does not', () => {
    const { world, probe } = toyWorld(2)
    const n1 = probe('n1')
    n1.onTimeout = () => {
      n1.context.append('entry')
      n1.context.sendOnceSynced('n2', { type: 'held' })
      n1.context.send('n2', { type: 'plain' })
    }
    n1.context.setTimer('go', 1)
    runTo(world, 10)
    expect(probe('n2').seen.slice(1)).toEqual(['n1: plain', 'n1: held'])
    expect(n1.seen).toContain('synced 0')
    const held = [...world.trace.events()].find(
      ({ kind, name }) => kind === 'send' && name === 'held',
    )
    expect(held?.at).toBe(3000)
  })

  test('a crash before the sync takes the held message along', () => {
    const { world, probe } = toyWorld(2)
    const n1 = probe('n1')
    n1.onTimeout = () => {
      n1.context.append('entry')
      n1.context.sendOnceSynced('n2', { type: 'held' })
    }
    n1.context.setTimer('go', 1)
    runTo(world, 2)
    world.crash(node(world, 'n1'))
    runTo(world, 20)
    expect(probe('n2').seen).toEqual(['start 1'])
  })

  test('a crash after k effects lets k effects out and no more', () => {
    for (let effects = 0; effects <= 3; effects++) {
      const { world, probe } = toyWorld(2)
      const n1 = probe('n1')
      n1.onTimeout = () => {
        for (const type of ['a', 'b', 'c']) n1.context.send('n2', { type })
      }
      n1.context.setTimer('go', 1)
      new Faults(world, () => undefined).apply({ do: 'crash', node: 'n1', effects })
      runTo(world, 5)
      expect(probe('n2').seen.slice(1)).toEqual(['n1: a', 'n1: b', 'n1: c'].slice(0, effects))
      expect(node(world, 'n1').state).toBe(effects < 3 ? 'down' : 'up')
    }
  })

  test('a restart is a new process with a higher incarnation, and old timers are gone', () => {
    const { world, probe } = toyWorld(1)
    const before = probe('n1')
    before.context.setTimer('old', 5)
    world.crash(node(world, 'n1'))
    world.start(node(world, 'n1'))
    runTo(world, 10)
    expect(probe('n1')).not.toBe(before)
    expect(probe('n1').seen).toEqual(['start 2'])
  })
})

describe('timers and pauses', () => {
  test('a timer that is set again fires once, at the later time', () => {
    const { world, probe } = toyWorld(1)
    const { context, seen } = probe('n1')
    context.setTimer('t', 5)
    context.setTimer('t', 9)
    runTo(world, 8)
    expect(seen).toEqual(['start 1'])
    expect(world.steps).toBe(0)
    runTo(world, 9)
    expect(seen).toEqual(['start 1', 'timeout t'])
  })

  test('after a pause all that came due is delivered in due order', () => {
    const { world, probe } = toyWorld(2)
    const n2 = probe('n2')
    n2.onTimeout = (timer) => timer === 'write' && n2.context.append('entry')
    n2.context.setTimer('write', 1)
    n2.context.setTimer('t', 5)
    runTo(world, 2)
    world.pause(node(world, 'n2'))
    probe('n1').context.send('n2', { type: 'early' })
    runTo(world, 6)
    probe('n1').context.send('n2', { type: 'late' })
    runTo(world, 20)
    expect(n2.seen).toEqual(['start 1', 'timeout write'])
    expect(node(world, 'n2').disk.unsynced).toBe(0)
    world.resume(node(world, 'n2'))
    runTo(world, 20)
    expect(n2.seen.slice(2)).toEqual(['n1: early', 'synced 0', 'timeout t', 'n1: late'])
  })

  test('a fast clock lets timers come early, and one that is set keeps its local due time', () => {
    const { world, probe } = toyWorld(1)
    probe('n1').context.setTimer('t', 100)
    runTo(world, 50)
    world.at(50_000, () => world.setRate(node(world, 'n1'), 2))
    runTo(world, 74)
    expect(probe('n1').seen).not.toContain('timeout t')
    runTo(world, 75)
    expect(probe('n1').seen).toContain('timeout t')
    expect(probe('n1').context.elapsed()).toBe(100)
  })

  test('a wall clock that jumps leaves elapsed time alone', () => {
    const { world, probe } = toyWorld(1)
    const { context } = probe('n1')
    const wall = context.wall()
    new Faults(world, () => undefined).apply({ do: 'clock', node: 'n1', jump: -5000 })
    expect(context.wall()).toBe(wall - 5000)
    expect(context.elapsed()).toBe(0)
  })
})

describe('invariants', () => {
  test('a broken invariant is seen at the step that broke it', () => {
    const { world, probe } = toyWorld(1, {
      invariants: {
        stepped: (process) =>
          process instanceof Probe && process.seen.length > 2
            ? { invariant: 'at most two', text: 'three' }
            : undefined,
      },
    })
    const n1 = probe('n1')
    n1.onTimeout = (name) => n1.context.setTimer(name, 1)
    n1.context.setTimer('again', 1)
    runTo(world, 2)
    expect(world.violations).toEqual([
      { invariant: 'at most two', text: 'three', step: 2, node: 'n1' },
    ])
  })
})
