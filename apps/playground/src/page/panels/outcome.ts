import type { OperationCard } from '../../session/protocol.ts'
import { words } from '../words.ts'

/** How an operation ended, in words. */
export function outcomeOf({ outcome, invokedAt, endedAt }: OperationCard): string {
  if (endedAt === undefined || outcome === 'invoke') return words.console.pending
  if (outcome === 'ok') return words.console.ok(endedAt - invokedAt)
  if (outcome === 'fail') return words.console.fail(endedAt - invokedAt)
  return words.console.info
}
