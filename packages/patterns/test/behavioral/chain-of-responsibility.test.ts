import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chain,
  type Handler,
  handler,
  type Link,
} from '../../src/behavioral/chain-of-responsibility.ts'

type Kind = 'pass' | 'answer' | 'throw' | 'mend'
type Compose = typeof chain<string, string>

function link(kind: Kind, who: number, trace: string[]): Link<string, string> {
  return async (request, next) => {
    trace.push(`in ${who}`)
    if (kind === 'answer') return `${request} by ${who}`
    if (kind === 'throw') throw new Error(`${request} at ${who}`)
    try {
      return await next(`${request}${who}`)
    } catch (error) {
      if (kind === 'mend') return `mended ${String(error)}`
      throw error
    } finally {
      trace.push(`out ${who}`)
    }
  }
}

/** Everything that can be seen of one request. */
async function observe(handle: Handler<string, string>, trace: string[]): Promise<string> {
  const answer = await handle('r').catch((error: unknown) => `failed ${String(error)}`)
  return [...trace, answer].join(', ')
}

/** The links nested by hand, from the innermost. */
function nested(links: readonly Link<string, string>[]): Handler<string, string> {
  const end: Handler<string, string> = async () => 'the end'
  return links.reduceRight<Handler<string, string>>(
    (inner, outer) => async (request) => outer(request, inner),
    end,
  )
}

const kinds = fc.array(fc.constantFrom<Kind>('pass', 'pass', 'answer', 'throw', 'mend'), {
  maxLength: 6,
})

/** A chain, cut in three in any way, does what the links do when nested by hand. */
async function behavesAsNested(compose: Compose): Promise<boolean> {
  const property = fc.asyncProperty(kinds, fc.nat(6), fc.nat(6), async (all, x, y) => {
    const seen = (make: (links: Link<string, string>[]) => Handler<string, string>) => {
      const trace: string[] = []
      return observe(make(all.map((kind, who) => link(kind, who, trace))), trace)
    }
    const expected = await seen(nested)
    const [low, high] = [Math.min(x, y), Math.max(x, y)]
    const actual = await seen((links) => {
      const parts = [links.slice(0, low), links.slice(low, high), links.slice(high)]
      const whole = compose(...parts.map((part) => compose(...part)))
      return async (request) => whole(request, async () => 'the end')
    })
    expect(actual).toBe(expected)
  })
  return !(await fc.check(property)).failed
}

describe('a chain', () => {
  test('runs inwards in order and outwards in reverse, however it is grouped', async () => {
    expect(await behavesAsNested(chain)).toBe(true)
  })

  test.each<[string, Compose]>([
    ['backwards', (...links) => chain(...links.toReversed())],
    [
      'without its last link',
      (...links) => chain(...links.slice(0, Math.max(1, links.length - 1))),
    ],
    [
      'with the first request for all',
      (...links) =>
        (request, end) =>
          chain(
            ...links.map(
              (each): typeof each =>
                (_, next) =>
                  each(request, next),
            ),
          )(request, end),
    ],
  ])('that runs %s is noticed', async (_, mutant) => {
    expect(await behavesAsNested(mutant)).toBe(false)
  })

  test('refuses a second call of next, before anything runs twice', async () => {
    let runs = 0
    const twice = handler(
      chain<number, number>(
        async (request, next) => (await next(request)) + (await next(request)),
        () => (runs += 1),
      ),
    )
    await expect(twice(1)).rejects.toMatchObject({ code: 'next-twice' })
    expect(runs).toBe(1)
  })

  test('whose links all hand on is unhandled', async () => {
    const handle = handler(chain<number, number>((request, next) => next(request)))
    await expect(handle(1)).rejects.toMatchObject({ code: 'unhandled' })
  })

  test('gives what a synchronous link throws as a rejection', async () => {
    const handle = handler<number, number>(() => {
      throw new RangeError('no')
    })
    await expect(handle(1)).rejects.toThrow(RangeError)
  })
})
