import { en, type Words } from '../words/en.ts'

/** The words of the page, in the language that it speaks. */
export const words: Words = en
