/**
 * The lab of the patterns: each pattern that has collaborators, traced while its real components
 * run, with the sequence diagram and the class picture of that run as plain data.
 */
export {
  type ClassPicture,
  classPictureOf,
  type PicturedType,
  type Relation,
  type TypeKind,
  type TypeSpec,
} from './lab/class-picture.ts'
export { type Difference, trace, type TracedExperiment, type TracedRun } from './lab/experiment.ts'
export { experiments } from './lab/experiments.ts'
export {
  type Activation,
  type Answer,
  lineOf,
  type SequenceDiagram,
  sequenceOf,
  type Step,
} from './lab/sequence.ts'
export { type Moment, Tracer } from './lab/tracer.ts'
