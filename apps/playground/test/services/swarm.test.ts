import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inDirectory, lockstep } from '../command.ts'

interface Report {
  readonly verdict: { readonly is: string; readonly by?: string; readonly text: string }
  readonly speed: unknown
  readonly found?: { readonly file: string; readonly command: string; readonly link: string }
}

async function swarm(...args: string[]): Promise<Report & { readonly code: number | null }> {
  const { code, stdout } = await lockstep(['swarm', 'raft', ...args, '--json'])
  return { ...JSON.parse(stdout), code }
}

describe('swarm', () => {
  test('the paper’s rules hold', async () => {
    const { code, verdict } = await swarm('--runs', '24')
    expect(verdict.is).toBe('holds')
    expect(code).toBe(0)
  })

  test('a flaw is found, made small, and replays to the same violation from its file and its link', async () => {
    await inDirectory(async (directory) => {
      const out = join(directory, 'found.json')
      const args = ['--runs', '300', '--flaw', 'apply-twice', '--out', out]
      const { code, verdict, found } = await swarm(...args)
      expect(verdict.is).toBe('violated')
      expect(code).toBe(0)
      expect(found).toMatchObject({ file: out, command: `npx lockstep run ${out}` })
      for (const target of [out, `#${found?.link}`]) {
        const replay = await lockstep(['run', target, '--json'])
        expect(JSON.parse(replay.stdout).verdict).toEqual(verdict)
        expect(replay.code).toBe(0)
      }
      expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ flaws: ['apply-twice'] })
    })
  })

  test.for([
    ['that holds', '--runs', '24'],
    ['that finds a flaw', '--runs', '300', '--flaw', 'vote-twice'],
  ])('the result of a swarm %s is the same for any number of workers', async ([, ...args]) => {
    await inDirectory(async (directory) => {
      const out = ['--out', join(directory, 'found.json')]
      const { speed: _, ...one } = await swarm(...args, ...out, '--workers', '1')
      const { speed: __, ...three } = await swarm(...args, ...out, '--workers', '3')
      expect(three).toEqual(one)
    })
  })

  test('a flaw that no run finds ends with exit code 1', async () => {
    const { code, verdict } = await swarm('--runs', '1', '--flaw', 'snapshot-without-configuration')
    expect(verdict.is).toBe('holds')
    expect(code).toBe(1)
  })
})
