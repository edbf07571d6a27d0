import type { Reporter } from 'vitest/node'

/** Prints one plain line at the end, 'N passed, N failed, N skipped', for whoever counts tests. */
export const closingLine: Reporter = {
  onTestRunEnd(modules, unhandled, reason) {
    const tally = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) tally[test.result().state]++
      if (module.errors().length > 0) tally.failed++
    }
    tally.failed += unhandled.length
    // A hook that throws fails the run without failing a test.
    if (reason === 'failed' && tally.failed === 0) tally.failed = 1
    console.log(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`)
  },
}
