import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { startLive } from '../../src/session/live.ts'
import { Page } from '../session/page.ts'

const timeout = 240_000

function directories(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('lockstep-live-'))
}

describe('a live session', { timeout }, () => {
  test('shows a cluster of processes as it shows a simulation, and leaves nothing behind', async () => {
    const before = directories()
    const page = new Page({ goLive: startLive })
    const leads = (since: number) =>
      page.next('summaries', ({ changes }) =>
        changes.some(({ summary }) => summary.shape === 'leader' && summary.epoch > since),
      )
    const first = leads(0)
    page.ask({ type: 'go-live', lab: 'raft', nodes: 3 })
    const { changes } = await first
    const leader = changes.find(({ summary }) => summary.shape === 'leader')
    expect(page.opened).toMatchObject({ world: 'live', nodes: ['n1', 'n2', 'n3'], fromRow: 0 })

    const answered = page.next('history', ({ operations }) =>
      operations.some(({ text }) => text === 'get q → 7'),
    )
    page.ask({ type: 'operate', at: 0, line: 'put q 7' })
    page.ask({ type: 'operate', at: 0, line: 'get q' })
    await answered

    const next = leads(leader?.summary.epoch ?? 0)
    page.ask({ type: 'fault', at: 0, fault: { do: 'crash', node: '@leader' } })
    await next
    const crash = page.rows.find(({ kind }) => kind === 'crash')
    const views = page.next('views')
    page.ask({ type: 'look', step: 0 })
    const down = (await views).nodes.filter(({ state }) => state === 'down')
    expect(down.map(({ id }) => id)).toEqual([crash?.node])

    const refused = page.next('refused')
    page.ask({ type: 'fault', at: 0, fault: { do: 'crash', node: 'n9' } })
    expect(await refused).toMatchObject({ text: expect.stringContaining('no node n9') })

    const back = page.next('rows', ({ rows }) => rows.kind.includes('start'))
    page.ask({ type: 'fault', at: 0, fault: { do: 'heal' } })
    await back
    expect(await page.next('judged')).toMatchObject({ verdict: { is: 'holds' } })
    await page.end()

    expect(page.misplaced).toBe(0)
    for (const [row, { kind, at, cause, node, peer }] of page.rows.entries()) {
      expect(at).toBeGreaterThanOrEqual(page.rows[row - 1]?.at ?? 0)
      if (kind !== 'deliver') continue
      // What a killed process did in its last moment nobody heard of.
      if (cause < 0 && peer === crash?.node) continue
      expect(page.rows[cause]).toMatchObject({ kind: 'send', node: peer, peer: node })
    }
    expect(directories()).toEqual(before)
    expect(existsSync(tmpdir())).toBe(true)
  })
})
