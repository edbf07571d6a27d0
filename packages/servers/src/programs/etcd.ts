import { join } from 'node:path'
import { findProgram } from '../find-program.ts'
import type { Place, ServerProgram } from '../server-program.ts'

const url = (port: number | undefined): string => `http://127.0.0.1:${port}`

/** A cluster of one etcd. */
export const etcd: ServerProgram = {
  ports: 2,
  remedy: "Debian's etcd-server brings it.",
  stopSignal: 'SIGTERM',
  find: () => [findProgram('etcd')],
  command: async ({ directory, ports: [client, peer], settings }: Place) => ({
    file: findProgram('etcd') ?? 'etcd',
    arguments: [
      [
        '--name',
        'e1',
        '--data-dir',
        join(directory, 'data'),
        '--initial-cluster',
        `e1=${url(peer)}`,
      ],
      ['--listen-peer-urls', url(peer), '--initial-advertise-peer-urls', url(peer)],
      ['--listen-client-urls', url(client), '--advertise-client-urls', url(client)],
      ['--logger', 'zap', '--log-level', 'warn'],
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ].flat(),
  }),
  url,
  isUp: async (port) => {
    try {
      const answer = await fetch(`${url(port)}/health`, { signal: AbortSignal.timeout(1_000) })
      return answer.ok && (await answer.text()).includes('true')
    } catch {
      return false
    }
  },
}
