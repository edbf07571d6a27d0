import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

/** The page is static files that work under any path. */
export default defineConfig({
  base: './',
  plugins: [solid()],
  resolve: {
    conditions: ['@lockstep/source', 'module', 'browser', 'development|production'],
  },
  worker: { format: 'es' },
  build: { target: 'es2023', outDir: '../../dist/page', emptyOutDir: true },
})
