import { test as propertyTest } from '@fast-check/vitest'
import * as fc from 'fast-check'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DirectoryFiles } from '../../src/wal/files.ts'
import { blankSegment } from '../../src/wal/segment.ts'
import { temporaryDirectory } from '../temporary.ts'

const parts = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 })

describe('the files of a directory', () => {
  propertyTest.prop([parts, parts], { numRuns: 50 })(
    'a file holds its parts one behind the other, and nothing of the one that it replaces',
    async (before, after) => {
      const path = await temporaryDirectory()
      const files = new DirectoryFiles(path)
      for (const written of [before, after]) {
        await files.write('f', written)
        expect(await readFile(join(path, 'f'))).toEqual(Buffer.concat(written))
      }
    },
  )

  test.for([1, 1 << 16, (1 << 16) + 1, 300_000])(
    'a blank segment of %i bytes is so many zeros on the disk',
    async (bytes) => {
      const path = await temporaryDirectory()
      await new DirectoryFiles(path).write('f', blankSegment(bytes))
      const found = await readFile(join(path, 'f'))
      expect(found.equals(Buffer.alloc(bytes))).toBe(true)
    },
  )
})
