/** How a database writes its SQL. MariaDB is `mysql` here. */
export type SqlDialect = 'postgres' | 'mysql' | 'sqlite'

/** What goes into a statement. Whole numbers go as decimal text, so that no driver rounds them. */
export type SqlValue = string

/** What one statement gave. */
export interface SqlResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** What MySQL and MariaDB set by `last_insert_id(value)`, as decimal text; '' elsewhere. */
  readonly insertId: string
  /** How many rows were changed, where the driver tells without being asked; 0 where it does not. */
  readonly changed: number
}

/**
 * All that is asked of a database. `postgresDatabase`, `mysqlDatabase` and `sqliteDatabase` make one
 * out of the driver that a program uses anyway.
 */
export interface SqlDatabase {
  readonly dialect: SqlDialect
  /**
   * Runs one statement by itself, in one round trip and outside of any transaction: what it changed
   * is durable when this resolves. When it rejects, the statement may have been carried out or not.
   */
  query(sql: string, values?: readonly SqlValue[]): Promise<SqlResult>
}
