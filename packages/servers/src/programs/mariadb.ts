import { join } from 'node:path'
import { answers } from '../answer.ts'
import { findProgram } from '../find-program.ts'
import { runToEnd } from '../run-to-end.ts'
import { isRoot } from '../user.ts'
import type { Place, ServerProgram } from '../server-program.ts'

const data = (place: Place): string => `--datadir=${join(place.directory, 'data')}`
/** It refuses to run as root unless it is told to. */
const asRoot = (): readonly string[] => (isRoot() ? ['--user=root'] : [])
const installer = (): string | undefined => findProgram('mariadb-install-db')
const server = (): string | undefined => findProgram('mariadbd', ['/usr/sbin'])

/** One MariaDB with a database `test` and a `root` without a password. */
export const mariadb: ServerProgram = {
  ports: 1,
  remedy: "Debian's mariadb-server brings it.",
  stopSignal: 'SIGTERM',
  find: () => [installer(), server()],
  prepare: async (place) => {
    const method = '--auth-root-authentication-method=normal'
    await runToEnd(
      installer() ?? 'mariadb-install-db',
      [['--no-defaults', data(place), method, '--skip-name-resolve'], asRoot()].flat(),
    )
  },
  command: async (place) => ({
    file: server() ?? 'mariadbd',
    arguments: [
      ['--no-defaults', data(place), `--port=${place.ports[0]}`, '--bind-address=127.0.0.1'],
      [`--socket=${join(place.directory, 'socket')}`, '--skip-name-resolve'],
      asRoot(),
      Object.entries(place.settings).map(([name, value]) => `--${name}=${value}`),
    ].flat(),
  }),
  url: (port) => `mysql://root@127.0.0.1:${port}/test`,
  // It speaks first: three bytes of length, one of sequence, and version 10 of the protocol.
  isUp: (port) => answers(port, '', (heard) => heard.length > 5 && heard[4] === 10),
}
