import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePorts } from '../src/index.ts'

test('ports are different, can be listened on, and are none of outgoing connections', async () => {
  const ports = await freePorts(20)
  expect(new Set(ports).size).toBe(20)
  expect(ports.filter((port) => port < 10_240 || port > 32_767)).toEqual([])
  const servers = ports.map((port) => createServer().listen(port, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
})
