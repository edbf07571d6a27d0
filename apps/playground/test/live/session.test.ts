import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectControl } from '@lockstep/host'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readClusterFile } from '../../src/cluster/cluster-file.ts'
import { startLive } from '../../src/session/live.ts'
import type { MemberChange } from '../../src/session/protocol.ts'
import { Page } from '../session/page.ts'

const timeout = 240_000

describe('a live session', { timeout }, () => {
  /** Temporary files go here, where nobody else has any. */
  let own = ''

  beforeAll(async () => {
    own = await mkdtemp(join(tmpdir(), 'lockstep-test-'))
    vi.stubEnv('TMPDIR', own)
  })

  afterAll(async () => {
    vi.unstubAllEnvs()
    await rm(own, { recursive: true, force: true })
  })

  test('shows a cluster of processes as it shows a simulation, and leaves nothing behind', async () => {
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
    const made = await readdir(own)
    const running = await readClusterFile(join(own, made[0] ?? ''))
    const stranger = connectControl(running?.nodes[0]?.url ?? '', running?.cluster ?? '')
    await expect(stranger).rejects.toThrow('has a secret')

    const answered = page.next('history', ({ operations }) =>
      operations.some(({ text }) => text === 'get q → 7'),
    )
    page.ask({ type: 'operate', at: 0, line: 'put q 7' })
    const got = page.ask({ type: 'operate', at: 0, line: 'get q' })
    await answered
    expect(await page.answer(got)).toMatchObject({ type: 'done', text: 'get q → 7' })
    const early = page.ask({ type: 'operate', at: 0, line: 'compact 99999' })
    expect(await page.answer(early)).toMatchObject({
      code: 'not-done',
      text: expect.stringMatching(/^Not done: /),
    })

    const next = leads(leader?.summary.epoch ?? 0)
    const crashed = page.ask({ type: 'fault', at: 0, fault: { do: 'crash', node: '@leader' } })
    await next
    const crash = page.rows.find(({ kind }) => kind === 'crash')
    const text = `Killed ${crash?.node}.`
    expect(await page.answer(crashed)).toMatchObject({ type: 'done', text })
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
    expect(made).toHaveLength(1)
    expect(await readdir(own)).toEqual([])
  })

  test('nodes come into a live session and leave it, and the page hears what came of each change', async () => {
    const page = new Page({ goLive: startLive })
    const change = (what: MemberChange['do'], node: string) =>
      page.answer(page.ask({ type: 'members', change: { do: what, node } }))
    try {
      page.ask({ type: 'go-live', lab: 'raft', nodes: 3 })
      await page.next('summaries', ({ changes }) =>
        changes.some(({ summary }) => summary.shape === 'leader'),
      )
      const four = page.next('nodes')
      const shapes: string[] = []
      const votes = page.next('summaries', ({ changes }) =>
        changes.some(({ node, summary }) => {
          if (node === 'n4' && shapes.at(-1) !== summary.shape) shapes.push(summary.shape)
          return node === 'n4' && summary.shape === 'follower'
        }),
      )
      expect(await change('add', 'n4')).toMatchObject({
        type: 'done',
        text: 'n4 runs, has caught up, and votes.',
      })
      const { row, nodes } = await four
      expect(nodes).toEqual(['n1', 'n2', 'n3', 'n4'])
      expect(row).toBeGreaterThan(0)
      await votes
      expect(shapes).toEqual(['observer', 'follower'])

      expect(await change('add', 'n4')).toMatchObject({ text: 'n4 votes already.' })
      expect(await change('add', 'other')).toMatchObject({
        code: 'cluster',
        text: 'A node cannot be called other: take n and a number up to 25.',
      })
      expect(await change('remove', 'n9')).toMatchObject({ text: 'There is no node n9.' })

      const three = page.next('nodes')
      expect(await change('remove', 'n4')).toMatchObject({ type: 'done' })
      expect(await three).toMatchObject({ nodes: ['n1', 'n2', 'n3'] })

      // Of three voters one is down: without another there would be no majority.
      await page.answer(page.ask({ type: 'fault', at: 0, fault: { do: 'crash', node: 'n2' } }))
      const refused = await change('remove', 'n3')
      expect(refused).toMatchObject({
        code: 'cluster',
        text: 'Without n3 too few voters would run to commit anything: not n2. Start it first, or add a node.',
      })
      for (const { kind, cause, node, peer } of page.rows) {
        if (kind !== 'deliver' || (cause < 0 && (peer === 'n2' || peer === 'n4'))) continue
        expect(page.rows[cause]).toMatchObject({ kind: 'send', node: peer, peer: node })
      }
    } finally {
      await page.end()
    }
  })

  test('a change that waits is given up when the session ends', async () => {
    const page = new Page({ goLive: startLive })
    page.ask({ type: 'go-live', lab: 'raft', nodes: 1 })
    await page.next('summaries', ({ changes }) =>
      changes.some(({ summary }) => summary.shape === 'leader'),
    )
    page.ask({ type: 'fault', at: 0, fault: { do: 'pause', node: 'n1' } })
    const asked = page.ask({ type: 'members', change: { do: 'remove', node: 'n1' } })
    await page.next('rows', ({ rows }) => rows.kind.includes('pause'))
    await page.end()
    expect(await page.answer(asked)).toMatchObject({
      type: 'refused',
      text: expect.stringContaining('Nobody leads now'),
    })
  })
})
