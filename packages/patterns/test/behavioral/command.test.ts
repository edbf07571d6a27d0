import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Apply,
  CommandHistory,
  type HistoryOptions,
  NothingLeft,
  replay,
} from '../../src/behavioral/command.ts'

type Text = string
type Edit =
  | { readonly type: 'insert'; readonly at: number; readonly text: string }
  | { readonly type: 'delete'; readonly at: number; readonly length: number }

const edit: Apply<Text, Edit> = (text, command) => {
  if (command.at > text.length) throw new RangeError('behind the end')
  const { at } = command
  if (command.type === 'insert') {
    const state = text.slice(0, at) + command.text + text.slice(at)
    return { state, inverse: { type: 'delete', at, length: command.text.length } }
  }
  const taken = text.slice(at, at + command.length)
  const state = text.slice(0, at) + text.slice(at + command.length)
  return { state, inverse: { type: 'insert', at, text: taken } }
}

const command: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    type: fc.constant('insert' as const),
    at: fc.nat(6),
    text: fc.string({ maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('delete' as const), at: fc.nat(6), length: fc.nat(3) }),
)
const action = fc.oneof(
  fc.array(command, { minLength: 1, maxLength: 3 }),
  fc.constantFrom('undo' as const, 'redo' as const),
)

type Make = (
  initial: Text,
  apply: Apply<Text, Edit>,
  options?: HistoryOptions,
) => CommandHistory<Text, Edit>

function keepsItsPast(make: Make): fc.RunDetails<[(Edit[] | 'undo' | 'redo')[]]> {
  const property = fc.property(fc.array(action, { maxLength: 20, size: 'max' }), (actions) => {
    const history = make('start', edit)
    /** All states by steps, and where we stand. */
    let states = ['start']
    let now = 0
    for (const act of actions) {
      expect([history.canUndo, history.canRedo]).toEqual([now > 0, now < states.length - 1])
      try {
        if (act === 'undo') history.undo()
        else if (act === 'redo') history.redo()
        else history.execute(...act)
        if (act === 'undo') now -= 1
        else if (act === 'redo') now += 1
        else {
          states = [...states.slice(0, now + 1), replay(states[now] ?? '', act, edit)]
          now += 1
        }
      } catch (error) {
        if (!(error instanceof RangeError || error instanceof NothingLeft)) throw error
      }
      expect(history.state).toBe(states[now])
      const log = JSON.parse(JSON.stringify(history.log)) as Edit[]
      expect(replay('start', log, edit)).toBe(history.state)
    }
  })
  return fc.check(property, { numRuns: 200 })
}

class ForwardUndo extends CommandHistory<Text, Edit> {
  override execute(...commands: readonly Edit[]): void {
    for (const each of commands) super.execute(each)
  }
}

class SilentUndo extends CommandHistory<Text, Edit> {
  #log: readonly Edit[] = []
  override get log(): readonly Edit[] {
    return this.#log
  }
  override execute(...commands: readonly Edit[]): void {
    super.execute(...commands)
    this.#log = [...this.#log, ...commands]
  }
}

class KeepsFuture extends CommandHistory<Text, Edit> {
  override get canRedo(): boolean {
    return super.canRedo || this.log.length > 4
  }
}

describe('a history of commands', () => {
  test('undoes and redoes exactly, and its log replays to its state', () => {
    const result = keepsItsPast((...args) => new CommandHistory(...args))
    expect(fc.defaultReportMessage(result)).toBeUndefined()
  })

  test.each<[string, Make]>([
    ['takes a step apart', (...args) => new ForwardUndo(...args)],
    ['does not log what is undone', (...args) => new SilentUndo(...args)],
    ['offers a future that was dropped', (...args) => new KeepsFuture(...args)],
    [
      'inverts wrongly',
      (initial, apply) =>
        new CommandHistory(initial, (state, each) => {
          const { state: after, inverse } = apply(state, each)
          return { state: after, inverse: { ...inverse, at: inverse.at === 3 ? 2 : inverse.at } }
        }),
    ],
  ])('that %s is noticed', (_, mutant) => {
    expect(keepsItsPast(mutant).failed).toBe(true)
  })

  test('forgets the oldest steps beyond its bound', () => {
    const history = new CommandHistory('', edit, { undoMax: 2 })
    for (const text of ['a', 'b', 'c']) history.execute({ type: 'insert', at: 0, text })
    history.undo()
    history.undo()
    expect([history.state, history.canUndo]).toEqual(['a', false])
  })

  test('does all commands of a step, or none', () => {
    const history = new CommandHistory('ab', edit)
    const good: Edit = { type: 'delete', at: 0, length: 2 }
    expect(() => history.execute(good, { type: 'delete', at: 1, length: 1 })).toThrow(RangeError)
    expect([history.state, history.log, history.canUndo]).toEqual(['ab', [], false])
  })
})
