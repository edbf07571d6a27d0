import { availableParallelism } from 'node:os'
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { closingLine } from './closing-line.ts'

const conditions = ['@lockstep/source', ...defaultServerConditions]
const packages = ['process', 'sim', 'check', 'host', 'raft', 'patterns', 'idgen', 'servers']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      ...packages.map((name) => ({
        test: {
          name: `@lockstep/${name}`,
          root: `packages/${name}`,
          include: ['test/**/*.test.ts'],
          exclude: ['test/services/**'],
          testTimeout: 60_000,
          // These have no state outside of what a test makes: starting a worker anew for each file would take longer than the tests.
          isolate: false,
        },
      })),
      {
        test: {
          name: '@lockstep/playground',
          root: 'apps/playground',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/services/**'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'repository',
          root: 'test',
          include: ['**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
    // Tests of live clusters mostly wait, so there are more workers than cores.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    reporters: ['default', closingLine],
  },
})
