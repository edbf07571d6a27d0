import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { areas } from '../../src/areas.ts'
import { inDirectory, lockstep, startLockstep } from '../command.ts'

const [{ lab, experiments }] = areas as [(typeof areas)[number]]
const experiment = experiments[0]?.id ?? ''

describe('bad usage ends with exit code 2, one sentence that says how to mend it, and no stack trace', () => {
  test.for<[what: string, args: string[], says: RegExp]>([
    ['a command that does not exist', ['plai'], /play/],
    ['an option that does not exist', ['run', experiment, '--sede', '1'], /--seed/],
    ['a seed that is no number', ['run', experiment, '--seed', 'x'], /whole number/],
    ['a seed that is too large', ['run', experiment, '--seed', '4294967296'], /4294967295/],
    ['no target', ['run'], /missing required argument 'target'/],
    ['an experiment that does not exist', ['run', 'nothing'], /'lockstep list' shows/],
    [
      'a flaw that does not exist',
      ['run', experiment, '--flaw', 'none'],
      /Choose one of: .*vote-twice/,
    ],
    ['a lab that does not exist', ['swarm', 'paxos'], /Choose one of: raft/],
    ['no runs', ['swarm', 'raft', '--runs', '0'], /whole number from 1/],
    ['a link that is broken', ['run', 'http://127.0.0.1/#nonsense'], /a whole link/],
    ['an empty link', ['run', '#'], /a whole link/],
    ['a cluster that does not run', ['kv', 'get', 'x', '--cluster', '/nowhere'], /Start one with/],
    [
      'a node that the cluster does not have',
      ['node', 'raft', '--id', 'n9', '--dir', '/tmp/x'],
      /no n9/,
    ],
    ['a setting that does not exist', ['cluster', 'raft', '--set', 'speed=1'], /heartbeatMs/],
    ['a setting out of bounds', ['cluster', 'raft', '--set', 'heartbeatMs=0'], /heartbeatMs/],
    ['settings that contradict', ['cluster', 'raft', '--set', 'heartbeatMs=9999'], /heartbeatMs/],
    ['a bench that does not exist', ['bench', 'nothing'], /sim, check/],
  ])('%s', async ([, args, says]) => {
    const { code, stdout, stderr } = await lockstep(args)
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  test.for<[what: string, scenario: unknown, says: RegExp]>([
    ['a field of the wrong type', { ...lab.scenario, nodes: 'three' }, /nodes: expected/],
    ['a field deep inside', { ...lab.scenario, work: { clients: -1 } }, /work\.\w+: expected/],
    ['a field that does not exist', { ...lab.scenario, speed: 1 }, /speed: expected/],
    [
      'a fault on the wrong side of the heal',
      {
        ...lab.scenario,
        faults: [{ do: 'heal', at: 1e6 }],
      },
      /faults\[0\]\.at: expected a time before healMs/,
    ],
    ['another lab', { ...lab.scenario, lab: 'paxos' }, /lab: expected 'raft'/],
    ['no scenario at all', [1, 2], /scenario: expected/],
  ])('a scenario file with %s names its path and what was expected', async ([, scenario, says]) => {
    await inDirectory(async (directory) => {
      const file = join(directory, 'bad.json')
      await writeFile(file, JSON.stringify(scenario))
      const { code, stderr } = await lockstep(['run', file])
      expect(stderr).toMatch(says)
      expect(code).toBe(2)
    })
  })

  test('a file that is no JSON is named', async () => {
    const { code, stderr } = await lockstep(['run', import.meta.filename])
    expect(stderr).toContain(`${import.meta.filename} is no JSON file`)
    expect(code).toBe(2)
  })

  test('a port that is taken says which option to use', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    await inDirectory(async (directory) => {
      const args = ['node', 'raft', '--id', 'n1', '--dir', directory]
      const { code, stderr } = await lockstep([...args, '--listen', `127.0.0.1:${port}`])
      expect(stderr).toContain(`Port ${port} is taken. Choose another with --listen`)
      expect(code).toBe(2)
    })
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('help', () => {
  test.for(['play', 'list', 'run', 'swarm', 'cluster', 'node', 'kv', 'id', 'bench'])(
    '%s explains itself with an example',
    async (command) => {
      const { code, stdout, stderr } = await lockstep([command, '--help'])
      expect(stdout).toContain(`Usage: lockstep ${command}`)
      expect(stdout).toMatch(/Example:\n {2}lockstep /)
      expect(stderr).toBe('')
      expect(code).toBe(0)
    },
  )
})

test('a reader that goes away early ends the command quietly', async () => {
  const { child, finished } = startLockstep(['list', '--json'])
  child.stdout?.destroy()
  const { stderr } = await finished
  expect(stderr).toBe('')
})
