import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, type Entry } from '../src/command.ts'
import { noConfiguration } from '../src/configuration.ts'
import { Log } from '../src/log.ts'
import { LogBytes } from '../src/log-bytes.ts'
import { entryOf } from '../src/testing/index.ts'
import { asIndex, asTerm } from '../src/term.ts'
import { mutant } from './mutant.ts'

type Action =
  | { readonly do: 'append'; readonly size: number }
  | { readonly do: 'cut' | 'compact' | 'reset'; readonly percent: number }
  | { readonly do: 'ask' }

const share = fc.nat({ max: 100 })
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), size: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cut' as const), percent: share }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('compact' as const), percent: share }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reset' as const), percent: share }) },
  { weight: 2, arbitrary: fc.constant({ do: 'ask' as const }) },
)

/** What stands in a log by adding up all of it. */
function naive(log: Log): number {
  let bytes = 0
  for (let index = log.base + 1; index <= log.last; index++) {
    bytes += bytesOf(log.at(asIndex(index)) as Entry)
  }
  return bytes
}

/** Whether the count is right whenever it is asked for. */
function counts(
  make: (log: Log) => Pick<LogBytes, 'bytes'>,
  settings: fc.Parameters<unknown> = {},
): boolean {
  const property = fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
    const log = new Log()
    const counted = make(log)
    let term = 1
    let position = 0
    for (const one of actions) {
      const at = (percent: number): number =>
        log.base + Math.round(((log.last - log.base) * percent) / 100)
      if (one.do === 'append') {
        const op = { type: 'put', key: 'k', value: 'x'.repeat(one.size) } as const
        const session = { client: asIndex(1), seq: 1, received: 0 }
        const plain = entryOf(log.last + 1, term)
        log.append({ ...plain, command: { type: 'operate', session, op } }, position++)
      } else if (one.do === 'cut') {
        log.cutAfter(asIndex(at(one.percent)))
        term++
      } else if (one.do === 'compact') log.compact(asIndex(at(one.percent)))
      else if (one.do === 'reset') {
        const base = asIndex(at(one.percent) + 1)
        log.reset(base, asTerm(term), { index: asIndex(0), configuration: noConfiguration })
        term++
      } else if (counted.bytes !== naive(log)) return false
    }
    return true
  })
  return !fc.check(property, settings as fc.Parameters<[Action[]]>).failed
}

describe('the bytes of a log', () => {
  it('are those of its entries, whatever was cut, let go or replaced since they were asked for', () => {
    expect(counts((log) => new LogBytes(log))).toBe(true)
  })

  it('counted on from the last index alone are wrong where the log was cut and grew again', () => {
    class Trusting {
      readonly #log: Log
      readonly #ends = [0]

      constructor(log: Log) {
        this.#log = log
      }

      get bytes(): number {
        const { base, last } = this.#log
        this.#ends.length = Math.min(this.#ends.length, last + 1)
        for (let index = this.#ends.length; index <= last; index++) {
          const entry = this.#log.at(asIndex(index))
          this.#ends.push((this.#ends.at(-1) ?? 0) + (entry === undefined ? 0 : bytesOf(entry)))
        }
        return (this.#ends[last] ?? 0) - (this.#ends[base] ?? 0)
      }
    }
    expect(counts((log) => new Trusting(log), mutant)).toBe(false)
  })
})
