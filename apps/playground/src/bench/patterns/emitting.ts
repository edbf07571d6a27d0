import { EventBus } from '@lockstep/patterns/behavioral/observer'
import { EventEmitter } from 'eventemitter3'
import mittModule from 'mitt'
import type { Contest } from './contest.ts'
import type { Contender } from '../rounds.ts'

/** Its types are those of a CommonJS module, its code is that of an ES module. */
const mitt = mittModule as unknown as typeof mittModule.default

type Events = { tick: number; tock: string }

interface Bus {
  on(hear: (payload: number) => void): () => void
  emit(payload: number): void
}

const makers: Readonly<Record<string, () => Bus>> = {
  EventBus: () => {
    const bus = new EventBus<Events>()
    return {
      on: (hear) => bus.on('tick', hear),
      emit: (payload) => bus.emit('tick', payload),
    }
  },
  eventemitter3: () => {
    const bus = new EventEmitter<Events>()
    return {
      on: (hear) => {
        bus.on('tick', hear)
        return () => void bus.off('tick', hear)
      },
      emit: (payload) => void bus.emit('tick', payload),
    }
  },
  mitt: () => {
    const bus = mitt<Events>()
    return {
      on: (hear) => {
        bus.on('tick', hear)
        return () => bus.off('tick', hear)
      },
      emit: (payload) => bus.emit('tick', payload),
    }
  },
}

/** A bus with so many listeners, each of which counts what it hears. */
function peopled(
  make: () => Bus,
  listeners: number,
): { readonly bus: Bus; readonly heard: () => number } {
  const bus = make()
  let sum = 0
  for (let count = 0; count < listeners; count += 1) {
    bus.on((payload) => {
      sum += payload
    })
  }
  return { bus, heard: () => sum }
}

function emitting(name: string, make: () => Bus, listeners: number): Contender {
  const { bus, heard } = peopled(make, listeners)
  return {
    name,
    run: (times) => {
      const before = heard()
      for (let time = 0; time < times; time += 1) bus.emit(1)
      return (heard() - before) / times
    },
  }
}

function subscribing(name: string, make: () => Bus, listeners: number): Contender {
  const { bus, heard } = peopled(make, listeners)
  return {
    name,
    run: (times) => {
      let sum = 0
      for (let time = 0; time < times; time += 1) {
        const end = bus.on((payload) => {
          sum += payload
        })
        end()
      }
      const before = heard()
      bus.emit(1)
      return [sum, heard() - before]
    },
  }
}

type Make = (name: string, make: () => Bus, listeners: number) => Contender

function contest(work: string, contender: Make, listeners: number): Contest {
  const [ours, ...peers] = Object.entries(makers).map(([name, make]) =>
    contender(name, make, listeners),
  )
  return { component: 'EventBus', work, ours: ours as Contender, peers }
}

export const emittingContests: readonly Contest[] = [
  contest('emit to one listener', emitting, 1),
  contest('emit to ten listeners', emitting, 10),
  contest('subscribe beside ten and end it', subscribing, 10),
]
