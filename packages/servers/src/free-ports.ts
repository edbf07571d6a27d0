import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/**
 * Ports are taken from below the range that the kernel gives to outgoing connections (from 32,768 on
 * Linux). While a server is down its clients dial its port again and again: in that range one of
 * them would be given that very port as its own sooner or later, would be connected to itself, and
 * the server could not come back.
 */
const lowest = 10_240
const highest = 32_767
const attemptsMax = 100

/** Gives ports of the loopback address that nobody listens on now, each a different one. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: Server[] = []
  const ports: number[] = []
  try {
    for (let attempt = 0; ports.length < count; attempt++) {
      const port = randomInt(lowest, highest + 1)
      const server = await listen(port)
      if (server !== undefined) {
        held.push(server)
        ports.push(port)
      } else if (attempt === attemptsMax) {
        throw new Error(`No free port was found in ${attemptsMax} tries on 127.0.0.1.`)
      }
    }
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))))
  }
  return ports
}

/** Listens on a port, unless somebody else does. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
