import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { answers } from '../answer.ts'
import { findProgram } from '../find-program.ts'
import type { ServerProgram } from '../server-program.ts'

/** ZooKeeper, whose manifest names the other archives that it needs, and what prints its log. */
const archives = ['/usr/share/java/zookeeper.jar', '/usr/share/java/slf4j-simple.jar']
const tickMs = 100

/**
 * One ZooKeeper by itself. Its tick is a tenth of a second, so that sessions may be as short as two
 * of them. Settings are the Java properties without their `zookeeper.`.
 */
export const zookeeper: ServerProgram = {
  ports: 1,
  remedy: "Debian's zookeeper brings it.",
  stopSignal: 'SIGTERM',
  find: () => [
    findProgram('java'),
    ...archives.map((path) => (existsSync(path) ? path : undefined)),
  ],
  command: async ({ directory, ports: [port], settings }) => ({
    file: findProgram('java') ?? 'java',
    arguments: [
      ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', archives.join(':')],
      ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'],
      Object.entries({
        'admin.enableServer': 'false',
        '4lw.commands.whitelist': 'srvr',
        ...settings,
      }).map(([name, value]) => `-Dzookeeper.${name}=${value}`),
      ['org.apache.zookeeper.server.ZooKeeperServerMain'],
      [String(port), join(directory, 'data'), String(tickMs)],
    ].flat(),
  }),
  url: (port) => `127.0.0.1:${port}`,
  // It names its mode only once it serves.
  isUp: (port) => answers(port, 'srvr', (heard) => heard.toString().includes('Mode: standalone')),
}
