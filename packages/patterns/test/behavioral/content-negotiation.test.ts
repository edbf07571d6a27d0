import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { negotiate } from '../../src/behavioral/content-negotiation.ts'

interface Media {
  readonly type: string
  readonly subtype: string
  readonly level: string
}

const media: fc.Arbitrary<Media> = fc.record({
  type: fc.constantFrom('text', 'image'),
  subtype: fc.constantFrom('html', 'plain'),
  level: fc.constantFrom('', '1', '2'),
})
const range = fc.record({
  media: fc.oneof(
    media,
    media.map((each) => ({ ...each, subtype: '*', level: '' })),
    fc.constant({ type: '*', subtype: '*', level: '' }),
  ),
  thousandths: fc.integer({ min: 0, max: 1_000 }),
})

const textOf = ({ type, subtype, level }: Media): string =>
  `${type}/${subtype}${level === '' ? '' : `;level=${level}`}`

/** Every range that could speak for an offer, the most specific first, as the RFC lists them. */
function forms({ type, subtype, level }: Media): string[] {
  const plain = [`${type}/${subtype}`, `${type}/*`, '*/*']
  return level === '' ? plain : [`${type}/${subtype};level=${level}`, ...plain]
}

function agrees(choose: typeof negotiate): boolean {
  const property = fc.property(
    fc.uniqueArray(range, { minLength: 1, maxLength: 5, selector: (each) => textOf(each.media) }),
    fc.array(media, { maxLength: 4 }),
    (ranges, offers) => {
      const accept = ranges
        .map((each) => `${textOf(each.media)}; q=${(each.thousandths / 1_000).toFixed(3)}`)
        .join(' , ')
      const weights = new Map(ranges.map((each) => [textOf(each.media), each.thousandths]))
      const weigh = (offer: Media): number => {
        const form = forms(offer).find((each) => weights.has(each))
        return weights.get(form ?? '') ?? 0
      }
      const most = Math.max(0, ...offers.map(weigh))
      const best = offers.find((offer) => most > 0 && weigh(offer) === most)
      expect(choose(accept, offers.map(textOf))).toBe(best === undefined ? undefined : textOf(best))
    },
  )
  return !fc.check(property, { numRuns: 500 }).failed
}

describe('negotiation', () => {
  test('chooses what trying all ranges by hand would choose', () => {
    expect(agrees(negotiate)).toBe(true)
  })

  test.each<[string, typeof negotiate]>([
    [
      'reads no weights',
      (accept, offers) => negotiate(accept?.replaceAll(/; q=[\d.]+/g, ''), offers),
    ],
    [
      'reads no parameters',
      (accept, offers) => negotiate(accept?.replaceAll(/;level=\d/g, ''), offers),
    ],
    ['takes the last of equals', (accept, offers) => negotiate(accept, offers.toReversed())],
    ['always has an answer', (accept, offers) => negotiate(accept, offers) ?? offers[0]],
  ])('that %s is noticed', (_, mutant) => {
    expect(agrees(mutant)).toBe(false)
  })

  test.each([
    [undefined, 'text/html'],
    ['', 'text/html'],
    ['IMAGE/*', 'image/png'],
    ['image/png;q=2, */*;q=0.1', 'text/html'],
    ['*/html', 'text/html'],
    ['text/html;q=0', undefined],
    ['text/html;a="x;q=1,image/png", image/*;q=0.1', 'image/png'],
    ['text/html;a="open, image/png;q=0.5', 'image/png'],
    ['text/html;a=b=c, image/png;q=0.1', 'image/png'],
  ])('%s gives %s', (accept, expected) => {
    expect(negotiate(accept, ['text/html', 'image/png'])).toBe(expected)
  })

  const values = fc.string({ unit: fc.constantFrom('a', ',', ';', '=', '"', '\\', ' ') })
  const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`

  const readsQuoted = (quote: (value: string) => string): fc.IProperty<[string, string]> =>
    fc.property(values, values, (mine, other) => {
      const offers = [`text/html;a=${quoted(other)}`, `text/html;a=${quoted(mine)}`]
      const accept = `image/png;q=0.1, text/html;a=${quote(mine)};q=0.5`
      expect(negotiate(accept, offers)).toBe(offers[mine === other ? 0 : 1])
    })

  test('reads values in quotes, whatever is in them', () => {
    fc.assert(readsQuoted(quoted))
  })

  test('a value whose quotes are not escaped is noticed', () => {
    expect(
      fc.check(
        readsQuoted((value) => `"${value}"`),
        { seed: 3 },
      ).failed,
    ).toBe(true)
  })
})
