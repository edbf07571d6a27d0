import { base62Notation, BlockText, decimalNotation } from './block-text.ts'
import type { SnowflakeForms } from './forms.ts'
import type { Ticks } from './ticks.ts'
import type { Words } from './words.ts'

/** For each form what makes a writer of the id that was claimed last. */
export type Writers = {
  readonly [Name in keyof SnowflakeForms]: () => () => SnowflakeForms[Name]
}

/** The writers of a generator. */
export function writersOf(ticks: Ticks, words: Words): Writers {
  return {
    bigint: () => () => words.id(),
    decimal: () => textWriter(ticks, new BlockText(decimalNotation())),
    base62: () => textWriter(ticks, new BlockText(base62Notation())),
    bytes: () => () => words.bytes(),
  }
}

function textWriter(ticks: Ticks, text: BlockText): () => string {
  let begun = 0
  return () => {
    if (begun !== ticks.begun) {
      begun = ticks.begun
      text.begin(ticks.firstId)
    }
    return text.text(ticks.sequence)
  }
}
