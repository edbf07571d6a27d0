import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Life, type Link, linkKey, States, wholeLink } from '../../src/page/run/states.ts'
import { Trace } from '../../src/page/run/trace.ts'
import { columns, type Row, traces } from './rows.ts'

const nodes = ['n1', 'n2', 'n3']
const timers = ['election', 'heartbeat']

/** Everything that the stage reads of nodes and links, as one value. */
interface Picture {
  readonly lives: readonly (Life | undefined)[]
  readonly timers: readonly (number | undefined)[]
  readonly unsynced: readonly number[]
  readonly links: readonly Link[]
}

/** The state after some rows, found by walking over them from the start. */
function replayed(rows: readonly Row[]): Picture {
  const lives = new Map<string, Life>()
  const due = new Map<string, number>()
  const appended = new Map<string, number>()
  const synced = new Map<string, number>()
  const waiting = new Map<string, number>()
  const links = new Map<string, Link>()
  const measure = (node: string): void => {
    waiting.set(node, Math.max(0, (appended.get(node) ?? 0) - (synced.get(node) ?? 0)))
  }
  for (const { kind, node = '', peer = '', name = '', value = 0 } of rows) {
    const link = links.get(linkKey(node, peer)) ?? wholeLink
    if (kind === 'start' || kind === 'resume') lives.set(node, 'up')
    if (kind === 'start' && value === 1) {
      appended.delete(node)
      synced.delete(node)
    }
    if (kind === 'pause') lives.set(node, 'paused')
    if (kind === 'crash') {
      lives.set(node, 'down')
      for (const timer of timers) due.delete(node + timer)
      appended.set(node, synced.get(node) ?? 0)
      waiting.set(node, 0)
    }
    if (kind === 'arm') due.set(node + name, value)
    if (kind === 'disarm' || kind === 'fire') due.delete(node + name)
    if (kind === 'append') appended.set(node, value)
    if (kind === 'sync') synced.set(node, value)
    if (kind === 'append' || kind === 'sync') measure(node)
    if (kind === 'cut' || kind === 'mend')
      links.set(linkKey(node, peer), { ...link, cut: kind === 'cut' })
    if (kind === 'slow' || kind === 'lose')
      links.set(linkKey(node, peer), { ...link, [kind]: value })
  }
  return {
    lives: nodes.map((id) => lives.get(id)),
    timers: nodes.flatMap((id) => timers.map((timer) => due.get(id + timer))),
    unsynced: nodes.map((id) => waiting.get(id) ?? 0),
    links: nodes.flatMap((a) => nodes.map((b) => links.get(linkKey(a, b)) ?? wholeLink)),
  }
}

function indexed(states: States, row: number): Picture {
  return {
    lives: nodes.map((id) => states.lives.after(id, row)),
    timers: nodes.flatMap((id) => timers.map((timer) => states.timer(id, timer, row)?.dueAt)),
    unsynced: nodes.map((id) => states.unsynced.after(id, row) ?? 0),
    links: nodes.flatMap((a) => nodes.map((b) => states.link(a, b, row))),
  }
}

function agrees(make: () => States): void {
  fc.assert(
    fc.property(traces, (rows) => {
      const trace = new Trace()
      trace.append(columns(rows))
      const states = make()
      for (let row = 0; row < rows.length; row++) states.note(trace, row)
      for (let row = -1; row < rows.length; row++)
        expect(indexed(states, row)).toEqual(replayed(rows.slice(0, row + 1)))
    }),
    { numRuns: 60 },
  )
}

/** A planted mistake: a kind of row is not heard. */
class Deaf extends States {
  readonly #to: string

  constructor(to: string) {
    super()
    this.#to = to
  }

  override note(trace: Trace, row: number): void {
    if (trace.kind[row] !== this.#to) super.note(trace, row)
  }
}

describe('the state of nodes and links', () => {
  it('read by index equals a replay of all rows up to there', () => {
    agrees(() => new States())
  })

  it.each(['crash', 'disarm', 'sync', 'mend', 'resume'])(
    'is noticed to be wrong when %s is not heard',
    (kind) => {
      expect(() => agrees(() => new Deaf(kind))).toThrow('Property failed')
    },
  )
})
