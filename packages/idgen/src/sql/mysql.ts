import type { SqlDatabase, SqlValue } from './sql-database.ts'

/** What is used of a connection or pool of `mysql2/promise`. */
export interface MysqlClient {
  query(sql: string, values?: string[]): Promise<readonly [result: unknown, ...rest: unknown[]]>
}

/** What a statement without rows gives. */
interface Header {
  readonly affectedRows: number
  /** Text where a number would be rounded. */
  readonly insertId: number | string
}

/** What the server says of a statement that it undid whole so that those it was in a circle with go on. */
const deadlock = 'ER_LOCK_DEADLOCK'

/** Each time that one is undone another gets through, so this many would have to come at one moment. */
const attempts = 1_000

/** A MariaDB or MySQL behind a connection or pool of `mysql2/promise`. */
export function mysqlDatabase(client: MysqlClient): SqlDatabase {
  const query = async (sql: string, values: readonly SqlValue[]): Promise<unknown> => {
    for (let left = attempts; ; left--) {
      try {
        const [result] = await client.query(sql, [...values])
        return result
      } catch (error) {
        if ((error as { code?: unknown }).code !== deadlock || left === 1) throw error
      }
    }
  }
  return {
    dialect: 'mysql',
    query: async (sql, values = []) => {
      const result = await query(sql, values)
      if (Array.isArray(result)) return { rows: result, insertId: '', changed: 0 }
      const { affectedRows, insertId } = result as Header
      return { rows: [], insertId: String(insertId), changed: affectedRows }
    },
  }
}
