import type { Build, Message } from '@lockstep/process'
import { describe, expect, test } from 'vitest'
import { connectControl } from '../../src/index.ts'
import { clientOf, echo, started, watched } from '../cluster.ts'
import { counter } from '../counter.ts'

/** n1 asks n2 when a client says so, by `pass`; n2 reports. */
async function pair() {
  const n2 = await started('n2', echo)
  const n1 = await started('n1', echo, { peers: { n2: n2.url } })
  n2.setPeers({ n1: n1.url })
  const client = clientOf(n1, n2)
  const [at1, at2] = await Promise.all([watched(n1), watched(n2)])
  let texts = 0
  /** Sends one message from n1 to n2 and returns its text. */
  const pass = (): string => {
    const text = `text ${texts++}`
    void client.call('n1', Object.assign({ type: 'pass' }, { to: 'n2', text }), 10)
    return text
  }
  const sent = (text: string) =>
    at1.until(({ kind, data }) => kind === 'send' && (data as { text?: string }).text === text)
  return { n1, n2, client, at1, at2, pass, sent }
}

describe('the trace of a live node', () => {
  test('pairs the sending of a message with its delivery at another node', async () => {
    const { at2, pass, sent } = await pair()
    const send = await sent(pass())
    const deliver = await at2.until(({ kind, value }) => kind === 'deliver' && value === send.value)
    expect(send).toMatchObject({ node: 'n1', peer: 'n2', name: 'passed', data: { type: 'passed' } })
    expect(deliver).toMatchObject({ node: 'n2', peer: 'n1', name: 'passed' })
    expect(deliver.at).toBeGreaterThan(1e15)
  })

  test('counts its rows, and names the row that made an event happen', async () => {
    const node = await started('n1', counter)
    const { events, until } = await watched(node)
    await clientOf(node).call('n1', { type: 'increment' }, 30_000)
    await until(({ kind }) => kind === 'send')
    expect(events.map(({ row }) => row)).toEqual(events.map((_, index) => index))
    const deliver = events.find(({ kind }) => kind === 'deliver')
    const append = events.find(({ kind }) => kind === 'append')
    const send = events.find(({ kind }) => kind === 'send')
    expect(append).toMatchObject({ cause: deliver?.row, value: 0 })
    expect(send).toMatchObject({ cause: deliver?.row, peer: 'c1', name: 'count' })
    expect(events.findIndex(({ kind }) => kind === 'sync')).toBeLessThan(
      events.findIndex((event) => event === send),
    )
  })

  test('has timers, marks and syncs', async () => {
    const build: Build = (context) => ({
      start: () => context.setTimer('tick', 1),
      receive: () => undefined,
      timeout: () => {
        context.mark('ticked', { at: 1 })
        context.setTimer('never', 1_000)
        context.clearTimer('never')
        context.setTimer('tick', 1)
      },
      view: () => ({ fine: true }),
    })
    const { events, until } = await watched(await started('n1', build))
    const arm = await until(({ kind, name }) => kind === 'arm' && name === 'tick')
    const fire = await until(({ kind, cause }) => kind === 'fire' && cause === arm.row)
    expect(fire.at).toBeGreaterThanOrEqual(arm.value - 1)
    await until(({ kind }) => kind === 'disarm')
    expect(events.find(({ kind }) => kind === 'mark')).toMatchObject({
      name: 'ticked',
      data: { at: 1 },
    })
  })
})

test('look tells the view, the incarnation, the timers and what is not synced', async () => {
  const build: Build = (context) => ({
    start: () => context.setTimer('tick', 60_000),
    receive: (_, message: Message) => void context.append(message),
    timeout: () => undefined,
    view: () => ({ fine: true }),
  })
  const node = await started('n1', build)
  const control = await connectControl(node.url, 'test')
  await control.fault({ do: 'stall', node: 'n1', by: 600_000 })
  await clientOf(node).call('n1', { type: 'keep' }, 50)
  const { timers, ...state } = await control.look()
  expect(state).toEqual({
    id: 'n1',
    incarnation: 1,
    view: { fine: true },
    unsynced: 1,
    clockOffsetMs: expect.closeTo(0, 0),
    refusedLinks: 0,
    traffic: {},
    clientTraffic: {
      sentMessages: 0,
      sentBytes: 0,
      receivedMessages: 1,
      receivedBytes: expect.any(Number),
    },
    disk: { logBytes: expect.any(Number), snapshotBytes: 0 },
  })
  expect(timers).toMatchObject([{ name: 'tick' }])
  expect((timers[0]?.dueAt ?? 0) - (timers[0]?.armedAt ?? 0)).toBe(60_000_000)
  await control.close()
})

describe('faults', () => {
  test.each(['at the sender', 'at the receiver'])(
    'a cut held %s drops what passes',
    async (where) => {
      const { at1, at2, pass } = await pair()
      const { control, until } = where === 'at the sender' ? at1 : at2
      await control.fault({ do: 'cut', from: 'n1', to: 'n2' })
      const lost = pass()
      const drop = await until(({ kind }) => kind === 'drop')
      expect(drop).toMatchObject({ node: 'n1', peer: 'n2', name: 'passed', value: 1 })
      await control.fault({ do: 'mend', from: 'n1', to: 'n2' })
      pass()
      await at2.until(({ kind }) => kind === 'deliver')
      expect(at2.events.filter(({ kind }) => kind === 'deliver')).toHaveLength(1)
      expect(lost).toBe('text 0')
    },
  )

  test('a cut is reported once, by its sender', async () => {
    const { at1, at2 } = await pair()
    for (const { control } of [at1, at2])
      await control.fault({ do: 'cut', from: 'n1', to: 'n2', both: true })
    await at1.until(({ kind }) => kind === 'cut')
    await at2.until(({ kind }) => kind === 'cut')
    const cuts = [...at1.events, ...at2.events].filter(({ kind }) => kind === 'cut')
    expect(cuts.map(({ node, peer }) => `${node}>${peer}`)).toEqual(['n1>n2', 'n2>n1'])
  })

  test('an isolated node hears nobody until the heal', async () => {
    const { client, at1 } = await pair()
    await client.call('n1', { type: 'echo' }, 30_000)
    await at1.control.fault({ do: 'isolate', node: 'n1' })
    expect(await client.call('n1', { type: 'echo' }, 50)).toBeUndefined()
    await at1.control.fault({ do: 'heal' })
    expect(await client.call('n1', { type: 'echo' }, 30_000)).toBeDefined()
  })

  test('a partition cuts between its groups and leaves others alone', async () => {
    const { client, at1, pass } = await pair()
    await at1.control.fault({ do: 'partition', groups: [['n1'], ['n2']] })
    pass()
    await at1.until(({ kind, value }) => kind === 'drop' && value === 1)
    expect(await client.call('n1', { type: 'echo' }, 30_000)).toBeDefined()
  })

  test('a slow link delays and keeps the order', async () => {
    const { at1, at2, pass, sent } = await pair()
    await at1.control.fault({ do: 'slow', from: 'n1', to: 'n2', by: 100 })
    const first = await sent(pass())
    const second = await sent(pass())
    const arrived = await at2.until(
      ({ kind, value }) => kind === 'deliver' && value === second.value,
    )
    expect(arrived.at - second.at).toBeGreaterThanOrEqual(99_000)
    const numbers = at2.events.filter(({ kind }) => kind === 'deliver').map(({ value }) => value)
    expect(numbers).toEqual([first.value, second.value])
  })

  test('a lossy link loses its share', async () => {
    const { at1, pass } = await pair()
    await at1.control.fault({ do: 'lose', from: 'n1', to: 'n2', share: 1 })
    pass()
    expect(await at1.until(({ kind }) => kind === 'drop')).toMatchObject({ value: 0 })
  })

  test('a stalled disk keeps an acknowledgement back', async () => {
    const node = await started('n1', counter)
    const { control } = await watched(node)
    const client = clientOf(node)
    await client.call('n1', { type: 'increment' }, 30_000)
    await control.fault({ do: 'stall', node: 'n1', by: 150 })
    const before = performance.now()
    await client.call('n1', { type: 'increment' }, 30_000)
    expect(performance.now() - before).toBeGreaterThanOrEqual(149)
  })

  test('a heal ends a stall that is under way', async () => {
    const node = await started('n1', counter)
    const { control, until } = await watched(node)
    await control.fault({ do: 'stall', node: 'n1', by: 600_000 })
    const answer = clientOf(node).call('n1', { type: 'increment' }, 30_000)
    await until(({ kind }) => kind === 'append')
    await control.fault({ do: 'heal' })
    expect(await answer).toMatchObject({ count: 1 })
  })

  test('a clock jumps and runs at another rate, and timers follow', async () => {
    const build: Build = (context) => ({
      start: () => undefined,
      receive: (from, message: Message & { id?: number }) => {
        if (message.type === 'sleep') context.setTimer(`${from}/${message.id}`, 5_000)
        if (message.type === 'clocks') {
          const clocks = { wall: context.wall(), elapsed: context.elapsed() }
          context.send(from, Object.assign({ type: 'clocks', re: message.id }, clocks))
        }
      },
      timeout: (name) => {
        const [to = '', id] = name.split('/')
        context.send(to, Object.assign({ type: 'slept', re: Number(id) }))
      },
      view: () => undefined,
    })
    const node = await started('n1', build)
    const { control, until } = await watched(node)
    const client = clientOf(node)
    const slept = client.call('n1', { type: 'sleep' }, 60_000)
    await until(({ kind }) => kind === 'arm')
    // A timer that was armed before the rate changed follows it.
    await control.fault({ do: 'clock', node: 'n1', jump: -3_600_000, rate: 100 })
    expect(await slept).toBeDefined()
    const clocks = await client.call('n1', { type: 'clocks' }, 30_000)
    expect(clocks).toMatchObject({ type: 'clocks' })
    const { wall = 0, elapsed = 0 } = clocks as { wall?: number; elapsed?: number }
    expect(wall).toBeLessThan(Date.now() - 1_800_000)
    expect(elapsed).toBeGreaterThanOrEqual(5_000)
    expect(await until(({ kind }) => kind === 'clock')).toMatchObject({ node: 'n1' })
    expect((await control.look()).clockOffsetMs).toBeGreaterThan(-3_600_000)
  })

  test('an address that is none is refused', async () => {
    const { control } = await watched(await started('n1', echo))
    await expect(control.setPeers({ n2: 'nowhere' })).rejects.toMatchObject({ code: 'refused' })
    expect(await control.look()).toMatchObject({ id: 'n1' })
  })

  test('a fault that is none is refused, and says what was expected', async () => {
    const { control } = await watched(await started('n1', echo))
    const crash = { do: 'crash', node: 'n1' } as never
    await expect(control.fault(crash)).rejects.toMatchObject({ code: 'refused' })
    const share = control.fault({ do: 'lose', from: 'a', to: 'b', share: 2 })
    await expect(share).rejects.toThrow(/share/)
  })
})
