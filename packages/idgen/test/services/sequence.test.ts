import { hasServer } from '@lockstep/servers'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { createSequence, DatabaseSequence } from '../../src/sequence/database-sequence.ts'
import { NativeSequence } from '../../src/sequence/native-sequence.ts'
import { nativeSequencesHold } from '../sequence/native-suite.ts'
import { sequencesHold } from '../sequence/suite.ts'
import type { TestDatabase } from '../sql/test-database.ts'
import { ofServer, pglite, type Served } from './databases.ts'
import { throughACrash } from './crash.ts'

describe('a sequence in PGlite', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await pglite()
  })
  afterAll(() => database.close())
  sequencesHold(() => database, 20)
  nativeSequencesHold(() => database)
})

describe.skipIf(!hasServer('postgres'))('a sequence in PostgreSQL', () => {
  const served = ofServer('postgres')
  sequencesHold(() => served.database, 20)
  nativeSequencesHold(() => served.database)
  survivesCrashes(served)

  test('a native one repeats nothing either', async () => {
    const { server, database } = served
    await database.query('create sequence native_killed')
    await throughACrash(server, new NativeSequence({ database, name: 'native_killed' }))
  })
})

describe.skipIf(!hasServer('mariadb'))('a sequence in MariaDB', () => {
  const served = ofServer('mariadb')
  sequencesHold(() => served.database, 20)
  survivesCrashes(served)
})

function survivesCrashes(served: Served): void {
  test('repeats nothing when the server is killed and restarted in the middle', async () => {
    const { server, database } = served
    await createSequence({ database, name: 'killed' })
    await throughACrash(server, new DatabaseSequence({ database, name: 'killed' }))
  })
}
