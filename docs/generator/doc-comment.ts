/** What a doc comment says. */
export interface DocComment {
  /** Markdown, without the tags. */
  readonly text: string
  /** Code that runs. */
  readonly examples: readonly string[]
  readonly tags: readonly Tag[]
}

/** A `@throws`, `@param` or `@returns`. */
interface Tag {
  readonly name: 'throws' | 'param' | 'returns'
  readonly text: string
}

/** Reads the inside of a comment, from behind its first star. */
export function docCommentOf(inside: string): DocComment {
  const lines = inside.split('\n').map((line) => line.replace(/^\s*\* ?/, ''))
  const [prose = '', ...examples] = lines
    .join('\n')
    .trim()
    .split(/^@example\s*/m)
  const [text = '', ...rest] = prose.split(/@(throws|param|returns)\s+/)
  const tags = rest.flatMap((part, at): Tag[] =>
    at % 2 === 0 ? [{ name: part as Tag['name'], text: (rest[at + 1] ?? '').trim() }] : [],
  )
  return { text: text.trim(), tags, examples: examples.map(codeOf) }
}

/** The code of an example: what stands in its fence, or all of it. */
function codeOf(example: string): string {
  return (/```ts\n([\s\S]*?)\n```/.exec(example)?.[1] ?? example).trim()
}

/** The first sentence, or undefined if the text does not begin with one. */
export function firstSentence(text: string): string | undefined {
  const [paragraph = ''] = text.split(/\n\s*\n/)
  const [sentence] = /^[A-Z0-9`'"(–][\s\S]*?(?:[.?!](?=\s|$)|:$)/.exec(paragraph) ?? []
  return sentence?.replaceAll(/\s+/g, ' ')
}
