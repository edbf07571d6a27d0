export type { Evidence } from './evidence.ts'
export { FieldTruth, type IdFields, type Made, type TruthBounds } from './ids/field-truth.ts'
export { Order } from './ids/order.ts'
export { Uniqueness } from './ids/uniqueness.ts'
export {
  checkLinearizable,
  judgeLinearizable,
  type LinearizabilityOptions,
} from './linearizability.ts'
export type { Model, Outcome, Overwrites, Partition } from './model.ts'
export { keyValue, type KvOp, type KvValue } from './models/key-value.ts'
export {
  register,
  type RegisterContent,
  type RegisterOp,
  type RegisterValue,
} from './models/register.ts'
export {
  type KeyContent,
  severalKeys,
  type SeveralKeysOp,
  type SeveralKeysValue,
} from './models/several-keys.ts'
export { type MalformedCode, MalformedHistory, type Operation } from './operation.ts'
export type { Answer, LinearizabilityResult, PartitionResult } from './result.ts'
export { LinearizabilitySearch, type SearchLimits } from './search.ts'
