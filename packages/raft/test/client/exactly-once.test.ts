import type { Message, NodeId, Port, Reply } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClientRequest, type ClientResult, RaftClient } from '../../src/index.ts'
import { Machine } from '../../src/kv/machine.ts'
import { paper, type Rules } from '../../src/rules.ts'
import { asIndex, asTerm } from '../../src/term.ts'

/** What becomes of one request. */
const fate = fc.record({
  copies: fc.constantFrom(0, 1, 1, 1, 2, 3),
  delays: fc.tuple(fc.nat(300), fc.nat(300), fc.nat(3000)),
  is: fc.constantFrom('applied', 'applied', 'applied', 'not-leader', 'deposed', 'reply lost'),
})
type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never

/** A replicated state machine behind links that lose, double, delay and reorder, on virtual time. */
class UnfairPort implements Port {
  readonly id = 'c1'
  readonly machine: Machine
  readonly #fates: readonly Fate[]
  readonly #events: { readonly at: number; readonly happen: () => void }[] = []
  #now = 0
  #last = 0
  #calls = 0

  constructor(fates: readonly Fate[], rules: Rules) {
    this.#fates = fates
    const sessions = { sessionsMax: 10, sessionTimeoutMs: 1e9, sessionWindow: 8 }
    const limits = { ...sessions, historyRevisions: 10, leaseTtlMinMs: 10 }
    this.machine = new Machine(rules, limits)
  }

  wall(): number {
    return this.#now
  }

  elapsed(): number {
    return this.#now
  }

  random(): number {
    return 0.5
  }

  sleep(after: number): Promise<void> {
    return new Promise((resolve) => this.#at(after, resolve))
  }

  call(_to: NodeId, request: Message, timeout: number): Promise<Reply | undefined> {
    // From some time on the links are fair, so that in the end all is answered.
    const isFair = this.#now > 5000
    const drawn = this.#fates[this.#calls++ % this.#fates.length] as Fate
    const { copies, delays, is } = isFair ? fair : drawn
    return new Promise((resolve) => {
      this.#at(timeout, () => resolve(undefined))
      for (const delay of delays.slice(0, copies)) {
        this.#at(delay, () => {
          const result = is === 'not-leader' ? notLeader : this.#apply(request)
          const said: ClientResult = is === 'deposed' ? { type: 'deposed' } : result
          const reply = { type: 'ClientReply', re: 1, result: said }
          if (is !== 'reply lost') this.#at(delay, () => resolve(reply))
        })
      }
    })
  }

  /** Lets everything happen that will. */
  async run(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      this.#events.sort((a, b) => a.at - b.at)
      const next = this.#events.shift()
      if (next === undefined) return
      this.#now = next.at
      next.happen()
    }
  }

  #at(after: number, happen: () => void): void {
    this.#events.push({ at: this.#now + after, happen })
  }

  #apply(request: Message): ClientResult {
    const index = asIndex(++this.#last)
    const { session, op } = request as ClientRequest
    const command =
      request.type === 'OpenSession'
        ? ({ type: 'open' } as const)
        : ({ type: 'operate', session, op } as const)
    const entry = { type: 'entry', index, term: asTerm(1), time: this.#now, command } as const
    const result = this.machine.apply(entry, 0)
    if (result === undefined) throw new Error('every command here has a result')
    return result
  }
}

const fair: Fate = { copies: 1, delays: [5, 5, 5], is: 'applied' }
const notLeader: ClientResult = { type: 'not-leader', leader: null }

/** Whatever the links do, each operation is carried out once, and the client hears what it came to. */
function happensOnce(rules: Rules, timeoutMs: number) {
  const fates = fc.array(fate, { minLength: 30, maxLength: 30 })
  return fc.asyncProperty(fates, fc.integer({ min: 1, max: 8 }), async (drawn, pipelineMax) => {
    const port = new UnfairPort(drawn, rules)
    const options = { nodes: ['n1', 'n2', 'n3'], timeoutMs, attemptTimeoutMs: 200, pipelineMax }
    const client = new RaftClient(port, options)
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
    const outcomes = Promise.all(keys.map((key) => client.cas(key, null, '1')))
    await port.run()
    const all = await outcomes
    const done = all.flatMap((outcome, i) => (outcome.type === 'ok' ? [[outcome.value, i]] : []))
    expect(done.filter(([swapped]) => swapped !== true)).toEqual([])
    const values = port.machine.store.first(keys.length)
    const held = done.map(([, i]) => values[`k${String(i)}`])
    expect(held).toEqual(done.map(() => '1'))
    expect(done.length).toBeGreaterThanOrEqual(timeoutMs > 5000 ? keys.length : 0)
  })
}

describe('a client on links that lose, double, delay and reorder', () => {
  it('has each operation carried out once, however many are under way', async () => {
    await fc.assert(happensOnce(paper, 60_000), { numRuns: 40 })
  })

  it('may run out of time, and is told nothing that is not so', async () => {
    await fc.assert(happensOnce(paper, 1500), { numRuns: 30 })
  })

  it.each<[string, Partial<Rules>]>([
    ['applies every copy', { mayApply: () => true }],
    ['forgets results at once', { mayApply: (seq, received, was) => seq > received || !was }],
    ['keeps the newest result only', { mayApply: (seq, received) => seq > received + 1 }],
  ])('does not if the state machine %s', async (_, broken) => {
    const property = happensOnce({ ...paper, ...broken }, 60_000)
    expect((await fc.check(property, { seed: 1, numRuns: 40 })).failed).toBe(true)
  })
})
