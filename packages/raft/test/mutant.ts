/** How a property is held against a planted mistake: long enough, the same every time, and not shrunk. */
export const mutant = { seed: 1, numRuns: 2000, endOnFailure: true } as const
