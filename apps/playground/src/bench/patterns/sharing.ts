import { InternPool } from '@lockstep/patterns/structural/flyweight'
import { Trie } from '@wry/trie'
import type { Contest } from './contest.ts'
import type { Contender } from '../rounds.ts'

interface Glyph {
  readonly font: string
  readonly letter: string
}

/** A text of a thousand letters in ten fonts: 260 glyphs that differ. */
const text: readonly Glyph[] = Array.from({ length: 1000 }, (_, at) => ({
  font: `font ${(at * 7) % 10}`,
  letter: String.fromCodePoint(97 + ((at * 11) % 26)),
}))

/** Sets the whole text, and gives for each letter which of the shared objects it got. */
function setting(name: string, share: (glyph: Glyph) => object): Contender {
  return {
    name,
    run: (times) => {
      let glyphs: object[] = []
      for (let time = 0; time < times; time += 1) glyphs = text.map((glyph) => share(glyph))
      const numbers = new Map<object, number>()
      for (const glyph of glyphs) if (!numbers.has(glyph)) numbers.set(glyph, numbers.size)
      return glyphs.map((glyph) => numbers.get(glyph))
    },
  }
}

const pool = new InternPool(({ font, letter }: Glyph) => `${font}/${letter}`)
const trie = new Trie<object>(true)

export const sharingContests: readonly Contest[] = [
  {
    component: 'InternPool',
    work: 'find the shared object of 1000 letters',
    ours: setting('InternPool', ({ font, letter }) => pool.intern({ font, letter })),
    peers: [setting('@wry/trie', ({ font, letter }) => trie.lookup(font, letter))],
  },
]
