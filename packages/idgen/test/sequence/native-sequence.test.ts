import { expect, test } from 'vitest'
import { NativeSequence } from '../../src/sequence/native-sequence.ts'
import type { SqlDatabase } from '../../src/sql/sql-database.ts'

const never = (dialect: SqlDatabase['dialect']): SqlDatabase => ({
  dialect,
  query: () => new Promise(() => {}),
})

test.for(['mysql', 'sqlite'] as const)('native sequences of %s are refused', (dialect) => {
  const open = (): NativeSequence => new NativeSequence({ database: never(dialect), name: 'x' })
  expect(open).toThrow(/take a DatabaseSequence/)
})

test('a name that is none is refused', () => {
  const name = "x'); drop table y"
  const open = (): NativeSequence => new NativeSequence({ database: never('postgres'), name })
  expect(open).toThrow(/cannot name a table or sequence/)
})
