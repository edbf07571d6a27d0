import { CommandHistory } from '@lockstep/patterns/behavioral/command'
import UndoManager from 'undo-manager'
import type { Contest } from './contest.ts'

const changes = 100

/** A hundred changes, all of them undone, and half of them done again. */
function ours(times: number): unknown {
  let state = 0
  for (let time = 0; time < times; time += 1) {
    const add = (sum: number, by: number) => ({ state: sum + by, inverse: -by })
    const history = new CommandHistory(0, add)
    for (let by = 1; by <= changes; by += 1) history.execute(by)
    for (let count = 0; count < changes; count += 1) history.undo()
    for (let count = 0; count < changes / 2; count += 1) history.redo()
    state = history.state
  }
  return state
}

function theirs(times: number): unknown {
  let state = 0
  for (let time = 0; time < times; time += 1) {
    state = 0
    const manager = new UndoManager()
    const add = (by: number): void => {
      state += by
    }
    for (let by = 1; by <= changes; by += 1) {
      add(by)
      manager.add({ undo: () => add(-by), redo: () => add(by) })
    }
    for (let count = 0; count < changes; count += 1) manager.undo()
    for (let count = 0; count < changes / 2; count += 1) manager.redo()
  }
  return state
}

export const undoingContests: readonly Contest[] = [
  {
    component: 'CommandHistory',
    work: 'do 100 changes, undo them, redo 50',
    ours: { name: 'CommandHistory', run: ours },
    peers: [{ name: 'undo-manager', run: theirs }],
  },
]
