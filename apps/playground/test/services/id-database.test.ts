import { createSegments, SegmentIds, SqlSegmentStore } from '@lockstep/idgen'
import { hasServer, startServer } from '@lockstep/servers'
import { describe, expect, test } from 'vitest'
import { openIdDatabase } from '../../src/ids/id-database.ts'

describe.each(['postgres', 'mariadb'] as const)('the database of a service: %s', (kind) => {
  test.skipIf(!hasServer(kind))('is opened by its URL', async () => {
    const server = await startServer(kind)
    const opened = await openIdDatabase(server.url)
    const { database } = opened
    try {
      await createSegments({ database }, 'orders', { step: 10 })
      const store = new SqlSegmentStore({ database })
      expect(await new SegmentIds({ tag: 'orders', store }).nextBatch(3)).toEqual([1n, 2n, 3n])
    } finally {
      await opened.close()
      await server.stop()
    }
  })
})
