import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { connectClient } from '../src/index.ts'
import { temporaryDirectory } from './temporary.ts'

const script = fileURLToPath(new URL('kill-child.ts', import.meta.url))

async function spawned(directory: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(script, [directory], { execArgv: ['--conditions=@lockstep/source'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [url]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (typeof url !== 'string') throw new Error(`the child ended with ${String(url)}`)
  return { child, url }
}

test('a node that is killed again and again keeps every increment that it acknowledged', async () => {
  const directory = await temporaryDirectory()
  const client = connectClient({ id: 'c1', cluster: 'test', nodes: {} })
  onTestFinished(() => client.close())
  let sent = 0
  let acknowledged = 0
  for (const killAfter of [1, 40, 90, 7, 220, 3]) {
    const { child, url } = await spawned(directory)
    client.setNodes({ n1: url })
    const before = await client.call('n1', { type: 'read' }, 60_000)
    const count = before !== undefined && 'count' in before ? before.count : undefined
    expect(count).toBeGreaterThanOrEqual(acknowledged)
    expect(count).toBeLessThanOrEqual(sent)
    const killed = new AbortController()
    let acknowledgedNow = 0
    const worker = async (): Promise<void> => {
      while (!killed.signal.aborted) {
        sent++
        const answer = await client.call('n1', { type: 'increment' }, 60_000)
        if (answer === undefined) return
        acknowledged++
        if (++acknowledgedNow === killAfter) child.kill('SIGKILL')
      }
    }
    const exited = once(child, 'exit').then(() => {
      killed.abort()
      client.setNodes({})
    })
    const workers = Array.from({ length: 8 }, worker)
    await exited
    void workers
  }
  expect(acknowledged).toBeGreaterThan(300)
}, 120_000)
