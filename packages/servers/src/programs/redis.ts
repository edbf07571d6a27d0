import { answers } from '../answer.ts'
import { findProgram } from '../find-program.ts'
import type { ServerProgram } from '../server-program.ts'

/** One Redis that syncs its log before it answers; the setting `appendonly: 'no'` makes it forget. */
export const redis: ServerProgram = {
  ports: 1,
  remedy: "Debian's redis-server brings it.",
  stopSignal: 'SIGTERM',
  find: () => [findProgram('redis-server')],
  command: async ({ directory, ports: [port], settings }) => ({
    file: findProgram('redis-server') ?? 'redis-server',
    arguments: Object.entries({
      bind: '127.0.0.1',
      port: String(port),
      dir: directory,
      save: '',
      appendonly: 'yes',
      appendfsync: 'always',
      ...settings,
    }).flatMap(([name, value]) => [`--${name}`, value]),
  }),
  url: (port) => `redis://127.0.0.1:${port}`,
  // While it reads its log it answers -LOADING.
  isUp: (port) => answers(port, 'PING\r\n', (heard) => heard.toString().startsWith('+PONG')),
}
