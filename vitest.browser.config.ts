import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { closingLine } from './closing-line.ts'

const conditions = ['@lockstep/source', ...defaultServerConditions]

/** The tests that need Chromium: `npm run test:browser`. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'browser',
    root: 'apps/playground',
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ['default', closingLine],
  },
})
