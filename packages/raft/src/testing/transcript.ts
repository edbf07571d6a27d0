/**
 * What happened in a run, a line each, for people to read and for tests to compare.
 *
 * What a test does to the cluster and what arrives stands at the left; indented below it stands
 * what that made of the nodes: the marks of a node, and its state where it changed.
 */
export class Transcript {
  #lines: (string | (() => string))[] = []

  /** Writes a line down; one that is costly is made when somebody reads. */
  note(line: string | (() => string)): void {
    this.#lines.push(line)
  }

  /** All that was written since the last `take`. */
  get text(): string {
    return this.#lines.map((line) => (typeof line === 'string' ? line : line())).join('\n')
  }

  /** Returns the text, and begins anew. */
  take(): string {
    const { text } = this
    this.#lines = []
    return text
  }
}

/** Plain data on one line; the entry of a log is `index/term command`. */
export function lineOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(lineOf).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const { type, ...fields } = value as Readonly<Record<string, unknown>>
  if (type === 'entry') {
    return `${String(fields['index'])}/${String(fields['term'])} ${lineOf(fields['command'])}`
  }
  const parts = Object.entries(fields).map(([name, field]) => `${name}=${lineOf(field)}`)
  return typeof type === 'string' ? [type, ...parts].join(' ') : `{${parts.join(' ')}}`
}
