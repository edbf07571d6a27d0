import { wholeNumber } from '../arguments.ts'

/** Reads an epoch: milliseconds of Unix time, up to the year 2286. */
export const epoch: (text: string) => number = wholeNumber(0, 9_999_999_999_999)
