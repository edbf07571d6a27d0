import { basename } from 'node:path'
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { closingLine } from './closing-line.ts'

const conditions = ['@lockstep/source', ...defaultServerConditions]

/** The tests that need real servers or much time, one project a package: `npm run test:services`. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: ['packages/servers', 'packages/idgen', 'apps/playground'].map((root) => ({
      test: {
        name: `@lockstep/${basename(root)}`,
        root,
        include: ['test/services/**/*.test.ts'],
        testTimeout: 120_000,
        hookTimeout: 120_000,
      },
    })),
    reporters: ['default', closingLine],
  },
})
