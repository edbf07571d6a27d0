export { Draws, Stream } from './draws.ts'
export { type Execution, type ExecutionOptions, execute, type NodeState } from './execution.ts'
export { Hash } from './hash.ts'
export type {
  Broken,
  Draw,
  Experiment,
  Flaw,
  Glyph,
  Invariants,
  Judge,
  Lab,
  LogRow,
  Settings,
  Summary,
  Views,
} from './lab.ts'
export type { Journal } from './journal.ts'
export type { Measure, Measures } from './measures.ts'
export { decodeLink, encodeLink } from './link.ts'
export { type Run, run } from './run.ts'
export type {
  Clocks,
  Disk,
  Drawn,
  FaultKind,
  Full,
  Net,
  Profile,
  Scenario,
  Scripted,
  ScriptedOperation,
} from './scenario.ts'
export { ScenarioError } from './scenario-error.ts'
export { parseScenario } from './scenario-parse.ts'
export { type Shrunk, type ShrinkOptions, type Size, shrink, sizeOf } from './shrink.ts'
export {
  mergeSwarms,
  type SwarmOptions,
  type SwarmReport,
  swarm,
  swarmScenario,
  swarmVerdict,
} from './swarm.ts'
export type { Keeping, Trace } from './trace.ts'
export { platformTurn, type Turn } from './turn.ts'
export { isProfile, isScripted, writeOut } from './write-out.ts'
