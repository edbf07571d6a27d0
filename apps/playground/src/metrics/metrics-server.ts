import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunningNode } from '@lockstep/host'
import type { NodeMetrics } from './node-metrics.ts'

/** Serves the metrics of one node. */
export interface MetricsServer {
  /** Where `/metrics` is. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves `/metrics`, `/health` (200 while the process answers) and `/ready` (503 until the node can
 * serve) on the loopback address. Rejects with `EADDRINUSE` when the port is taken.
 */
export async function serveMetrics(
  metrics: NodeMetrics,
  node: RunningNode,
  port: number,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0]
    if (request.method !== 'GET') answer(response, 405, 'only GET is answered\n')
    else if (path === '/health') answer(response, 200, 'up\n')
    else if (path === '/ready') {
      const isReady = metrics.isReady(node)
      answer(response, isReady ? 200 : 503, isReady ? 'ready\n' : 'no leader is known yet\n')
    } else if (path === '/metrics') {
      metrics.text(node).then(
        (text) => answer(response, 200, text, metrics.contentType),
        (error: unknown) => answer(response, 500, `${String(error)}\n`),
      )
    } else answer(response, 404, 'there are /metrics, /health and /ready\n')
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type }).end(text)
}
