import { existsSync, readdirSync } from 'node:fs'
import { chown } from 'node:fs/promises'
import { join } from 'node:path'
import { answers } from '../answer.ts'
import { findProgram } from '../find-program.ts'
import { runToEnd } from '../run-to-end.ts'
import type { Place, ServerProgram } from '../server-program.ts'
import { isRoot, userNamed } from '../user.ts'

const initdb = (): string | undefined => findProgram('initdb', packaged())
const server = (): string | undefined => findProgram('postgres', packaged())
const data = (place: Place): string => join(place.directory, 'data')

/** Where Debian has the programs of each version, the newest first. */
function packaged(): readonly string[] {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return []
  const versions = readdirSync(root).toSorted((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(root, version, 'bin'))
}

/** It refuses to run as root, so root starts it as the user that its package brings. */
async function otherUser(): Promise<{ user?: { uid: number; gid: number } }> {
  return isRoot() ? { user: await userNamed('postgres') } : {}
}

/** One PostgreSQL with a database `postgres` whose owner `postgres` needs no password. */
export const postgres: ServerProgram = {
  ports: 1,
  remedy: "Debian's postgresql brings it.",
  // 'Fast shutdown': it does not wait for its clients to leave.
  stopSignal: 'SIGINT',
  find: () => [initdb(), server()],
  prepare: async (place) => {
    const { user } = await otherUser()
    if (user !== undefined) await chown(place.directory, user.uid, user.gid)
    const args = ['-D', data(place), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
    await runToEnd(initdb() ?? 'initdb', [...args, '--locale=C'], user)
  },
  command: async (place) => ({
    ...(await otherUser()),
    file: server() ?? 'postgres',
    arguments: [
      ['-D', data(place), '-p', String(place.ports[0])],
      Object.entries({
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        ...place.settings,
      }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ].flat(),
  }),
  url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
  // 'R' says that the client is let in; while it starts or recovers the answer is an error, 'E'.
  isUp: (port) => answers(port, startupMessage, (heard) => heard[0] === 'R'.charCodeAt(0)),
}

/** The first message of a client: its length, version 3.0 of the protocol, and who it is. */
const startupMessage: Uint8Array = ((): Uint8Array => {
  const text = Buffer.from('user\0postgres\0database\0postgres\0\0')
  const head = Buffer.alloc(8)
  head.writeInt32BE(head.length + text.length, 0)
  head.writeInt32BE(0x0003_0000, 4)
  return Buffer.concat([head, text])
})()
