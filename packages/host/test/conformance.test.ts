import type { NodeId } from '@lockstep/process'
import { conformance, type WorldUnderTest } from '@lockstep/process/conformance'
import { describe, test } from 'vitest'
import type { RunningNode } from '../src/index.ts'
import { started } from './cluster.ts'
import { temporaryDirectory } from './temporary.ts'

/** Nodes with sockets and disks behind the conformance cases. */
function live(): WorldUnderTest {
  const running = new Map<NodeId, RunningNode>()
  const directories = new Map<NodeId, string>()
  return {
    start: async (id, build) => {
      const directory = directories.get(id) ?? (await temporaryDirectory())
      directories.set(id, directory)
      running.set(id, await started(id, build, { directory }))
      const urls = Object.fromEntries([...running].map(([other, { url }]) => [other, url]))
      for (const node of running.values()) node.setPeers(urls)
    },
    kill: async (id) => {
      await running.get(id)?.stop(0)
      running.delete(id)
    },
    stop: async (id) => {
      await running.get(id)?.stop()
      running.delete(id)
    },
    until: async (done) => {
      while (!done()) await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('the live world keeps the contract', () => {
  test.for(conformance.map(({ name, run }) => [name, run] as const))('%s', async ([, run]) => {
    await run(live())
  })
})
