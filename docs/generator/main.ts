/**
 * Writes the API pages into a folder: `main.ts [folder]`, `docs/api` unless another is named.
 */
import { join, resolve } from 'node:path'
import { writeApi } from './api.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = resolve(process.argv[2] ?? join(root, 'docs', 'api'))
console.log(`${writeApi(root, folder)} pages in ${folder}`)
