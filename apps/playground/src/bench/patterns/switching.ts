import { Machine } from '@lockstep/patterns/behavioral/state'
import {
  action as robotAction,
  createMachine as createRobot,
  guard as robotGuard,
  interpret,
  state,
  transition,
} from 'robot3'
import { createActor, createMachine } from 'xstate'
import type { Contest } from './contest.ts'
import type { Contender } from '../rounds.ts'

/** A lamp that is turned on and off: a guard and an action each time, and the turns are counted. */
interface Lamp {
  turns: number
  readonly broken: boolean
}

const newLamp = (): Lamp => ({ turns: 0, broken: false })
const whole = (lamp: Lamp): boolean => !lamp.broken
const count = (lamp: Lamp): void => {
  lamp.turns += 1
}

/** Turns twice each time, so that it comes back to where it was. */
function turning(name: string, lamp: Lamp, turn: () => void, at: () => unknown): Contender {
  return {
    name,
    run: (times) => {
      const before = lamp.turns
      for (let time = 0; time < times; time += 1) {
        turn()
        turn()
      }
      turn()
      const middle = at()
      turn()
      return [middle, at(), lamp.turns - before - 2 * times]
    },
  }
}

function ours(): Contender {
  const lamp = newLamp()
  const machine = new Machine('dark', { dark: { turn: 'lit' }, lit: { turn: 'dark' } })
  const perTurn = <F>(each: F) => ({ dark: { turn: each }, lit: { turn: each } })
  const life = machine.start(lamp, { guard: perTurn(whole), action: perTurn(count) })
  return turning(
    'Machine',
    lamp,
    () => void life.send('turn'),
    () => life.state,
  )
}

function xstate(): Contender {
  const lamp = newLamp()
  const to = (target: string) => ({
    target,
    guard: ({ context }: { readonly context: Lamp }) => whole(context),
    actions: ({ context }: { readonly context: Lamp }) => count(context),
  })
  const machine = createMachine({
    types: {} as { context: Lamp; events: { type: 'turn' } },
    context: lamp,
    initial: 'dark',
    states: { dark: { on: { turn: to('lit') } }, lit: { on: { turn: to('dark') } } },
  })
  const actor = createActor(machine).start()
  return turning(
    'xstate',
    lamp,
    () => actor.send({ type: 'turn' }),
    () => actor.getSnapshot().value,
  )
}

function robot(): Contender {
  const lamp = newLamp()
  const turn = (target: string) =>
    transition('turn', target, robotGuard<Lamp, object>(whole), robotAction<Lamp, object>(count))
  const machine = createRobot(
    'dark',
    { dark: state(turn('lit')), lit: state(turn('dark')) },
    () => lamp,
  )
  const service = interpret(machine, () => {})
  return turning(
    'robot3',
    lamp,
    () => service.send('turn'),
    () => service.machine.current,
  )
}

export const switchingContests: readonly Contest[] = [
  {
    component: 'Machine',
    work: 'take two guarded transitions with actions',
    ours: ours(),
    peers: [xstate(), robot()],
  },
]
