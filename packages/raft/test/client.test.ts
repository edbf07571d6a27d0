import type { Message, NodeId, Port, Reply } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { type ClientResult, everyKey, RaftClient } from '../src/index.ts'
import { configurationOf } from '../src/configuration.ts'
import { asIndex } from '../src/term.ts'

type Answer = ClientResult | 'silence'

/** A port to nodes that are functions of the request, on a clock that only calls and sleeps move. */
class ScriptedPort implements Port {
  readonly id = 'c1'
  readonly asked: { readonly to: NodeId; readonly request: Message; readonly timeout: number }[] =
    []
  #now = 0
  readonly #answer: (to: NodeId, request: Message) => Answer

  constructor(answer: (to: NodeId, request: Message) => Answer) {
    this.#answer = answer
  }

  wall(): number {
    return this.#now
  }

  elapsed(): number {
    return this.#now
  }

  random(): number {
    return 0
  }

  sleep(after: number): Promise<void> {
    this.#now += after
    return Promise.resolve()
  }

  call(to: NodeId, request: Message, timeout: number): Promise<Reply | undefined> {
    this.asked.push({ to, request, timeout })
    const result = this.#answer(to, request)
    this.#now += result === 'silence' ? timeout : 1
    if (result === 'silence') return Promise.resolve(undefined)
    const reply = { type: 'ClientReply', re: this.asked.length, result }
    return Promise.resolve(reply)
  }
}

const nodes = ['n1', 'n2', 'n3']
const opened: ClientResult = { type: 'opened', session: asIndex(7) }
const done: ClientResult = { type: 'applied', value: { type: 'done' } }
const members = (...voters: readonly NodeId[]): ClientResult => ({
  type: 'members',
  configuration: configurationOf(voters),
  committed: true,
})
const notLeader = (leader: NodeId | null): ClientResult => ({ type: 'not-leader', leader })

function clientOf(answer: (to: NodeId, request: Message, nth: number) => Answer) {
  let nth = 0
  const port = new ScriptedPort((to, request) =>
    request.type === 'OpenSession' ? opened : answer(to, request, nth++),
  )
  const options = { nodes, timeoutMs: 1000, attemptTimeoutMs: 100, backoffMs: 10 }
  return { port, client: new RaftClient(port, options) }
}

describe('a client', () => {
  it('opens a session first, and numbers its operations in it', async () => {
    const { port, client } = clientOf(() => done)
    await Promise.all([client.put('x', '1'), client.put('x', '2')])
    expect(port.asked.map(({ request }) => request)).toMatchObject([
      { type: 'OpenSession' },
      { session: { client: 7, seq: 1 }, op: { value: '1' } },
      { session: { client: 7, seq: 2 }, op: { value: '2' } },
    ])
  })

  it('waits a little and asks the next leader when the old one hands over', async () => {
    const { port, client } = clientOf((to) =>
      to === 'n3' ? done : { type: 'transferring', to: 'n3' },
    )
    expect(await client.put('x', '1')).toEqual({ type: 'ok', value: undefined })
    expect(port.asked.map(({ to }) => to)).toEqual(['n1', 'n1', 'n3'])
  })

  it.each<[ClientResult, boolean]>([
    [{ type: 'transferring', to: 'n2' }, true],
    [{ type: 'unknown-member' }, false],
  ])('that asks the leader to hand over hears whether it does: %j', async (result, expected) => {
    const { port, client } = clientOf((to) => (to === 'n2' ? result : notLeader('n2')))
    expect(await client.handOver('n2')).toBe(expected)
    expect(port.asked.map(({ to }) => to)).toEqual(['n1', 'n2'])
  })

  it('follows a hint to the leader, and stays there', async () => {
    const { port, client } = clientOf((to) => (to === 'n3' ? done : notLeader('n3')))
    expect(await client.put('x', '1')).toEqual({ type: 'ok', value: undefined })
    await client.put('x', '2')
    expect(port.asked.map(({ to }) => to)).toEqual(['n1', 'n1', 'n3', 'n3'])
  })

  it('follows a hint to a leader that joined after it began, and asks the others when that one is gone', async () => {
    let gone = false
    const { port, client } = clientOf((to) => {
      if (to === 'n9') return gone ? 'silence' : done
      return gone && to === 'n2' ? done : notLeader('n9')
    })
    expect(await client.put('x', '1')).toEqual({ type: 'ok', value: undefined })
    expect(port.asked.at(-1)?.to).toBe('n9')
    gone = true
    expect(await client.put('x', '2')).toEqual({ type: 'ok', value: undefined })
    expect(port.asked.at(-1)?.to).toBe('n2')
  })

  it('asks who belongs to the cluster when it is sent to a node that it does not know', async () => {
    const { port, client } = clientOf((to, { type }) => {
      if (to !== 'n9') return type === 'ClientRead' ? done : notLeader('n9')
      return type === 'Members' ? members('n8', 'n9') : done
    })
    await client.put('x', '1')
    await Promise.resolve()
    const asked = port.asked.length
    for (let i = 0; i < 4; i++) await client.operate({ type: 'get', key: 'x' }, 'any')
    expect(port.asked.filter(({ request }) => request.type === 'Members')).toMatchObject([
      { to: 'n9' },
    ])
    expect(port.asked.slice(asked).map(({ to }) => to)).toEqual(['n8', 'n8', 'n8', 'n8'])
  })

  it('asks members only for what any member may answer, and all that it ever knew for who leads', async () => {
    let leader = 'n1'
    const { port, client } = clientOf((to, { type }) => {
      if (to === 'n9') return 'silence'
      if (to !== leader) return notLeader(null)
      return type === 'Members' ? members('n9') : done
    })
    expect(await client.members()).toMatchObject({ voters: ['n9'] })
    expect(await client.operate({ type: 'get', key: 'x' }, 'any')).toMatchObject({
      type: 'failed',
    })
    const reads = port.asked.filter(({ request }) => request.type === 'ClientRead')
    expect(reads.length).toBeGreaterThan(4)
    expect(new Set(reads.map(({ to }) => to))).toEqual(new Set(['n9']))
    const doubts = port.asked.filter(({ request }) => request.type === 'Members')
    expect(doubts.length).toBeLessThan(reads.length / 2)
    leader = 'n3'
    expect(await client.put('x', '1')).toEqual({ type: 'ok', value: undefined })
  })

  it('is not sent in circles by hints', async () => {
    const circle = { n1: 'n2', n2: 'n1' } as const
    const { client } = clientOf((to) => (to === 'n3' ? done : notLeader(circle[to as 'n1' | 'n2'])))
    expect(await client.put('x', '1')).toEqual({ type: 'ok', value: undefined })
  })

  it('asks again with the same number after silence and after a deposition, more patiently', async () => {
    const { port, client } = clientOf((_to, _request, nth) =>
      nth === 0 ? 'silence' : nth === 1 ? { type: 'deposed' } : done,
    )
    expect((await client.put('x', '1')).type).toBe('ok')
    const attempts = port.asked.slice(1)
    expect(
      attempts.map(({ request }) => (request as Message & { session: unknown }).session),
    ).toEqual(attempts.map(() => ({ client: 7, seq: 1, received: 0 })))
    expect(attempts.map(({ timeout }) => timeout)).toEqual([100, 200, 200])
  })

  it('asks nobody any more once it is given up, and says what it knows', async () => {
    const controller = new AbortController()
    const port = new ScriptedPort((_, request) => {
      if (request.type === 'OpenSession') return opened
      controller.abort()
      return 'silence'
    })
    const client = new RaftClient(port, { nodes, timeoutMs: 60_000, signal: controller.signal })
    const outcome = await client.put('x', '1')
    expect(outcome).toMatchObject({ type: 'unknown', code: 'timeout' })
    expect(port.asked).toHaveLength(2)
    expect(await client.get('x')).toMatchObject({ type: 'failed', code: 'not-leader' })
    expect(await client.get('x', 'any')).toMatchObject({ type: 'failed', code: 'not-leader' })
    expect(await client.members()).toBeUndefined()
    expect(await client.watch(everyKey).next()).toEqual({ done: true, value: undefined })
    expect(await client.watch(everyKey, { fromRevision: 1 }).next()).toMatchObject({ done: true })
    expect(port.asked).toHaveLength(2)
  })

  it('knows nothing of a write that nobody answered in time', async () => {
    const { client } = clientOf(() => 'silence')
    expect(await client.put('x', '1')).toMatchObject({ type: 'unknown', code: 'timeout' })
  })

  it('knows that a read which nobody answered did nothing', async () => {
    const { client } = clientOf(() => 'silence')
    expect(await client.get('x')).toMatchObject({ type: 'failed', code: 'timeout' })
  })

  it('knows that a write did nothing when every node refused it', async () => {
    const { client } = clientOf(() => notLeader(null))
    expect(await client.put('x', '1')).toMatchObject({ type: 'failed', code: 'not-leader' })
  })

  it('fails at once when the leader is overloaded, unless an earlier copy may have got through', async () => {
    const overloaded: ClientResult = { type: 'overloaded' }
    const first = clientOf(() => overloaded)
    expect(await first.client.put('x', '1')).toMatchObject({ type: 'failed', code: 'overloaded' })
    const second = clientOf((_to, _request, nth) => (nth === 0 ? 'silence' : overloaded))
    expect(await second.client.put('x', '1')).toMatchObject({ type: 'unknown' })
  })

  it('opens another session when its own expired before anything was asked in it', async () => {
    const { port, client } = clientOf((_to, _request, nth) =>
      nth === 0 ? { type: 'session-expired' } : done,
    )
    expect((await client.put('x', '1')).type).toBe('ok')
    expect(port.asked.map(({ request }) => request.type)).toEqual([
      'OpenSession',
      'ClientRequest',
      'OpenSession',
      'ClientRequest',
    ])
  })

  it('does not know what an expired session did with an earlier copy', async () => {
    const { client } = clientOf((_to, _request, nth) =>
      nth === 0 ? 'silence' : { type: 'session-expired' },
    )
    expect(await client.put('x', '1')).toMatchObject({ type: 'unknown', code: 'session-expired' })
  })

  it('takes an answer that is none for silence', async () => {
    const strange = [{ type: 'applied', value: null }, { type: 'gossip' }, null, undefined, 7]
    for (const answer of strange) {
      const { client } = clientOf((_to, _request, nth) =>
        nth === 0 ? (answer as unknown as Answer) : done,
      )
      expect((await client.put('x', '1')).type).toBe('ok')
    }
  })

  it('says what each operation returned', async () => {
    const { client } = clientOf((_to, _request, nth) => {
      const values = [
        { type: 'value', value: '1' },
        { type: 'deleted', existed: true },
        { type: 'swapped', swapped: false },
      ] as const
      return { type: 'applied', value: values[nth] ?? { type: 'done' } }
    })
    expect(await client.get('x')).toEqual({ type: 'ok', value: '1' })
    expect(await client.delete('x')).toEqual({ type: 'ok', value: true })
    expect(await client.cas('x', null, '2')).toEqual({ type: 'ok', value: false })
  })

  it('names the leader that it could not reach', async () => {
    const { client } = clientOf((to) => notLeader(to === 'n1' ? 'n3' : null))
    const outcome = await client.put('x', '1')
    expect(outcome).toMatchObject({ type: 'failed', code: 'not-leader' })
    const lonely = clientOf(() => notLeader('n9')).client
    expect(await lonely.put('x', '1')).toMatchObject({ code: 'not-leader', leader: 'n9' })
  })

  it.each<[ClientResult, string, RegExp]>([
    [{ type: 'too-large', bytes: 9, bytesMax: 8 }, 'too-large', /takes 9 bytes .* at most 8/],
    [{ type: 'superseded' }, 'dropped', /ask again as a new operation/],
    [{ type: 'transferring', to: 'n2' }, 'dropped', /handing over to n2/],
    [{ type: 'overloaded' }, 'overloaded', /fewer operations under way/],
  ])('says why nothing was done, and how to mend it: %j', async (result, code, text) => {
    const { client } = clientOf(() => result)
    const outcome = await client.put('x', '1')
    expect(outcome).toMatchObject({ type: 'failed', code })
    expect((outcome as { text: string }).text).toMatch(text)
  })
})

describe('a client with several operations under way', () => {
  /** A port whose calls are answered by hand. */
  class OpenPort extends ScriptedPort {
    readonly calls: {
      readonly request: Message
      readonly answer: (result: ClientResult) => void
    }[] = []

    override call(to: NodeId, request: Message, timeout: number): Promise<Reply | undefined> {
      if (request.type === 'OpenSession') return super.call(to, request, timeout)
      return new Promise((resolve) => {
        const answer = (result: ClientResult): void => {
          const reply = { type: 'ClientReply', re: 1, result }
          resolve(reply)
        }
        this.calls.push({ request, answer })
      })
    }
  }

  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const sessions = (port: OpenPort) =>
    port.calls.map(({ request }) => (request as Message & { session: unknown }).session)

  it('asks so many at once, and says which answers it has', async () => {
    const port = new OpenPort(() => opened)
    const client = new RaftClient(port, { nodes, pipelineMax: 2 })
    const puts = ['1', '2', '3', '4'].map((value) => client.put('x', value))
    await settled()
    expect(sessions(port)).toEqual([
      { client: 7, seq: 1, received: 0 },
      { client: 7, seq: 2, received: 0 },
    ])
    port.calls[1]?.answer(done)
    await settled()
    expect(port.calls).toHaveLength(2)
    port.calls[0]?.answer(done)
    await settled()
    expect(sessions(port).slice(2)).toEqual([
      { client: 7, seq: 3, received: 2 },
      { client: 7, seq: 4, received: 2 },
    ])
    for (const { answer } of port.calls.slice(2)) answer(done)
    expect(await Promise.all(puts)).toEqual(puts.map(() => ({ type: 'ok', value: undefined })))
    expect(port.asked).toHaveLength(1)
  })

  it('opens one session in the place of one that expired, and asks all in it again', async () => {
    const port = new OpenPort(() => opened)
    const client = new RaftClient(port, { nodes, pipelineMax: 3 })
    const puts = ['1', '2', '3', '4'].map((value) => client.put('x', value))
    await settled()
    for (const { answer } of port.calls.splice(0)) answer({ type: 'session-expired' })
    await settled()
    expect(port.asked).toHaveLength(2)
    expect(sessions(port)).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }])
    for (const { answer } of port.calls.splice(0)) answer(done)
    await settled()
    expect(sessions(port)).toEqual([{ client: 7, seq: 4, received: 3 }])
    port.calls[0]?.answer(done)
    expect((await Promise.all(puts)).every(({ type }) => type === 'ok')).toBe(true)
  })
})
