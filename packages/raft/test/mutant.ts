/** How a property is held against a planted mistake: long enough, and the same every time. */
export const mutant = { seed: 1, numRuns: 2000 } as const
