import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isRunning } from '../../src/cluster/cluster-file.ts'
import { inDirectory, lockstep, startLockstep } from '../command.ts'

const timeout = 180_000

interface File {
  readonly nodes: readonly { readonly id: string; readonly pid: number }[]
}

/** Resolves when no process of that id is left. */
async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('cluster', { timeout }, () => {
  test('takes commands from a pipe, ends with it, and finds its data again', async () => {
    await inDirectory(async (directory) => {
      const run = (input: string): ReturnType<typeof lockstep> =>
        lockstep(['cluster', 'raft', '--dir', directory], { input })
      const first = await run(
        'put x 1\nkill leader\nput y 2\nget x\nnonsense\nkill n9\nstatus\nlog leader\nlog n9\n',
      )
      expect(first.stderr).toBe('')
      expect(first.stdout).toContain('put y = 2\nget x → 1\n')
      expect(first.stdout).toMatch(/there is no 'nonsense'.*'help' lists/)
      expect(first.stdout).toContain('There is no node n9; there are n1, n2, n3.')
      expect(first.stdout).toMatch(/n\d +- +- +down/)
      expect(first.stdout).toMatch(/Z INFO {2}n\d started incarnation=1 entries=0 /)
      expect(first.stdout).toMatch(/Z INFO {2}n\d became leader term=\d+ votes=n\d,n\d/)
      expect(first.stdout).toMatch(/Z WARN {2}n\d lost a peer peer=n\d/)
      expect(first.code).toBe(0)
      const second = await run('get x\nget y\nlog n1\nquit\nget never\n')
      expect(second.stdout).toMatch(/n1 started incarnation=2 entries=\d+ /)
      expect(second.stdout).toContain('get x → 1\nget y → 2\n')
      expect(second.stdout).not.toContain('never')
    })
  })

  test('adds a node at the prompt, and finds it again', async () => {
    await inDirectory(async (directory) => {
      const run = (input: string): ReturnType<typeof lockstep> =>
        lockstep(['cluster', 'raft', '--nodes', '1', '--dir', directory], { input })
      const first = await run('put x 1\nadd n2\nadd other\nremove n1\nmembers\nget x\n')
      expect(first.stdout).toContain('n2 runs, has caught up, and votes.\n')
      expect(first.stdout).toContain('A node cannot be called other')
      expect(first.stdout).toContain('n1 is no member any more')
      expect(first.stdout).toMatch(/n2 +voter +ws:/)
      expect(first.stdout).not.toMatch(/n1 +voter/)
      expect(first.stdout).toContain('get x → 1\n')
      const second = await run('get x\nmembers\n')
      expect(second.stdout).toContain('1 nodes in')
      expect(second.stdout).toContain('get x → 1\n')
      expect(second.stdout).toMatch(/n2 +voter +ws:/)
    })
  })

  test('is found by kv, refuses a second one in its directory, and ends its nodes on SIGTERM', async () => {
    await inDirectory(async (directory) => {
      const { child, finished, line } = startLockstep(['cluster', 'raft', '--dir', directory])
      await line('3 nodes in')
      const metrics = await fetch(/http:.+/.exec(await line('n1 has its metrics at'))?.[0] ?? '')
      expect(await metrics.text()).toMatch(/^lockstep_raft_term \d+$/m)
      const { nodes } = JSON.parse(await readFile(join(directory, 'cluster.json'), 'utf8')) as File
      const kv = (...words: string[]): ReturnType<typeof lockstep> =>
        lockstep(['kv', ...words, '--cluster', directory])
      expect((await kv('put', 'x', '1')).stdout).toBe('put x = 1\n')
      expect(await kv('get', 'x')).toMatchObject({ stdout: 'get x → 1\n', code: 0 })
      const swapped = await kv('cas', 'x', '2', '3', '--json')
      expect(JSON.parse(swapped.stdout)).toMatchObject({ type: 'ok', value: { swapped: false } })
      expect((await kv('status')).stdout).toMatch(/leader \d/)
      const json = '{"success": [{"type": "range", "key": "x"}]}'
      const txn = ['kv', 'txn', '--from-json', '-', '--json', '--cluster', directory]
      const read = await lockstep(txn, { input: json })
      expect(JSON.parse(read.stdout)).toMatchObject({ type: 'ok', value: { succeeded: true } })
      const bad = await lockstep(txn, { input: json.replace('"x"', '7') })
      expect(bad).toMatchObject({ code: 2, stdout: '' })
      expect(bad.stderr).toContain('at success.0.key: expected a text.')
      expect((await kv('eat', 'x')).code).toBe(2)
      const second = await lockstep(['cluster', 'raft', '--dir', directory])
      expect(second.stderr).toContain('Choose another with --dir')
      expect(second.code).toBe(2)
      child.kill('SIGTERM')
      expect((await finished).code).toBe(143)
      for (const { pid } of nodes) expect(isRunning(pid)).toBe(false)
      expect((await kv('get', 'x')).code).toBe(2)
    })
  })

  test('with a secret serves who has it, and tells all others how to mend it', async () => {
    await inDirectory(async (directory) => {
      const file = join(directory, 'secret')
      const wrong = join(directory, 'wrong')
      await writeFile(file, '  a secret\n', { mode: 0o600 })
      await writeFile(wrong, 'another', { mode: 0o600 })
      const cluster = ['cluster', 'raft', '--nodes', '1', '--dir', directory, '--secret-file', file]
      const { child, finished, line } = startLockstep(cluster)
      await line('1 nodes in')
      child.stdin?.write('put x 1\nadd n2\n')
      await line('n2 runs, has caught up, and votes.')
      const kv = (...words: string[]): ReturnType<typeof lockstep> =>
        lockstep(['kv', ...words, '--cluster', directory])
      expect((await kv('get', 'x', '--secret-file', file)).stdout).toBe('get x → 1\n')
      expect((await kv('status', '--secret-file', file)).stdout).toMatch(/leader \d/)
      const none = await kv('get', 'x')
      expect(none).toMatchObject({ stdout: '', code: 2 })
      expect(none.stderr).toMatch(
        /^lockstep: There is no link to n\d: this node has a secret: .+\n$/,
      )
      const other = await kv('put', 'x', '2', '--secret-file', wrong)
      expect(other.stderr).toMatch(/the proof does not fit .+ --secret-file\.\n$/)
      const status = await kv('status')
      expect(status.stdout).toContain('no answer')
      expect(status).toMatchObject({ code: 1, stderr: expect.stringContaining('has a secret') })

      await writeFile(wrong, ' \n')
      expect((await kv('get', 'x', '--secret-file', wrong)).stderr).toContain('is empty. Write')
      await chmod(wrong, 0o640)
      const open = await kv('get', 'x', '--secret-file', wrong)
      expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining(`chmod 600 ${wrong}`) })
      const missing = await lockstep([
        'node',
        'raft',
        '--id',
        'n1',
        '--dir',
        directory,
        '--secret-file',
        '/none',
      ])
      expect(missing).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('with --secret-file'),
      })
      child.stdin?.end('get x\n')
      expect((await finished).stdout).toContain('get x → 1\n')
    })
  })

  test('reports a node that dies by another hand, and brings it back when told to', async () => {
    await inDirectory(async (directory) => {
      const args = ['cluster', 'raft', '--dir', directory, '--restart']
      const { child, finished, line } = startLockstep(args)
      await line('3 nodes in')
      const file = JSON.parse(await readFile(join(directory, 'cluster.json'), 'utf8')) as File
      const [victim] = file.nodes
      const said = new Promise<string>((resolve) => {
        let text = ''
        child.stderr?.on('data', (more: string) => {
          text += more
          if (text.includes('is back')) resolve(text)
        })
      })
      process.kill(victim?.pid ?? 0, 'SIGKILL')
      expect(await said).toBe('n1 died (SIGKILL)\nn1 is back.\n')
      child.stdin?.end('status\n')
      const { code, stdout } = await finished
      expect(stdout.match(/n1 .* up /g)).toHaveLength(2)
      expect(code).toBe(0)
    })
  })

  test('leaves no node behind when it is killed itself', async () => {
    await inDirectory(async (directory) => {
      const { child, line } = startLockstep(['cluster', 'raft', '--dir', directory])
      await line('3 nodes in')
      const { nodes } = JSON.parse(await readFile(join(directory, 'cluster.json'), 'utf8')) as File
      child.kill('SIGKILL')
      for (const { pid } of nodes) await untilGone(pid)
    })
  })

  test('a node runs alone, as one command', async () => {
    await inDirectory(async (directory) => {
      const { child, finished, line } = startLockstep([
        'node',
        'raft',
        '--id',
        'n1',
        '--dir',
        directory,
      ])
      expect(await line('n1 is at')).toMatch(/^n1 is at ws:\/\/127\.0\.0\.1:\d+\/link$/)
      const misnamed = await lockstep(['node', 'raft', '--log-level', 'loud'])
      expect(misnamed.stderr).toContain('Allowed choices are debug, info, warn, error')
      expect(misnamed.code).toBe(2)
      const second = await lockstep(['node', 'raft', '--id', 'n1', '--dir', directory])
      expect(second.stderr).toMatch(/^lockstep: .+\n$/)
      expect(second.code).toBe(1)
      child.kill('SIGINT')
      const { code, stderr } = await finished
      expect(code).toBe(130)
      expect(stderr).toMatch(/n1 was asked to stop\n[^]*n1 ended in good order\n$/)
      expect(await readFile(join(directory, 'node.log'), 'utf8')).toBe(stderr)
    })
  })
})
