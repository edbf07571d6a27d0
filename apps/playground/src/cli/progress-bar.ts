import { SingleBar } from 'cli-progress'

/** A bar on stderr. It stays silent where there is no terminal to draw it on. */
export interface ProgressBar {
  update(done: number): void
  stop(): void
}

/** Shows `done` of `total`; without a total it shows a mere count. */
export function progressBar(what: string, total: number | undefined): ProgressBar {
  if (!process.stderr.isTTY || !process.stdout.isTTY) return { update: () => {}, stop: () => {} }
  const format = total === undefined ? `${what} {value}` : `${what} {bar} {value}/{total}`
  const bar = new SingleBar({
    format,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: null,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  })
  bar.start(total ?? Number.MAX_SAFE_INTEGER, 0)
  return { update: (done) => bar.update(done), stop: () => bar.stop() }
}
