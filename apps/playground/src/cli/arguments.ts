import { Expression } from '@lockstep/patterns/behavioral/interpreter/expression'
import { InvalidArgumentError, Option } from 'commander'
import { logLevels } from '../log/log-line.ts'

/** Reads a whole number within bounds, for an option or an argument. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
    }
    return value
  }
}

/** Seeds are whole numbers of 32 bits. */
export const seed: (text: string) => number = wholeNumber(0, 2 ** 32 - 1)

export const port: (text: string) => number = wholeNumber(0, 65_535)

/** Reads a condition over a run. */
export function condition(text: string): Expression {
  try {
    return new Expression(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

/** How much the logs of nodes say. */
export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'the least level of a line in the log of a node')
    .choices(logLevels)
    .default('info')
}

/** Collects an option that may be given more than once. */
export function repeated(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text]
}
