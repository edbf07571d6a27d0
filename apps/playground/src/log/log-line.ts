/** How much a line of a log matters, from least to most. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const

/** One of `logLevels`. */
export type LogLevel = (typeof logLevels)[number]

/** What a line says beside its text. */
export type Facts = Readonly<Record<string, unknown>>

const factCharactersMax = 200

/**
 * One event as one line: time, level, node, text, and facts as `key=value`. Facts may come from
 * outside: one that is no plain word is quoted, so it can neither break the line nor feign a fact.
 */
export function logLine(
  at: Date,
  level: LogLevel,
  node: string,
  text: string,
  facts: Facts,
): string {
  const said = Object.entries(facts).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${factText(value)}`],
  )
  return [at.toISOString(), level.toUpperCase().padEnd(5), node, text, ...said].join(' ')
}

function factText(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? JSON.stringify(value)
      : String(value)
  const short = text.length > factCharactersMax ? `${text.slice(0, factCharactersMax)}…` : text
  return /^[\w.,:/@+-]+$/.test(short) ? short : JSON.stringify(short)
}
