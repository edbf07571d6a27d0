import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inDirectory, lockstep, startLockstep } from '../command.ts'

async function idsOf(url: string): Promise<readonly string[]> {
  const answer = await fetch(url)
  return ((await answer.json()) as { ids: string[] }).ids
}

describe('lockstep id serve', () => {
  test('serves ids, ends in good order, and goes on behind them', async () => {
    await inDirectory(async (directory) => {
      const database = `sqlite:${join(directory, 'ids.db')}`
      const ids: string[] = []
      for (const more of [['--tag', 'orders:100'], []]) {
        const args = ['id', 'serve', '--database', database, '--port', '0', ...more]
        const command = startLockstep(args)
        const line = await command.line('ids are at ')
        const [, url = ''] = /at (\S+)/.exec(line) ?? []
        ids.push(...(await idsOf(`${url}segment/orders?n=50`)))
        ids.push(...(await idsOf(`${url}snowflake/orders?n=50`)))
        command.child.kill('SIGTERM')
        expect((await command.finished).code).toBe(143)
        expect(line).toContain('(worker 0)')
      }
      expect(new Set(ids).size).toBe(200)
      expect(ids[0]).toBe('1')
      expect(Number(ids[100])).toBeGreaterThan(100)
    })
  })

  test('says how to mend how it was called', async () => {
    await inDirectory(async (cwd) => {
      const serve = (...args: string[]) =>
        lockstep(['id', 'serve', '--port', '0', ...args], { cwd })
      const none = await serve()
      expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--tag orders:1000') })
      const wrong = await serve('--database', 'oracle:x')
      expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('sqlite:FILE') })
      const nameless = await serve('--tag', 'orders')
      expect(nameless).toMatchObject({ code: 2, stderr: expect.stringContaining('name:step') })
    })
  })
})
