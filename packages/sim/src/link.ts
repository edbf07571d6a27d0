import { base64urlnopad } from '@scure/base'
import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate'
import type { Scenario } from './scenario.ts'
import { ScenarioError } from './scenario-error.ts'

/** The most that a link may unpack to, in bytes. */
const LINK_BYTES_MAX = 4 * 1024 * 1024

/** A scenario as the fragment of a link: deflated JSON in base64url. */
export function encodeLink(scenario: Scenario): string {
  return base64urlnopad.encode(deflateSync(strToU8(JSON.stringify(scenario)), { level: 9 }))
}

/** The data in a link's fragment, to be read by `parseScenario`. Throws a `ScenarioError`. */
export function decodeLink(fragment: string): unknown {
  const text = fragment.startsWith('#') ? fragment.slice(1) : fragment
  try {
    const packed = base64urlnopad.decode(text)
    const out = new Uint8Array(Math.min(LINK_BYTES_MAX, packed.length * 1100 + 64))
    const json: unknown = JSON.parse(strFromU8(inflateSync(packed, { out })))
    return json
  } catch {
    throw new ScenarioError('link', 'a whole link, as it was shared', text.slice(0, 40))
  }
}
