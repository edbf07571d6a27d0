import { once } from 'node:events'
import { createServer } from 'node:http'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { plain } from '../../src/codec.ts'
import { connectClient, connectControl, type NodeEvent, type RunningNode } from '../../src/index.ts'
import {
  DiallerHandshake,
  ListenerHandshake,
  secretKey,
  type SecretRules,
  secretRules,
} from '../../src/links/secret.ts'
import { type Hello, type Proof, wireVersion } from '../../src/links/wire.ts'
import { echo, started, watched } from '../cluster.ts'

const key = secretKey('a secret')
if (key === undefined) throw new Error('no key')
const clientHello = {
  type: 'hello',
  version: wireVersion,
  role: 'client',
  cluster: 'test',
  id: 'c1',
  to: 'n1',
} as const
const peerHello = { ...clientHello, role: 'peer', id: 'n2' } as const

function dialler(rules: SecretRules, hello: Hello = clientHello): DiallerHandshake {
  return new DiallerHandshake(hello, key, rules)
}

function listener(rules: SecretRules, id: string, hello: Hello): ListenerHandshake {
  if (key === undefined) throw new Error('no key')
  return new ListenerHandshake(id, hello, key, rules)
}

function proofFor(one: DiallerHandshake, challenge: ListenerHandshake['challenge']): Proof {
  const proof = one.answer(challenge)
  if (proof === undefined) throw new Error('no proof')
  return proof
}

/**
 * What somebody tries who hears all and can answer in anybody's place, but does not know the secret.
 * Each says whether it came through.
 */
const attacks: Readonly<Record<string, (rules: SecretRules) => boolean>> = {
  'a proof that was overheard, once more': (rules) => {
    const honest = dialler(rules)
    const proof = proofFor(honest, listener(rules, 'n1', honest.hello).challenge)
    return listener(rules, 'n1', honest.hello).takes(proof)
  },
  'a proof that was overheard, under another name': (rules) => {
    const honest = dialler(rules)
    const other = listener(rules, 'n1', { ...peerHello, nonce: honest.hello.nonce ?? '' })
    return other.takes(proofFor(honest, other.challenge))
  },
  'a proof for one cluster, in another': (rules) => {
    const honest = dialler(rules)
    const other = listener(rules, 'n1', { ...honest.hello, cluster: 'other' })
    return other.takes(proofFor(honest, other.challenge))
  },
  "a node's own proof, back to it: it dials, and is dialled with what it says": (rules) => {
    const honest = dialler(rules, { ...peerHello, id: 'n1', to: 'n2' })
    const back = listener(rules, 'n1', { ...peerHello, nonce: honest.hello.nonce ?? '' })
    return back.takes(proofFor(honest, { ...back.challenge, id: 'n2' }))
  },
  "the dialler's own proof, as that of the node that it dialled": (rules) => {
    const honest = dialler(rules)
    const challenge = { type: 'challenge', id: 'n1', nonce: 'whatever it may be' } as const
    const { proof } = proofFor(honest, challenge)
    return honest.isProven({ type: 'welcome', id: 'n1', incarnation: 1, proof })
  },
  'the welcome of an earlier link, to a later one': (rules) => {
    const first = dialler(rules)
    const node = listener(rules, 'n1', first.hello)
    proofFor(first, node.challenge)
    const second = dialler(rules)
    proofFor(second, node.challenge)
    return second.isProven({ type: 'welcome', id: 'n1', incarnation: 1, proof: node.proof })
  },
  'a welcome without a proof': (rules) =>
    dialler(rules).isProven({ type: 'welcome', id: 'n1', incarnation: 1 }),
}

const fixed: SecretRules = { ...secretRules, nonce: () => 'always the same nonce' }
const unbound = (field: string): SecretRules => ({
  ...secretRules,
  signed: (side, facts) => secretRules.signed(side, { ...facts, [field]: '' }),
})

/** Mistakes, and the attacks that come through because of each. */
const mistakes: Readonly<
  Record<string, readonly [rules: SecretRules, attacks: readonly string[]]>
> = {
  'nonces that repeat': [
    fixed,
    ['a proof that was overheard, once more', 'the welcome of an earlier link, to a later one'],
  ],
  "a proof without the listener's nonce": [
    unbound('listenerNonce'),
    ['a proof that was overheard, once more'],
  ],
  "a proof without the dialler's nonce": [
    unbound('diallerNonce'),
    ['the welcome of an earlier link, to a later one'],
  ],
  'a proof without the cluster': [unbound('cluster'), ['a proof for one cluster, in another']],
  'a proof without the side': [
    { ...secretRules, signed: (_, facts) => secretRules.signed('dialler', facts) },
    ["the dialler's own proof, as that of the node that it dialled"],
  ],
  'a proof without names and roles': [
    {
      ...secretRules,
      signed: (side, facts) =>
        secretRules.signed(side, { ...facts, dialler: '', listener: '', role: 'peer' }),
    },
    [
      'a proof that was overheard, under another name',
      "a node's own proof, back to it: it dials, and is dialled with what it says",
    ],
  ],
}

describe('without the secret', () => {
  test.each(Object.entries(attacks))('%s does not come through', (_, attack) => {
    expect(attack(secretRules)).toBe(false)
  })

  test.each(Object.entries(mistakes))('%s is noticed', (_, [rules, expected]) => {
    const through = Object.entries(attacks).filter(([, attack]) => attack(rules))
    expect(through.map(([name]) => name)).toEqual(expected)
  })
})

describe('two that shake hands', () => {
  const text = fc.string({ minLength: 1, maxLength: 20, unit: 'binary' })
  const hello = fc.oneof(
    fc.record({ ...constants(), role: fc.constantFrom('peer', 'client'), id: text, to: text }),
    fc.record({ ...constants(), role: fc.constant('control' as const) }),
  ) as fc.Arbitrary<Hello>

  test('believe each other exactly when they have one secret, whatever their names are', () => {
    fc.assert(
      fc.property(hello, text, text, (said, mine, other) => {
        const [a, b] = [secretKey(mine), secretKey(other)]
        if (a === undefined || b === undefined) throw new Error('no key')
        const dials = new DiallerHandshake(said, a)
        const node = new ListenerHandshake(said.role === 'control' ? 'n1' : said.to, dials.hello, b)
        const proof = dials.answer(plain.decode(plain.encode(node.challenge)))
        const isOne = mine === other
        expect(node.takes(plain.decode(plain.encode(proof)))).toBe(isOne)
        const welcome = { type: 'welcome', id: 'n1', incarnation: 1, proof: node.proof } as const
        expect(dials.isProven(welcome)).toBe(isOne)
      }),
    )
  })

  test('take anything else for no proof', () => {
    const node = listener(secretRules, 'n1', dialler(secretRules).hello)
    fc.assert(
      fc.property(fc.anything(), fc.string(), (frame, proof) => {
        expect(node.takes(frame)).toBe(false)
        expect(node.takes({ type: 'proof', proof })).toBe(false)
      }),
    )
  })

  function constants() {
    return {
      type: fc.constant('hello' as const),
      version: fc.constant(wireVersion),
      cluster: text,
    }
  }
})

describe('a node with a secret', () => {
  const secret = 'correct horse'

  test('serves peers, clients and control that have it', async () => {
    const n1 = await started('n1', echo, { secret })
    const n2 = await started('n2', echo, { secret, peers: { n1: n1.url } })
    n1.setPeers({ n2: n2.url })
    const client = connectClient({ id: 'c1', cluster: 'test', nodes: { n1: n1.url }, secret })
    onTestFinished(() => client.close())
    const control = await connectControl(n2.url, 'test', secret)
    onTestFinished(() => control.close())
    expect(await client.call('n1', { type: 'echo' }, 30_000)).toMatchObject({ type: 'echoed' })
    void client.call('n1', Object.assign({ type: 'pass' }, { to: 'n2' }), 10)
    await expect.poll(async () => (await control.look()).traffic['n1']?.receivedMessages).toBe(1)
    expect((await control.look()).refusedLinks).toBe(0)
  })

  test.each([
    ['another one', 'wrong horse', 'wrong-secret', /give both ends the same file/],
    ['none', undefined, 'secret-needed', /give whoever connects the same one/],
  ])('refuses who has %s, and says how to mend it', async (_, theirs, code, text) => {
    const events: NodeEvent[] = []
    const node = await started('n1', echo, { secret, onEvent: (event) => events.push(event) })
    const own = theirs === undefined ? {} : { secret: theirs }
    const refused = new Promise<readonly string[]>((resolve) => {
      const client = connectClient({
        id: 'c1',
        cluster: 'test',
        nodes: { n1: node.url },
        ...own,
        onRefused: (...why) => resolve(why),
      })
      onTestFinished(() => client.close())
      void client.call('n1', { type: 'throw' }, 30_000)
    })
    expect(await refused).toEqual(['n1', code, expect.stringMatching(text)])
    await expect(connectControl(node.url, 'test', theirs)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(text),
    })
    await started('n2', echo, { ...own, peers: { n1: node.url } })
    const refusals = (): number => events.filter(({ name }) => name === 'refused a link').length
    await expect.poll(refusals).toBeGreaterThanOrEqual(3)
    expect(events.map(({ data }) => data)).toContainEqual(expect.objectContaining({ code }))
    expect(await isAlive(node)).toBe(true)
  })

  test('takes no message before a proof, and closes who says nothing', async () => {
    const node = await started('n1', echo, { secret })
    const early = raw(node.url)
    await once(early.socket, 'open')
    const nonce = 'x'.repeat(20)
    early.socket.send(plain.encode({ ...clientHello, nonce }))
    early.socket.send(plain.encode([[1, { type: 'throw' }]]))
    expect(await early.closed).toBe(1008)
    expect(early.frames).toMatchObject([{ type: 'challenge' }, { code: 'wrong-secret' }])
    const silent = raw(node.url)
    await once(silent.socket, 'open')
    silent.socket.send(plain.encode({ ...clientHello, nonce }))
    expect(await silent.closed).toBe(1008)
    expect(silent.frames).toMatchObject([
      { type: 'challenge' },
      { code: 'unproven', text: expect.stringContaining('--secret-file') },
    ])
    expect(await isAlive(node)).toBe(true)
  })

  test('an empty one is none', async () => {
    await expect(started('n1', echo, { secret: '' })).rejects.toMatchObject({ code: 'bad-secret' })
    const again = await started('n1', echo)
    expect(() =>
      connectClient({ id: 'c1', cluster: 'test', nodes: { n1: again.url }, secret: '' }),
    ).toThrow(/the secret is empty/)
  })

  async function isAlive(node: RunningNode): Promise<boolean> {
    const control = await connectControl(node.url, 'test', secret)
    const { id } = await control.look()
    await control.close()
    return id === node.id
  }
})

describe('a client with a secret', () => {
  test('is told by a node without one to leave it out', async () => {
    const node = await started('n1', echo)
    const refused = new Promise<string>((resolve) => {
      const nodes = { n1: node.url }
      const onRefused = (_: string, code: string): void => resolve(code)
      const client = connectClient({ id: 'c1', cluster: 'test', nodes, secret: 'x', onRefused })
      onTestFinished(() => client.close())
    })
    expect(await refused).toBe('no-secret')
    await expect(connectControl(node.url, 'test', 'x')).rejects.toThrow(/was given no secret/)
    expect((await watched(node)).control.id).toBe('n1')
  })

  test.each([
    ['says welcome at once', []],
    [
      'asks for a proof and then shows none',
      [{ type: 'challenge', id: 'n1', nonce: 'y'.repeat(20) }],
    ],
  ])('sends nothing to what %s', async (_, first) => {
    const heard: unknown[] = []
    const welcome = { type: 'welcome', id: 'n1', incarnation: 1, proof: 'z'.repeat(43) }
    const url = await impostor((frame, socket) => {
      heard.push(frame)
      const [answer = welcome] = heard.length === 1 ? first : []
      socket.send(plain.encode(answer))
    })
    const refused = new Promise<string>((resolve) => {
      const onRefused = (_n: string, code: string): void => resolve(code)
      const options = { id: 'c1', cluster: 'test', nodes: { n1: url }, secret: 'x', onRefused }
      const client = connectClient(options)
      onTestFinished(() => client.close())
      void client.call('n1', { type: 'echo' }, 30_000)
    })
    expect(await refused).toBe('unproven')
    expect(heard.map((frame) => (frame as { type?: string }).type)).toEqual(
      ['hello', 'proof'].slice(0, first.length + 1),
    )
    await expect(connectControl(await welcoming(), 'test', 'x')).rejects.toThrow(/did not prove/)
  })

  function welcoming(): Promise<string> {
    return impostor((_, socket) => {
      socket.send(plain.encode({ type: 'welcome', id: 'n1', incarnation: 1 }))
    })
  }
})

/** Something that listens and says what it likes to each frame. Returns its address. */
async function impostor(answer: (frame: unknown, socket: WebSocket) => void): Promise<string> {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket) => {
    socket.on('message', (bytes: Buffer) => answer(plain.decode(bytes), socket))
  })
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    http.close()
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  return `ws://127.0.0.1:${address.port}/link`
}

function raw(url: string) {
  const socket = new WebSocket(url)
  onTestFinished(() => socket.terminate())
  const frames: unknown[] = []
  socket.on('message', (bytes: Buffer) => frames.push(plain.decode(bytes)))
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  return { socket, frames, closed }
}
