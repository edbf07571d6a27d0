import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { closingLine } from './closing-line.ts'

const conditions = ['@lockstep/source', ...defaultServerConditions]
const packages = ['process', 'sim', 'check', 'host', 'raft', 'patterns']

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
          testTimeout: 60_000,
        },
      })),
      {
        test: {
          name: '@lockstep/playground',
          root: 'apps/playground',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**'],
          testTimeout: 120_000,
        },
      },
      { test: { name: 'repository', root: 'test', include: ['**/*.test.ts'] } },
    ],
    reporters: ['default', closingLine],
  },
})
