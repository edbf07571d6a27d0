import type { Context, Message, Process, Saved } from '@lockstep/process'
import type { Lab } from '@lockstep/sim'
import * as v from 'valibot'

/**
 * The smallest lab with something to break: one durable counter on n1, and other nodes that beat.
 *
 * The rule: an addition is answered once it is durable. The flaw `answer-early` answers at once, so
 * a crash can lose an addition that a client was told of.
 */
interface Add extends Message {
  readonly type: 'Add' | 'Read'
  readonly id: number
}
type Answer = Message & { readonly type: 'Answer'; readonly re: number; readonly count: number }
type Wire = Add | Answer | { readonly type: 'Beat' }

export interface CounterConfig {
  readonly beatMs: number
}
export type CounterOp = { readonly type: 'add' } | { readonly type: 'read' }

class Counter implements Process<Wire, 'add'> {
  count = 0
  readonly #context: Context<Wire, 'add'>
  readonly #early: boolean
  readonly #peers: readonly string[]
  readonly #beatMs: number

  constructor(
    context: Context<Wire, 'add'>,
    early: boolean,
    peers: readonly string[],
    beatMs: number,
  ) {
    this.#context = context
    this.#early = early
    this.#peers = peers
    this.#beatMs = beatMs
  }

  start(saved: Saved<'add', never>): void {
    this.count = saved.entries.length
    if (saved.entries.length > 0) this.#context.mark('came back with its count')
    this.#context.setTimer('beat', this.#beatMs)
  }

  receive(from: string, message: Wire): void {
    if (message.type === 'Add') {
      this.count++
      this.#context.append('add')
      const answer: Answer = { type: 'Answer', re: message.id, count: this.count }
      if (this.#early) this.#context.send(from, answer)
      else this.#context.sendOnceSynced(from, answer)
    } else if (message.type === 'Read') {
      this.#context.sendOnceSynced(from, { type: 'Answer', re: message.id, count: this.count })
    }
  }

  timeout(): void {
    for (const peer of this.#peers) this.#context.send(peer, { type: 'Beat' })
    this.#context.setTimer('beat', this.#beatMs * (1 + this.#context.random('beat')))
  }

  view(): unknown {
    return { count: this.count }
  }
}

export const counterLab: Lab<CounterConfig, CounterOp, number> = {
  name: 'counter',
  title: 'A durable counter',
  config: { beatMs: 40 },
  net: {
    delayMinMs: 1,
    delaySpreadMs: 4,
    tailShare: 0.02,
    tailMs: 50,
    loss: 0,
    duplicate: 0,
    fifo: false,
    hangUps: false,
  },
  disk: { syncMinMs: 1, syncSpreadMs: 6, loseAll: 0.2 },
  clocks: { skewMs: 50, drift: 0.0001 },
  scenario: {
    v: 1,
    lab: 'counter',
    seed: 1,
    nodes: 3,
    work: { clients: 3, operations: 40, thinkMs: 20, timeoutMs: 300 },
    faults: {
      everyMs: 150,
      kinds: {
        crash: 3,
        stop: 1,
        pause: 1,
        cut: 1,
        'cut-one-way': 1,
        isolate: 1,
        partition: 1,
        slow: 1,
        lose: 1,
        stall: 1,
        clock: 1,
      },
      settings: true,
    },
    healMs: 2000,
    quietMs: 500,
  },
  schemas: {
    config: v.partial(v.strictObject({ beatMs: v.pipe(v.number(), v.minValue(1)) })),
    op: v.strictObject({ type: v.picklist(['add', 'read']) }),
  },
  flaws: [{ name: 'answer-early', text: 'Answers before the addition is durable.' }],
  marks: ['came back with its count'],
  messagesPerOperationMax: 3,
  settings: (draw) => ({
    net: { loss: draw('loss') < 0.5 ? 0 : 0.2 * draw('share'), duplicate: draw('duplicate') * 0.1 },
  }),
  draw: ({ clients, operations, thinkMs, timeoutMs }, draw) => {
    const at = new Map<number, number>()
    const script = Array.from({ length: operations }, (_, index) => {
      const client = index % clients
      const time = (at.get(client) ?? 0) + thinkMs * 2 * draw('think')
      at.set(client, time)
      return [client, Math.round(time), { type: 'add' }] as const
    })
    return { script, timeoutMs }
  },
  finalReads: () => [{ type: 'read' }],
  processes: ({ nodes, flaws, config }) => {
    const ids = Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
    return ids.map((id) => ({
      id,
      build: (context: Context) =>
        new Counter(
          context,
          flaws.includes('answer-early'),
          ids.filter((other) => other !== id),
          config.beatMs,
        ),
    }))
  },
  client: async (_scenario, port, operations, record) => {
    for (const [notBefore, op] of operations) {
      const wait = notBefore - port.elapsed()
      if (wait > 0) await port.sleep(wait)
      const id = record.invoke(op)
      const type = op.type === 'add' ? 'Add' : 'Read'
      let answer = await port.call('n1', { type }, 300)
      for (let tries = 0; op.type === 'read' && answer === undefined && tries < 5; tries++) {
        answer = await port.call('n1', { type }, 300)
      }
      if (answer === undefined) record.info(id, 'no answer in time')
      else record.ok(id, (answer as Answer).count)
    }
  },
  role: (name) => (name === 'leader' ? 'n1' : undefined),
  roles: ['leader'],
  invariants: () => ({
    stepped: (process) =>
      (process as Counter).count < 0
        ? { invariant: 'count is never negative', text: 'the count fell below zero' }
        : undefined,
  }),
  judges: [
    {
      name: 'durability',
      judge: (history) => {
        const added = history.filter(({ type, client }) => type === 'ok' && client.startsWith('c'))
        const last = history.findLast(({ type, client }) => type === 'ok' && client === 'final')
        const count = last?.type === 'ok' ? last.value : 0
        return count < added.length
          ? {
              is: 'violated',
              by: 'durability',
              text: `Lost: ${added.length} were answered, ${count} are there`,
            }
          : { is: 'holds', text: `Durable: ${added.length} additions` }
      },
    },
  ],
  views: {
    glyph: () => ({ family: 'other', epoch: undefined }),
    summary: () => ({ shape: 'follower', role: 'counter', epoch: 0 }),
    sentence: () => undefined,
    operation: (op, value) => (value === undefined ? op.type : `${op.type} → ${value}`),
    console: {
      examples: ['add'],
      parse: (line) => {
        if (line === 'add' || line === 'read') return { type: line }
        throw new Error("expected 'add' or 'read'")
      },
    },
  },
}
