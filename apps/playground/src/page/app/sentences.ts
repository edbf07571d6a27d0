import type { Run } from '../run/run.ts'
import type { Sentence } from '../run/trace.ts'

/** The sentences that mention a text, upper and lower case alike; all of them for no text. */
export function sentencesMatching(run: Run, query: string): readonly Sentence[] {
  const wanted = query.trim().toLowerCase()
  const { sentences } = run.trace
  if (wanted === '') return sentences
  return sentences.filter(({ text }) => text.toLowerCase().includes(wanted))
}
