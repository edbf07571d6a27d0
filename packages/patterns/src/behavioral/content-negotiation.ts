/**
 * Content negotiation (RFC 9110, section 12.5.1): which of our representations a client prefers.
 *
 * A choice of strategy that the client makes: each offer is weighed by the most specific range of
 * `Accept` that fits it, and the heaviest wins.
 */

interface Range {
  readonly type: string
  readonly subtype: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/
const VALUE = /^(?:[!#$%&'*+.^_`|~\w-]+|"(?:\\.|[^"\\])*")$/
const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/** A text cut at a separator, but not within the quotes of a value. */
function partsOf(text: string, separator: ',' | ';'): readonly string[] {
  const parts = ['']
  // A quoted value as a whole, or one character.
  for (const [piece] of text.matchAll(/"(?:\\.|[^"\\])*"|[\s\S]/g)) {
    if (piece === separator) parts.push('')
    else parts[parts.length - 1] += piece
  }
  return parts
}

/** The value of a parameter, without its quotes and the backslashes in them. */
function unquoted(value: string): string {
  return value.replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1')
}

/** One media range; `undefined` if it is malformed, for it says nothing then. */
function rangeOf(text: string): Range | undefined {
  const [media = '', ...rest] = partsOf(text, ';').map((part) => part.trim())
  const [type = '', subtype = '', extra] = media.toLowerCase().split('/')
  if (!TOKEN.test(type) || !TOKEN.test(subtype) || extra !== undefined) return undefined
  if (type === '*' && subtype !== '*') return undefined
  const parameters = new Map<string, string>()
  for (const part of rest) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(part) ?? []
    if (!TOKEN.test(name) || !VALUE.test(value)) return undefined
    parameters.set(name.toLowerCase(), unquoted(value))
  }
  const quality = parameters.get('q') ?? '1'
  if (!QUALITY.test(quality)) return undefined
  parameters.delete('q')
  return { type, subtype, parameters, quality: Number(quality) }
}

/** How closely a range describes an offer; `undefined` if not at all. */
function closeness(range: Range, offer: Range): number | undefined {
  if (range.type === '*') return range.parameters.size === 0 ? 0 : undefined
  if (range.type !== offer.type) return undefined
  if (range.subtype !== '*' && range.subtype !== offer.subtype) return undefined
  for (const [name, value] of range.parameters) {
    if (offer.parameters.get(name)?.toLowerCase() !== value.toLowerCase()) return undefined
  }
  return range.subtype === '*' ? 1 : 2 + range.parameters.size
}

/**
 * The offer that `accept` prefers; among equals the first. `undefined` if it accepts none (406).
 *
 * Without `accept`, or if no part of it can be read, everything is welcome. A value in quotes is the
 * same as one without, and may have commas and semicolons in it.
 *
 * @example
 * ```ts
 * import { negotiate } from '@lockstep/patterns/behavioral/content-negotiation'
 *
 * const offers = ['application/json', 'text/html']
 * if (negotiate('text/*, application/json;q=0.5', offers) !== 'text/html') throw new Error('html')
 * if (negotiate('image/png', offers) !== undefined) throw new Error('there are no pictures')
 * ```
 */
export function negotiate(
  accept: string | undefined,
  offers: readonly string[],
): string | undefined {
  const ranges = partsOf(accept ?? '', ',').flatMap((text) => rangeOf(text) ?? [])
  if (ranges.length === 0) return offers[0]
  let best: string | undefined
  let most = 0
  for (const text of offers) {
    const quality = qualityOf(text, ranges)
    if (quality <= most) continue
    best = text
    most = quality
  }
  return best
}

function qualityOf(text: string, ranges: readonly Range[]): number {
  const offer = rangeOf(text)
  let closest = -1
  let quality = 0
  for (const range of offer === undefined ? [] : ranges) {
    const close = closeness(range, offer as Range)
    if (close === undefined || close <= closest) continue
    closest = close
    quality = range.quality
  }
  return quality
}
