import { type Apply, CommandHistory, replay } from '../../behavioral/command.ts'
import { Originator } from '../../behavioral/memento.ts'
import { orderLifecycle } from '../../behavioral/order.ts'
import type { TracedExperiment } from '../experiment.ts'
import { refused } from './refused.ts'

const command: TracedExperiment = {
  id: 'pattern-command',
  title: 'Command: undo is a command as well',
  group: 'behavioral',
  story:
    'An editor changes a number by commands that are plain data. One pure function applies a command and gives its inverse, which is a command again; so undo and redo are nothing but more of the same. The log of all that was applied, undone steps included, leads from the beginning to the same state.',
  watch: [
    'Two commands are executed as one step, and undone as one, the last first.',
    'Redo applies them again.',
    'Replaying the log ends where the editor is.',
  ],
  participants: { editor: 'Editor', history: 'CommandHistory', apply: 'apply' },
  types: { CommandHistory: { kind: 'class', has: ['apply'] }, apply: { kind: 'function' } },
  run(trace) {
    const add: Apply<number, number> = (n, by) => ({ state: n + by, inverse: -by })
    const commands = new CommandHistory(10, trace.calling('history', 'apply', add))
    const history = trace.between('editor', 'history', commands)
    history.execute(5, 7)
    history.undo()
    history.redo()
    const read = (log: readonly number[]): number => replay(10, log, add)
    trace.calling('editor', 'history', read, 'replay')(commands.log)
    refused(() => history.redo())
  },
  calls: `
    editor -> history.execute(5, 7)
      history -> apply(10, 5): { state: 15, inverse: -5 }
      history -> apply(15, 7): { state: 22, inverse: -7 }
    editor <- history
    editor -> history.undo()
      history -> apply(22, -7): { state: 15, inverse: 7 }
      history -> apply(15, -5): { state: 10, inverse: 5 }
    editor <- history
    editor -> history.redo()
      history -> apply(10, 5): { state: 15, inverse: -5 }
      history -> apply(15, 7): { state: 22, inverse: -7 }
    editor <- history
    editor -> history.replay([5, 7, -7, -5, 5, 7]): 22
    editor -> history.redo() ! NothingLeft: there is nothing to redo; ask canR…
  `,
}

const state: TracedExperiment = {
  id: 'pattern-state',
  title: 'State: the life of an order',
  group: 'behavioral',
  story:
    'An order is created, paid, shipped. The table says which events lead where; guards and hooks are given when the order begins its life. A transition takes its parts in one order: guard, exit, action, entry. What the table does not have is refused, and what the guard does not allow as well.',
  watch: [
    'Paying too early: the guard says no, and nothing else happens.',
    'Then guard, exit, action and entry, and the order is paid.',
    'It cannot be delivered before it is shipped: the table has no such way.',
  ],
  participants: { shop: 'Shop', order: 'Life', hooks: 'Behaviour' },
  types: {
    Machine: { kind: 'class' },
    Life: { kind: 'class', has: ['Machine', 'Behaviour'] },
    Behaviour: { kind: 'object' },
  },
  run(trace) {
    interface Bill {
      paidCents: number
    }
    const bill: Bill = trace.called('bill', { paidCents: 0 })
    const hook = <R>(name: string, inner: (bill: Bill) => R) =>
      trace.calling('order', 'hooks', inner, name)
    const nothing = (): void => undefined
    const life = orderLifecycle.start(bill, {
      guard: { created: { pay: hook('guard pay', ({ paidCents }) => paidCents >= 500) } },
      exit: { created: hook('exit created', nothing) },
      action: { created: { pay: hook('action pay', nothing) } },
      entry: { paid: hook('entry paid', nothing), shipped: hook('entry shipped', nothing) },
    })
    const order = trace.between('shop', 'order', life)
    refused(() => order.send('pay'))
    bill.paidCents = 500
    order.send('pay')
    refused(() => order.send('deliver'))
    order.send('ship')
  },
  calls: `
    shop -> order.send('pay')
      order -> hooks.guard pay(bill): false
    shop <- order ! TransitionRefused: in state created: pay may no…
    shop -> order.send('pay')
      order -> hooks.guard pay(bill): true
      order -> hooks.exit created(bill)
      order -> hooks.action pay(bill)
      order -> hooks.entry paid(bill)
    shop <- order: 'paid'
    shop -> order.send('deliver') ! TransitionRefused: in state paid: deliver is no…
    shop -> order.send('ship')
      order -> hooks.entry shipped(bill)
    shop <- order: 'shipped'
  `,
}

const memento: TracedExperiment = {
  id: 'pattern-memento',
  title: 'Memento: a snapshot that nobody can look into',
  group: 'behavioral',
  story:
    'A caretaker keeps snapshots of an account without seeing what is in them: only the account that made one can read it. Within a piece of work there are savepoints, as SQL has them. A snapshot of another account is refused.',
  watch: [
    'The snapshot is an empty object for the caretaker.',
    'Rolling back to the savepoint undoes the fee and keeps the rest.',
    'A stranger cannot restore what it did not make.',
  ],
  participants: { caretaker: 'Caretaker', account: 'Originator', stranger: 'Originator' },
  types: {
    Caretaker: { kind: 'class', has: ['Memento'] },
    Originator: { kind: 'class' },
    Memento: { kind: 'object' },
  },
  run(trace) {
    const owner = new Originator(10)
    const account = trace.between('caretaker', 'account', owner)
    const stranger = trace.between('caretaker', 'stranger', new Originator(0))
    const change = (name: string, by: (cents: number) => number) => trace.called(name, by)
    const before = trace.called('memento', account.snapshot())
    account.update(change('double', (cents) => cents * 2))
    account.savepoint('fee')
    account.update(change('fee', (cents) => cents - 1))
    account.rollbackTo('fee')
    trace.calling('caretaker', 'account', () => owner.state, 'state')()
    account.restore(before)
    trace.calling('caretaker', 'account', () => owner.state, 'state')()
    refused(() => stranger.restore(before))
  },
  calls: `
    caretaker -> account.snapshot(): {}
    caretaker -> account.update(double)
    caretaker -> account.savepoint('fee')
    caretaker -> account.update(fee)
    caretaker -> account.rollbackTo('fee')
    caretaker -> account.state(): 20
    caretaker -> account.restore(memento)
    caretaker -> account.state(): 10
    caretaker -> stranger.restore(memento) ! MementoError: this originator did not make this…
  `,
}

/**
 * Behavioral patterns of what was, is and may be.
 *
 * @example
 * ```ts
 * import { experiments } from '@lockstep/patterns/lab'
 *
 * if (!experiments.some(({ id }) => id === 'pattern-command')) throw new Error('not there')
 * ```
 */
export const states: readonly TracedExperiment[] = [command, state, memento]
