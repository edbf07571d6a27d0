import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Flights } from '../../src/page/run/flights.ts'
import { Trace } from '../../src/page/run/trace.ts'
import { columns, type Row, traces } from './rows.ts'

function flightsOf(rows: readonly Row[], flights: Flights = new Flights()): Flights {
  const trace = new Trace()
  trace.append(columns(rows))
  for (let row = 0; row < rows.length; row++) flights.note(trace, row)
  return flights
}

/** The messages on their way after some rows, found by walking over them from the start. */
function replayed(rows: readonly Row[]): readonly number[] {
  const open = new Set<number>()
  rows.forEach(({ kind, cause = -1 }, row) => {
    if (kind === 'send' || kind === 'duplicate') open.add(row)
    if (kind === 'deliver' || kind === 'drop') open.delete(cause)
  })
  return [...open]
}

function inFlight(flights: Flights, row: number): readonly number[] {
  const found: number[] = []
  flights.inFlight(row, (flight) => found.push(flight.row))
  return found
}

function agrees(make: () => Flights): void {
  fc.assert(
    fc.property(traces, (rows) => {
      const flights = flightsOf(rows, make())
      for (let row = -1; row < rows.length; row++)
        expect(inFlight(flights, row)).toEqual(replayed(rows.slice(0, row + 1)))
    }),
    { numRuns: 60 },
  )
}

/** A planted mistake: what is lost stays on its way. */
class Lossless extends Flights {
  override note(trace: Trace, row: number): void {
    if (trace.kind[row] !== 'drop') super.note(trace, row)
  }
}

describe('the messages on their way', () => {
  it('read by index equal a replay of all rows up to there', () => {
    agrees(() => new Flights())
  })

  it('are noticed to be wrong when losses are not heard', () => {
    expect(() => agrees(() => new Lossless())).toThrow('Property failed')
  })

  it('are told by the number of their sender where a live trace has no causes', () => {
    const flights = flightsOf([
      { kind: 'send', node: 'n1', peer: 'n2', value: 1 },
      { kind: 'send', node: 'n1', peer: 'n3', value: 2 },
      { kind: 'deliver', node: 'n3', peer: 'n1', value: 2 },
    ])
    expect(flights.all.map(({ fate }) => fate)).toEqual(['flying', 'delivered'])
  })

  it('are listed newest first once they are lost', () => {
    const flights = flightsOf([
      { kind: 'send', node: 'n1', peer: 'n2' },
      { kind: 'drop', node: 'n1', peer: 'n2', cause: 0, value: 1 },
      { kind: 'send', node: 'n1', peer: 'n2' },
      { kind: 'drop', node: 'n1', peer: 'n2', cause: 2, value: 2 },
    ])
    const fates: string[] = []
    flights.lostUpTo(3, ({ fate }) => fates.push(fate) > 0)
    expect(fates).toEqual(['receiver-down', 'cut'])
  })
})
