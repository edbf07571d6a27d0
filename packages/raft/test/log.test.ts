import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, type Entry } from '../src/command.ts'
import { noConfiguration } from '../src/configuration.ts'
import { Log } from '../src/log.ts'
import { asIndex, asTerm, type LogIndex, type Term } from '../src/term.ts'
import { entryOf } from '../src/testing/index.ts'
import { mutant } from './mutant.ts'

type Action =
  | { readonly do: 'append'; readonly termStep: number }
  | { readonly do: 'cut'; readonly percent: number }
  | { readonly do: 'sync'; readonly percent: number }
  | { readonly do: 'compact'; readonly percent: number }
  /** A snapshot that reaches so far takes the place of the log. */
  | { readonly do: 'reset'; readonly ahead: number; readonly termStep: number }

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant('append' as const), termStep: fc.nat(2) }),
  fc.record({ do: fc.constant('append' as const), termStep: fc.constant(0) }),
  fc.record({ do: fc.constant('cut' as const), percent: fc.nat(100) }),
  fc.record({ do: fc.constant('sync' as const), percent: fc.nat(100) }),
  fc.record({ do: fc.constant('compact' as const), percent: fc.nat(100) }),
  fc.record({ do: fc.constant('reset' as const), ahead: fc.nat(2), termStep: fc.nat(1) }),
)

/** The log as a plain list of entries, each of which knows whether its position is on disk. */
class NaiveLog {
  entries: { readonly entry: Entry; readonly position: number }[] = []
  positions = 0
  base = 0
  synced = -1

  get durable(): number {
    const first = this.entries.findIndex(({ position }) => position > this.synced)
    return Math.max(this.base, first < 0 ? this.entries.length : first)
  }

  lastAtMost(term: number, upTo: number): number {
    if (upTo < this.base) return upTo
    const last = this.entries.slice(0, upTo).findLastIndex(({ entry }) => entry.term <= term) + 1
    return Math.max(last, this.base - 1)
  }

  slice(from: number, entriesMax: number, bytesMax: number): Entry[] {
    const taken: Entry[] = []
    let bytes = 0
    for (const { entry } of this.entries.slice(from - 1)) {
      bytes += bytesOf(entry)
      if (taken.length === entriesMax || (taken.length > 0 && bytes > bytesMax)) break
      taken.push(entry)
    }
    return taken
  }
}

/** Both logs say the same, whatever is done to them. */
function agrees(build: () => Log): fc.IProperty<[Action[], number, number]> {
  return fc.property(
    fc.array(action, { maxLength: 30 }),
    fc.nat(5),
    fc.nat(200),
    (actions, many, bytes) => {
      const log = build()
      const naive = new NaiveLog()
      for (const one of actions) {
        apply(one, log, naive)
        const { length } = naive.entries
        expect(log.last).toBe(length)
        expect(log.durable).toBe(naive.durable)
        expect(log.lastTerm).toBe(naive.entries.at(-1)?.entry.term ?? 0)
        for (let index = 0; index <= length + 1; index++) {
          const entry = naive.entries[index - 1]?.entry
          expect(log.at(asIndex(index))).toBe(index > naive.base ? entry : undefined)
          const known = index === 0 ? 0 : entry?.term
          expect(log.termAt(asIndex(index))).toBe(index >= naive.base ? known : undefined)
          for (const term of [0, 1, 2, 3]) {
            expect(log.lastAtMost(asTerm(term), asIndex(index))).toBe(naive.lastAtMost(term, index))
          }
        }
        for (let index = naive.base + 1; index <= length + 1; index++) {
          const slice = log.slice(asIndex(index), many + 1, bytes)
          expect(slice).toEqual(naive.slice(index, many + 1, bytes))
        }
      }
    },
  )
}

function apply(one: Action, log: Log, naive: NaiveLog): void {
  const { length } = naive.entries
  if (one.do === 'append') {
    const entry = entryOf(length + 1, log.lastTerm + one.termStep)
    const position = naive.positions++
    log.append(entry, position)
    naive.entries.push({ entry, position })
  } else if (one.do === 'cut') {
    const last = Math.max(naive.base, Math.floor((one.percent / 100) * length))
    log.cutAfter(asIndex(last))
    naive.entries.length = last
  } else if (one.do === 'reset') {
    const term = log.lastTerm + one.termStep
    naive.base = length + 1 + one.ahead
    // Of what the snapshot covers only the last entry's term is known.
    for (let index = length + 1; index <= naive.base; index++) {
      naive.entries.push({ entry: entryOf(index, term), position: -1 })
    }
    const index = asIndex(naive.base)
    log.reset(index, asTerm(term), { index, configuration: noConfiguration })
  } else if (one.do === 'compact') {
    naive.base = Math.max(naive.base, Math.floor((one.percent / 100) * length))
    log.compact(asIndex(naive.base))
  } else {
    naive.synced = Math.max(naive.synced, Math.floor((one.percent / 100) * naive.positions) - 1)
    log.synced(naive.synced)
  }
}

/** Forgets that entries may be durable no more: it keeps the mark when they are cut. */
class KeepsDurable extends Log {
  #kept = 0
  override get durable(): LogIndex {
    this.#kept = Math.max(this.#kept, super.durable)
    return asIndex(Math.min(this.#kept, this.last))
  }
}

/** Forgets the term of the last entry that it let go. */
class ForgetsBase extends Log {
  override termAt(index: LogIndex): Term | undefined {
    return index > 0 && index === this.base ? undefined : super.termAt(index)
  }
}

/** Sends one entry more than its limit. */
class Generous extends Log {
  override slice(from: LogIndex, entriesMax: number, bytesMax: number): readonly Entry[] {
    return super.slice(from, entriesMax + 1, bytesMax)
  }
}

describe('the log', () => {
  it('agrees with a naive one on entries, durability, slices and hints', () => {
    fc.assert(agrees(() => new Log()))
  })

  it.each([KeepsDurable, Generous, ForgetsBase])('does not when it is wrong: %o', (Wrong) => {
    expect(
      fc.check(
        agrees(() => new Wrong()),
        mutant,
      ).failed,
    ).toBe(true)
  })

  it('(49) does not count a late sync of a cut entry for the entry in its place', () => {
    const log = new Log()
    log.append(entryOf(1, 1), 0)
    log.cutAfter(asIndex(0))
    log.append(entryOf(1, 2), 1)
    log.synced(0)
    expect(log.durable).toBe(0)
    log.synced(1)
    expect(log.durable).toBe(1)
  })
})
