import type { Timed, Verdict } from '@lockstep/process'
import fc from 'fast-check'
import type { ExecutionOptions } from './execution.ts'
import type { Lab } from './lab.ts'
import { LeaveOut } from './leave-out.ts'
import { run } from './run.ts'
import type { Full, Scenario } from './scenario.ts'
import { writeOut } from './write-out.ts'

/** A violating scenario, made as small as the search could make it. */
export interface Shrunk<Config, Op> {
  readonly scenario: Scenario<Config, Op>
  readonly verdict: Verdict
  /** How many runs the search took. */
  readonly runs: number
  readonly before: Size
  readonly after: Size
}

/** What counts when scenarios are compared. */
export interface Size {
  readonly faults: number
  readonly operations: number
  readonly nodes: number
  readonly healMs: number
}

/** How far a search for the smallest failing scenario may go. */
export interface ShrinkOptions extends ExecutionOptions {
  /** The most runs that the search may take. 5,000 by default. */
  readonly runsMax?: number
  readonly onRun?: (runs: number) => void
}

/**
 * How many other seeds a candidate is tried under for each part that it leaves out: less work moves
 * the delays of what is left, and a large step is worth a longer search. Few suffice while there is
 * much to leave out; what is left then is short to run, and worth more of them.
 */
const SEEDS_A_PART = [8, 32]
const SEEDS_MAX = 48

/**
 * Shrinks a scenario that violates: fewer faults, fewer operations, fewer accidents of the network,
 * fewer nodes, default settings, rounder times, a shorter run, for as long as the same judge is
 * violated.
 *
 * All that the seed decided is written out first, with the network's accidents as forced draws, so
 * that leaving one thing out leaves the others where they were. Returns `undefined` when the
 * scenario does not violate anything.
 */
export async function shrink<Config, Op, Value>(
  lab: Lab<Config, Op, Value>,
  scenario: Scenario<Config, Op>,
  options: ShrinkOptions = {},
): Promise<Shrunk<Config, Op> | undefined> {
  const search = new Search(lab, options)
  const written = writeOut(lab, scenario)
  const first = await run(lab, written, options)
  if (first.verdict.is !== 'violated') return undefined
  search.by = first.verdict.by
  let best: Full<Config, Op> = await search.forceAccidents(written, first.accidents)
  best = await search.fewerParts(best)
  for (const seeds of SEEDS_A_PART) {
    search.seedsAPart = seeds
    best = await search.untilNothingGoes(best)
  }
  const last = await run(lab, best, options)
  return {
    scenario: compact(lab, best),
    verdict: last.verdict,
    runs: search.runs,
    before: sizeOf(written),
    after: sizeOf(best),
  }
}

/** How large a full scenario is. */
export function sizeOf<Config, Op>(scenario: Full<Config, Op>): Size {
  return {
    faults: scenario.faults.length + Object.keys(scenario.forced).length,
    operations: scenario.work.script.length + scenario.hand.length,
    nodes: scenario.nodes,
    healMs: scenario.healMs,
  }
}

class Search<Config, Op, Value> {
  readonly #lab: Lab<Config, Op, Value>
  readonly #options: ShrinkOptions
  by = ''
  runs = 0
  seedsAPart = 0

  constructor(lab: Lab<Config, Op, Value>, options: ShrinkOptions) {
    this.#lab = lab
    this.#options = options
  }

  /** The candidate, under its seed or another, if the same judge is violated; else `undefined`. */
  async violating(
    candidate: Full<Config, Op>,
    partsLeftOut = 1,
  ): Promise<Full<Config, Op> | undefined> {
    const others = Math.min(SEEDS_MAX, this.seedsAPart * partsLeftOut)
    for (let other = 0; other <= others; other++) {
      if (this.runs >= (this.#options.runsMax ?? 5000)) return undefined
      this.runs++
      this.#options.onRun?.(this.runs)
      const scenario = { ...candidate, seed: (candidate.seed + other) >>> 0 }
      const { verdict } = await run(this.#lab, scenario, {
        ...this.#options,
        keeping: { rows: 'none', hash: 'none' },
      })
      if (verdict.is === 'violated' && verdict.by === this.by) return scenario
    }
    return undefined
  }

  /** Leaves out and makes plainer, over and over, until another round leaves out nothing more. */
  async untilNothingGoes(scenario: Full<Config, Op>): Promise<Full<Config, Op>> {
    let best = scenario
    for (let before = ''; before !== JSON.stringify(sizeOf(best)); ) {
      before = JSON.stringify(sizeOf(best))
      best = await this.forceAccidents(best, [])
      best = await this.fewerParts(best)
      best = await this.fewerNodes(best)
      best = await this.shorter(best)
      best = await this.plainer(best)
    }
    return best
  }

  async keepIf(
    candidate: Full<Config, Op>,
    otherwise: Full<Config, Op>,
  ): Promise<Full<Config, Op>> {
    return (await this.violating(candidate)) ?? otherwise
  }

  /** Turns lost and doubled messages from chance into forced draws, where the violation allows it. */
  async forceAccidents(
    scenario: Full<Config, Op>,
    accidents: readonly string[],
  ): Promise<Full<Config, Op>> {
    const calm = { ...scenario, forced: {}, net: { ...scenario.net, loss: 0, duplicate: 0 } }
    const calmed = await this.violating(calm, Object.keys(scenario.forced).length)
    if (calmed !== undefined) return calmed
    return this.keepIf({ ...calm, forced: withAccidents(scenario.forced, accidents) }, scenario)
  }

  /**
   * Leaves out faults, operations and accidents. What is left out first is left out most, so both
   * orders are tried.
   */
  async fewerParts(scenario: Full<Config, Op>): Promise<Full<Config, Op>> {
    const oneWay = await this.#fewerOperations(await this.#fewerFaults(scenario))
    const otherWay = await this.#fewerFaults(await this.#fewerOperations(scenario))
    return this.#fewerForced(partsOf(oneWay) <= partsOf(otherWay) ? oneWay : otherWay)
  }

  #fewerFaults(scenario: Full<Config, Op>): Promise<Full<Config, Op>> {
    return this.#fewer(scenario, scenario.faults, (one, faults) => ({ ...one, faults }))
  }

  #fewerOperations(scenario: Full<Config, Op>): Promise<Full<Config, Op>> {
    return this.#fewer(scenario, scenario.work.script, (one, script) => ({
      ...one,
      work: { ...one.work, script },
    }))
  }

  /** Accidents, and all other draws that are forced: each leaves the seed one thing more to decide. */
  #fewerForced(scenario: Full<Config, Op>): Promise<Full<Config, Op>> {
    return this.#fewer(scenario, Object.entries(scenario.forced), (one, kept) => ({
      ...one,
      forced: Object.fromEntries(kept),
    }))
  }

  /** Leaves out as many of some parts as it can; fast-check walks the tree of candidates. */
  async #fewer<Part>(
    scenario: Full<Config, Op>,
    parts: readonly Part[],
    withParts: (scenario: Full<Config, Op>, parts: readonly Part[]) => Full<Config, Op>,
  ): Promise<Full<Config, Op>> {
    let best = scenario
    let left = parts.length
    const property = fc.asyncProperty(new LeaveOut(parts), async (kept) => {
      const smaller = await this.violating(withParts(best, kept), left - kept.length)
      if (smaller === undefined) return true
      best = smaller
      left = kept.length
      return false
    })
    await fc.check(property, { numRuns: 1, seed: 1 })
    return best
  }

  /** Goes back to the lab's own settings and to round times, one by one. */
  async plainer(scenario: Full<Config, Op>): Promise<Full<Config, Op>> {
    const { config, net, disk, clocks } = this.#lab
    let best = await this.keepIf({ ...scenario, config, net, disk, clocks }, scenario)
    for (const plain of [{ config }, { net }, { disk }, { clocks }]) {
      best = await this.keepIf({ ...best, ...plain }, best)
    }
    for (const index of best.faults.keys()) {
      for (const step of [100, 10, 1]) {
        const faults = best.faults.map((fault, at) => (at === index ? rounded(fault, step) : fault))
        if (faults.some(({ at }) => at >= best.healMs)) continue
        const rounder = await this.keepIf({ ...best, faults }, best)
        if (rounder !== best) {
          best = rounder
          break
        }
      }
    }
    return best
  }

  async fewerNodes(scenario: Full<Config, Op>): Promise<Full<Config, Op>> {
    let best = scenario
    for (let nodes = 1; nodes < best.nodes; nodes++) {
      best = await this.keepIf({ ...best, nodes }, best)
    }
    return best
  }

  /** Halves the time from the last fault to the heal, and the quiet after it, while it may. */
  async shorter(scenario: Full<Config, Op>): Promise<Full<Config, Op>> {
    let best = scenario
    for (const field of ['healMs', 'quietMs'] as const) {
      for (;;) {
        const latest = field === 'healMs' ? Math.max(0, ...best.faults.map(({ at }) => at)) : 0
        const half = Math.ceil((best[field] + latest) / 2)
        if (half === best[field]) break
        const shorter = await this.keepIf({ ...best, [field]: half }, best)
        if (shorter === best) break
        best = shorter
      }
    }
    return best
  }
}

function partsOf<Config, Op>({ faults, work }: Full<Config, Op>): number {
  return faults.length + work.script.length
}

function rounded(fault: Timed, step: number): Timed {
  const round = (ms: number): number => Math.round(ms / step) * step
  const at = round(fault.at)
  return fault.for === undefined ? { ...fault, at } : { ...fault, at, for: round(fault.for) }
}

function withAccidents(
  forced: Readonly<Record<string, number>>,
  accidents: readonly string[],
): Readonly<Record<string, number>> {
  return { ...forced, ...Object.fromEntries(accidents.map((name) => [name, 0])) }
}

/** Leaves out again what equals the lab's defaults, so that the file and the link stay short. */
function compact<Config, Op, Value>(
  lab: Lab<Config, Op, Value>,
  full: Full<Config, Op>,
): Scenario<Config, Op> {
  const { hand, flaws, forced, config, net, disk, clocks, ...rest } = full
  const parts = {
    ...(flaws.length > 0 ? { flaws } : {}),
    ...(hand.length > 0 ? { hand } : {}),
    ...(Object.keys(forced).length > 0 ? { forced } : {}),
    config: differing(config, lab.config),
    net: differing(net, lab.net),
    disk: differing(disk, lab.disk),
    clocks: differing(clocks, lab.clocks),
  }
  const filled = Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0)
  return { ...rest, ...(Object.fromEntries(filled) as Partial<Scenario<Config, Op>>) }
}

function differing<T>(values: T, defaults: T): Partial<T> {
  const changed = Object.entries(values as Readonly<Record<string, unknown>>).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key as keyof T]),
  )
  return Object.fromEntries(changed) as Partial<T>
}
