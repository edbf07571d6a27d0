import { LocalServer } from './local-server.ts'
import { isAvailable } from './need.ts'
import { etcd } from './programs/etcd.ts'
import { mariadb } from './programs/mariadb.ts'
import { postgres } from './programs/postgres.ts'
import { redis } from './programs/redis.ts'
import { zookeeper } from './programs/zookeeper.ts'
import type { RunningServer } from './running-server.ts'
import { ServerError } from './server-error.ts'
import type { ServerProgram } from './server-program.ts'

/** The servers that can be started, by the names that `LOCKSTEP_REQUIRE` knows them by. */
export type ServerKind = 'postgres' | 'mariadb' | 'redis' | 'zookeeper' | 'etcd'

/** What may be told to a server. */
export interface StartOptions {
  /** Settings in the server's own words, such as `{ max_prepared_transactions: '64' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

const programs: Readonly<Record<ServerKind, ServerProgram>> = {
  postgres,
  mariadb,
  redis,
  zookeeper,
  etcd,
}

/** Whether a server is on this machine. */
export function isInstalled(kind: ServerKind): boolean {
  return programs[kind].find().every((path) => path !== undefined)
}

/**
 * Whether a server is on this machine, for tests that are skipped where it is not. The reason is
 * printed; if `LOCKSTEP_REQUIRE` names it, this throws.
 */
export function hasServer(kind: ServerKind): boolean {
  return isAvailable(kind, isInstalled(kind), programs[kind].remedy)
}

/**
 * Starts a real server with data of its own in a temporary directory, and resolves when it answers.
 * Whoever starts it stops it; it does not outlive this process. Rejects with a `ServerError`.
 */
export async function startServer(
  kind: ServerKind,
  { settings = {} }: StartOptions = {},
): Promise<RunningServer> {
  const program = programs[kind]
  if (!isInstalled(kind)) {
    throw new ServerError('not-installed', `There is no ${kind} here. ${program.remedy}`)
  }
  return LocalServer.start(kind, program, settings)
}
