import { hasServer } from '@lockstep/servers'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { SegmentIds } from '../../src/segment/segment-ids.ts'
import { createSegments, SqlSegmentStore } from '../../src/segment/sql-segment-store.ts'
import { segmentsHold } from '../segment/sql-suite.ts'
import type { TestDatabase } from '../sql/test-database.ts'
import { throughACrash } from './crash.ts'
import { ofServer, pglite, type Served } from './databases.ts'

describe('segments in PGlite', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await pglite()
  })
  afterAll(() => database.close())
  segmentsHold(() => database)
})

describe.skipIf(!hasServer('postgres'))('segments in PostgreSQL', () => {
  const served = ofServer('postgres')
  segmentsHold(() => served.database)
  surviveCrashes(served)
})

describe.skipIf(!hasServer('mariadb'))('segments in MariaDB', () => {
  const served = ofServer('mariadb')
  segmentsHold(() => served.database)
  surviveCrashes(served)
})

function surviveCrashes(served: Served): void {
  test('repeat nothing when the server is killed and restarted in the middle', async () => {
    const { server, database } = served
    // A small step, so that segments are loaded all the time.
    await createSegments({ database }, 'killed', { step: 5 })
    const store = new SqlSegmentStore({ database })
    await throughACrash(server, new SegmentIds({ tag: 'killed', store }))
  })
}
