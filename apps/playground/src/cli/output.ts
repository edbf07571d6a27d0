/** Writes a line for people to stdout. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** Writes a line about the work itself to stderr, where it does not mix with results. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Writes the one JSON document of a command that was called with `--json`. */
export function document(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Ends quietly when whoever reads our output went away, as in `lockstep list | head -1`. */
export function endOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit()
      throw error
    })
  }
}

/** Rows as aligned columns, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** A number with its noun: '1 fault', '2 faults'. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
