import { dropReasons, type TraceKind } from '@lockstep/process'
import fc from 'fast-check'
import type { Rows } from '../../src/session/protocol.ts'

/** One row as a test writes it. */
export interface Row {
  readonly kind: TraceKind
  readonly at?: number
  readonly step?: number
  readonly node?: string
  readonly peer?: string
  readonly cause?: number
  readonly name?: string
  readonly value?: number
}

const ids = ['n1', 'n2', 'n3', 'c1']
const nodes = ids.slice(0, 3)

/** Rows in columns, as a session sends them. */
export function columns(rows: readonly Row[], from = 0): Rows {
  const names = [...new Set(rows.map(({ name }) => name ?? ''))]
  return {
    from,
    at: rows.map(({ at }, i) => at ?? (from + i) * 1000),
    step: rows.map(({ step }, i) => step ?? from + i),
    kind: rows.map(({ kind }) => kind),
    node: rows.map(({ node }) => ids.indexOf(node ?? '')),
    peer: rows.map(({ peer }) => ids.indexOf(peer ?? '')),
    cause: rows.map(({ cause }) => cause ?? -1),
    name: rows.map(({ name }) => names.indexOf(name ?? '')),
    value: rows.map(({ value }) => value ?? 0),
    ids,
    names,
    glyphs: [],
    sentences: rows.flatMap(({ kind, node }, i) =>
      kind === 'crash' ? [[from + i, `${node} crashed`] as const] : [],
    ),
  }
}

interface Draw {
  readonly kind: number
  readonly node: number
  readonly peer: number
  readonly pick: number
  readonly gap: number
}

const kinds: readonly TraceKind[] = [
  'start',
  'send',
  'send',
  'duplicate',
  'deliver',
  'deliver',
  'drop',
  'arm',
  'disarm',
  'fire',
  'append',
  'sync',
  'crash',
  'pause',
  'resume',
  'cut',
  'mend',
  'slow',
  'lose',
  'mark',
  'violation',
]

/** Traces in which deliveries and drops end messages that are on their way. */
export const traces: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      kind: fc.nat({ max: kinds.length - 1 }),
      node: fc.nat({ max: 2 }),
      peer: fc.nat({ max: 2 }),
      pick: fc.nat({ max: 7 }),
      gap: fc.nat({ max: 2 }),
    }),
    { maxLength: 300, size: 'max' },
  )
  .map(written)

function written(draws: readonly Draw[]): Row[] {
  const rows: Row[] = []
  const open: number[] = []
  let at = 0
  let step = 0
  for (const draw of draws) {
    const kind = kinds[draw.kind] ?? 'mark'
    at += draw.gap * 500
    step += draw.gap
    const row = { kind, at, step, node: nodes[draw.node] ?? '', peer: nodes[draw.peer] ?? '' }
    if (kind === 'deliver' || kind === 'drop') {
      const [cause] = open.splice(draw.pick % Math.max(1, open.length), 1)
      const sent = rows[cause ?? -1]
      if (cause === undefined || sent === undefined) continue
      const ends =
        kind === 'deliver'
          ? { node: sent.peer, peer: sent.node }
          : { node: sent.node, peer: sent.peer }
      rows.push({
        ...row,
        ...(ends as { node: string; peer: string }),
        cause,
        value: draw.pick % dropReasons.length,
      })
      continue
    }
    if (kind === 'send' || kind === 'duplicate') open.push(rows.length)
    const name = draw.pick < 4 ? 'election' : 'heartbeat'
    rows.push({ ...row, name, value: kind === 'arm' ? at + draw.pick * 1000 : draw.pick })
  }
  return rows
}
