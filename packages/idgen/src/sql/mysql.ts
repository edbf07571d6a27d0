import type { SqlDatabase } from './sql-database.ts'

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

/** A MariaDB or MySQL behind a connection or pool of `mysql2/promise`. */
export function mysqlDatabase(client: MysqlClient): SqlDatabase {
  return {
    dialect: 'mysql',
    query: async (sql, values = []) => {
      const [result] = await client.query(sql, [...values])
      if (Array.isArray(result)) return { rows: result, insertId: '', changed: 0 }
      const { affectedRows, insertId } = result as Header
      return { rows: [], insertId: String(insertId), changed: affectedRows }
    },
  }
}
