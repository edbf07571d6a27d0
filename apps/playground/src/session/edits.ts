import type { Fault, Milliseconds } from '@lockstep/process'
import { isProfile, type Lab, type Scenario, writeOut } from '@lockstep/sim'

/** How long a run goes on behind an edit, at least, so that there is something to see of it. */
const roomMs = 3_000

/**
 * The scenario with a fault more, right behind an instant of the run (microseconds). Faults that
 * were drawn are written out first, which leaves the run before that instant as it was.
 */
export function withFault(lab: Lab, scenario: Scenario, at: number, fault: Fault): Scenario {
  const { faults, ...rest } = isProfile(scenario.faults) ? writeOut(lab, scenario) : scenario
  const before = isProfile(faults) ? [] : faults
  const atMs = behind(at)
  const edited = { ...rest, faults: sortedIn(before, { ...fault, at: atMs }, (one) => one.at) }
  return roomAfter(edited, atMs)
}

/** The scenario with an operation of the person more, right behind an instant (microseconds). */
export function withOperation(scenario: Scenario, at: number, op: unknown): Scenario {
  const atMs = behind(at)
  const hand = sortedIn(scenario.hand ?? [], [atMs, op] as const, ([notBefore]) => notBefore)
  const endMs = scenario.healMs + scenario.quietMs
  const quietMs = scenario.quietMs + Math.max(0, atMs + roomMs - endMs)
  return { ...scenario, hand, quietMs: Math.ceil(quietMs) }
}

/** Faults must come before the heal, so the heal moves when there is no room left before it. */
function roomAfter(scenario: Scenario, atMs: Milliseconds): Scenario {
  return { ...scenario, healMs: Math.ceil(Math.max(scenario.healMs, atMs + roomMs)) }
}

function behind(at: number): Milliseconds {
  return (Math.floor(at) + 1) / 1000
}

function sortedIn<Item>(items: readonly Item[], item: Item, at: (item: Item) => number): Item[] {
  const place = items.findLastIndex((other) => at(other) <= at(item)) + 1
  return items.toSpliced(place, 0, item)
}
