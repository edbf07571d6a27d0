/** The signals that ask a command to end. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type EndingSignal = (typeof endingSignals)[number]

const numbers: Readonly<Record<EndingSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/** The exit code that shells give to a command that such a signal ended. */
export function exitCodeOfSignal(signal: EndingSignal): number {
  return 128 + numbers[signal]
}

/**
 * Resolves with the first ending signal. A second one ends the process at once, for people whose
 * patience is over.
 */
export function endingSignal(
  signals: readonly EndingSignal[] = endingSignals,
): Promise<EndingSignal> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of signals) {
      process.on(signal, () => {
        if (asked) process.exit(exitCodeOfSignal(signal))
        asked = true
        resolve(signal)
      })
    }
  })
}
