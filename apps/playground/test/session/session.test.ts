import { fc } from '@fast-check/vitest'
import type { Fault } from '@lockstep/process'
import { run, type Scenario } from '@lockstep/sim'
import { describe, expect, test } from 'vitest'
import { areas } from '../../src/areas.ts'
import type { FromSession } from '../../src/session/protocol.ts'
import { Page } from './page.ts'

const [{ lab }] = areas as [(typeof areas)[number]]
const calm: Scenario = {
  ...lab.scenario,
  work: { clients: 2, operations: 12, thinkMs: 60, timeoutMs: 800, keys: 2 },
  faults: [],
  healMs: 1_500,
  quietMs: 500,
}

interface Edit {
  readonly at: number
  /** A fault, 'undo', 'redo', or a line of the console. */
  readonly what: Fault | string
}

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ do: fc.constant('crash' as const), node: fc.constantFrom('n1', 'n2', '@leader') }),
  fc.record({ do: fc.constant('isolate' as const), node: fc.constantFrom('n1', 'n3') }),
  fc.record({
    do: fc.constant('cut' as const),
    from: fc.constantFrom('n1', 'n2'),
    to: fc.constant('n3'),
    both: fc.boolean(),
  }),
)

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat({ max: 3_000_000 }),
  what: fc.oneof(fault, fc.constantFrom('put x 3', 'get x', 'cas x 3 4', 'undo', 'redo')),
})

/** What a page holds after edits is what it would hold had it opened the edited scenario. */
async function holdsAFreshRun(lens?: (message: FromSession) => FromSession): Promise<boolean> {
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 })
  const drawn = fc.boolean()
  const property = fc.asyncProperty(edits, drawn, async (list, withFaults) => {
    const page = new Page(lens === undefined ? {} : { lens })
    const scenario = withFaults ? { ...calm, faults: lab.scenario.faults } : calm
    await page.run({ type: 'open', scenario })
    for (const { at, what } of list) await page.run(requestOf(at, what))
    const fresh = new Page()
    await fresh.run({ type: 'open', scenario: page.opened?.scenario ?? scenario })
    expect(page.misplaced).toBe(0)
    expect(page.rows).toEqual(fresh.rows)
    expect(page.judged).toEqual(fresh.judged)
  })
  return !(await fc.check(property, { numRuns: 25 })).failed
}

function requestOf(at: number, what: Edit['what']): Parameters<Page['run']>[0] {
  if (what === 'undo' || what === 'redo') return { type: what }
  if (typeof what === 'string') return { type: 'operate', at, line: what }
  return { type: 'fault', at, fault: what }
}

describe('an edited run', () => {
  test('is what a fresh run of the edited scenario is, sent from its first difference on', async () => {
    expect(await holdsAFreshRun()).toBe(true)
  })

  test('a session that names its first difference too late is caught', async () => {
    const late = (message: FromSession): FromSession =>
      message.type === 'opened' && message.fromRow > 0
        ? { ...message, fromRow: message.fromRow + 3 }
        : message
    expect(await holdsAFreshRun(late)).toBe(false)
  })

  test('keeps what stands before the edit and leaves room to see what comes of it', async () => {
    const page = new Page()
    await page.run({ type: 'open', scenario: calm })
    const before = page.rows.slice()
    await page.run({ type: 'fault', at: 1_400_000, fault: { do: 'crash', node: '@leader' } })
    const fromRow = page.opened?.fromRow ?? 0
    expect(before[fromRow - 1]?.at).toBeLessThanOrEqual(1_400_001)
    expect(page.rows.slice(0, fromRow)).toEqual(before.slice(0, fromRow))
    expect(page.rows[fromRow]).toMatchObject({ kind: 'crash', at: 1_400_001 })
    expect(page.judged?.end).toBeGreaterThan(4_400_000)
  })

  test('that is overtaken before it came to a difference is answered', async () => {
    const page = new Page()
    await page.run({ type: 'open', scenario: calm })
    const overtaken = [1, 2].map((n) =>
      page.ask({ type: 'operate', at: 900_000, line: `put x ${n}` }),
    )
    await page.run({ type: 'operate', at: 900_000, line: 'put x 3' })
    for (const request of overtaken) {
      const answers = page.messages.filter((m) => 'request' in m && m.request === request)
      expect(answers).toEqual([{ type: 'done', request, text: expect.stringMatching(/^Done; /) }])
    }
    expect(page.opened?.scenario.hand).toHaveLength(3)
  })

  test('goes back, edit by edit, until there is nothing left to take back', async () => {
    const page = new Page()
    const hashes = [await page.run({ type: 'open', scenario: calm })]
    hashes.push(await page.run({ type: 'operate', at: 500_000, line: 'put x 9' }))
    await page.run({ type: 'fault', at: 600_000, fault: { do: 'crash', node: 'n1' } })
    expect(await page.run({ type: 'undo' })).toEqual(hashes[1])
    expect(await page.run({ type: 'undo' })).toEqual(hashes[0])
    expect(await page.run({ type: 'undo' })).toMatchObject({ code: 'nothing-to-undo' })
  })

  test('goes forward again, until another edit takes the place of what was taken back', async () => {
    const page = new Page()
    await page.run({ type: 'open', scenario: calm })
    const put = await page.run({ type: 'operate', at: 500_000, line: 'put x 9' })
    const crash = await page.run({
      type: 'fault',
      at: 600_000,
      fault: { do: 'crash', node: 'n1' },
    })
    await page.run({ type: 'undo' })
    await page.run({ type: 'undo' })
    expect(await page.run({ type: 'redo' })).toEqual(put)
    expect(await page.run({ type: 'redo' })).toEqual(crash)
    expect(await page.run({ type: 'redo' })).toMatchObject({ code: 'nothing-to-redo' })
    await page.run({ type: 'undo' })
    await page.run({ type: 'operate', at: 700_000, line: 'put x 10' })
    expect(await page.run({ type: 'redo' })).toMatchObject({ code: 'nothing-to-redo' })
  })
})

/** What is asked for takes some tens of turns of the event loop. */
const turnsMax = 5_000

/** Whether every one of some requests that follow each other at once gets an answer. */
async function isAnswered(lens?: (message: FromSession) => FromSession): Promise<boolean> {
  const asked: fc.Arbitrary<Parameters<Page['ask']>[0]> = fc.oneof(
    edit.map(({ at, what }) => requestOf(at, what)),
    fc.record({ type: fc.constant('look' as const), step: fc.nat({ max: 900 }) }),
    fc.record({ type: fc.constant('message' as const), row: fc.nat({ max: 900 }) }),
    fc.constant({ type: 'members' as const, change: { do: 'add' as const, node: 'n4' } }),
    fc.constant({ type: 'open' as const, scenario: calm }),
  )
  const property = fc.asyncProperty(
    fc.array(asked, { minLength: 2, maxLength: 8 }),
    async (list) => {
      const page = new Page(lens === undefined ? {} : { lens })
      await page.run({ type: 'open', scenario: calm })
      const requests = list.map((one) => page.ask(one))
      const open = (): readonly number[] => {
        const answered = page.messages.flatMap((m) => ('request' in m ? [m.request] : []))
        return requests.filter((request) => !answered.includes(request))
      }
      for (let turns = 0; turns < turnsMax && open().length > 0; turns++) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(open()).toEqual([])
    },
  )
  return !(await fc.check(property, { numRuns: 25 })).failed
}

describe('requests that come faster than they are done', () => {
  test('are all answered, whichever overtakes which', async () => {
    expect(await isAnswered()).toBe(true)
  })

  test('a session that forgets whom it overtook is caught', async () => {
    const forgets = (message: FromSession): FromSession =>
      message.type === 'done' ? { ...message, request: -1 } : message
    expect(await isAnswered(forgets)).toBe(false)
  })
})

describe('a session', () => {
  test('gives the trace hash, the verdict and the rows that a plain run gives', async () => {
    const page = new Page()
    const plain = await run(lab, lab.scenario, { keeping: { rows: 'all' } })
    const judged = await page.run({ type: 'open', scenario: lab.scenario })
    expect(judged).toMatchObject({ traceHash: plain.traceHash, verdict: plain.verdict })
    expect(page.rows).toHaveLength(plain.trace.length)
    for (const [row, held] of page.rows.entries()) {
      expect(plain.trace.event(row)).toMatchObject(held)
    }
  })

  test('tells what the clients saw, how nodes changed, and what events mean', async () => {
    const page = new Page()
    await page.run({ type: 'open', scenario: calm })
    await page.run({ type: 'operate', at: 900_000, line: 'put x 9' })
    const history = page.messages.findLast(({ type }) => type === 'history')
    expect(history).toMatchObject({
      operations: expect.arrayContaining([
        expect.objectContaining({ client: 'you', text: 'put x = 9', outcome: 'ok' }),
      ]),
    })
    const summaries = page.messages.flatMap((m) => (m.type === 'summaries' ? m.changes : []))
    expect(summaries.some(({ summary }) => summary.shape === 'leader')).toBe(true)
    const said = page.messages.flatMap((m) => (m.type === 'rows' ? m.rows.sentences : []))
    expect(said.some(([, sentence]) => sentence.includes('became leader'))).toBe(true)
  })

  test('says of every message how it is drawn', async () => {
    const page = new Page()
    await page.run({ type: 'open', scenario: calm })
    const glyphs = page.messages.flatMap((m) => (m.type === 'rows' ? m.rows.glyphs : []))
    const sent = [...page.rows.entries()].filter(([, { kind }]) => /send|duplicate/.test(kind))
    expect(glyphs.map(([row]) => row)).toEqual(sent.map(([row]) => row))
  })

  test('a newer run takes the place of one that is not done', async () => {
    const page = new Page()
    const long = { ...calm, work: { ...calm.work, clients: 8, operations: 4_000, thinkMs: 1 } }
    page.ask({ type: 'open', scenario: { ...long, healMs: 60_000 } })
    await page.next('rows')
    await page.run({ type: 'open', scenario: calm })
    const fresh = new Page()
    await fresh.run({ type: 'open', scenario: calm })
    expect(page.rows).toEqual(fresh.rows)
    expect(page.messages.filter(({ type }) => type === 'judged')).toHaveLength(1)
  })

  test('shows the nodes after any step, forwards and backwards', async () => {
    const page = new Page()
    await page.run({ type: 'open', scenario: calm })
    const steps = page.judged?.steps ?? 0
    const looks: unknown[] = []
    for (const step of [0, 40, steps, 40]) {
      const views = page.next('views')
      page.ask({ type: 'look', step })
      const { nodes } = await views
      expect(nodes.map(({ id }) => id)).toEqual(page.opened?.nodes)
      looks.push(nodes)
    }
    expect(looks[3]).toEqual(looks[1])
    expect(looks[2]).not.toEqual(looks[1])
  })

  test('says of a look that a newer one overtook it', async () => {
    const page = new Page()
    await page.run({ type: 'open', scenario: calm })
    const refused = page.next('refused')
    const views = page.next('views')
    const first = page.ask({ type: 'look', step: 40 })
    const second = page.ask({ type: 'look', step: 50 })
    expect(await refused).toMatchObject({ request: first, code: 'overtaken' })
    expect(await views).toMatchObject({ request: second, step: 50 })
  })

  test('shows a message by the row of its sending', async () => {
    const page = new Page()
    await page.run({ type: 'open', scenario: calm })
    const row = page.rows.findIndex(({ kind }) => kind === 'send')
    const shown = page.next('message')
    page.ask({ type: 'message', row })
    expect(await shown).toMatchObject({ row, message: { type: page.rows[row]?.name } })
  })

  test('refuses what cannot be done, says why, and leaves the run as it was', async () => {
    const page = new Page()
    expect(await page.run({ type: 'undo' })).toMatchObject({ code: 'nothing-open' })
    await page.run({ type: 'open', scenario: calm })
    const rows = page.rows.slice()
    const refusals = [
      await page.run({ type: 'open', scenario: { ...calm, nodes: -1 } }),
      await page.run({ type: 'open', scenario: { ...calm, lab: 'paxos' } }),
      await page.run({ type: 'operate', at: 1, line: 'eat x' }),
      await page.run({ type: 'fault', at: 1, fault: { do: 'crash', node: 'n9' } }),
      await page.run({ type: 'message', row: 10_000_000 }),
      await page.run({ type: 'go-live', lab: 'raft', nodes: 3 }),
      await page.run({ type: 'members', change: { do: 'add', node: 'n4' } }),
    ]
    expect(refusals.map((answer) => 'code' in answer && answer.code)).toEqual([
      'bad-scenario',
      'bad-scenario',
      'bad-operation',
      'unknown-node',
      'no-message',
      'not-live',
      'not-live',
    ])
    expect(page.rows).toEqual(rows)
  })
})
