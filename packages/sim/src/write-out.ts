import { Draws } from './draws.ts'
import type { Draw, Lab, Settings } from './lab.ts'
import type { Drawn, Full, Profile, Scenario, Scripted } from './scenario.ts'
import { drawFaults } from './swarm-profile.ts'

/**
 * Fills in a scenario's defaults and writes out all that its seed decides beforehand: settings,
 * work and faults. Pure; the full scenario runs exactly as the short one does.
 */
export function writeOut<Config, Op, Value>(
  lab: Lab<Config, Op, Value>,
  scenario: Scenario<Config, Op>,
): Full<Config, Op> {
  const { seed, nodes, faults, work, healMs } = scenario
  const profile = isProfile(faults) ? faults : undefined
  const draw = drawer(seed)
  const drawn: Settings<Config> =
    profile?.settings === true ? lab.settings((label) => draw(`settings/${label}`)) : {}
  const ids = Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
  return {
    v: 1,
    lab: scenario.lab,
    seed,
    nodes,
    flaws: scenario.flaws ?? [],
    config: { ...lab.config, ...drawn.config, ...scenario.config },
    net: { ...lab.net, ...drawn.net, ...scenario.net },
    disk: { ...lab.disk, ...drawn.disk, ...scenario.disk },
    clocks: { ...lab.clocks, ...drawn.clocks, ...scenario.clocks },
    work: isScripted(work) ? work : lab.draw(work, (label) => draw(`work/${label}`)),
    hand: scenario.hand ?? [],
    faults: isProfile(faults)
      ? drawFaults(faults, seed, { nodes: ids, roles: lab.roles }, healMs)
      : faults,
    forced: scenario.forced ?? {},
    healMs,
    quietMs: scenario.quietMs,
  }
}

/** Whether faults are drawn from the seed. */
export function isProfile(faults: Scenario['faults']): faults is Profile {
  return !Array.isArray(faults)
}

/** Whether work is written out. */
export function isScripted<Op>(work: Drawn | Scripted<Op>): work is Scripted<Op> {
  return 'script' in work
}

function drawer(seed: number): Draw {
  const draws = new Draws(seed)
  return (label) => draws.next(label)
}
