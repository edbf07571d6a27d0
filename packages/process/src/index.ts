export { bundled, isBundle } from './bundle.ts'
export type { Context, Milliseconds, NodeId } from './context.ts'
export type { Fault, Timed } from './fault.ts'
export type { History, HistoryEvent, Recorder } from './history.ts'
export type { Clock, Port, Random, Reply } from './ports.ts'
export type { Build, Message, Process, Saved } from './process.ts'
export { ProcessPort } from './process-port.ts'
export type { Shapes } from './shapes.ts'
export {
  type DropReason,
  dropReasons,
  type TraceEvent,
  type TraceKind,
  traceKinds,
} from './trace.ts'
export { unreachable } from './unreachable.ts'
export type { Verdict } from './verdict.ts'
