import type { History } from '@lockstep/process'
import type { Views } from '@lockstep/sim'
import type { OperationCard } from './protocol.ts'

/** What clients saw, one card an operation, in the order of their beginning. */
export function historyCards(
  history: History,
  views: Views<unknown, unknown>,
): readonly OperationCard[] {
  const cards = new Map<number, OperationCard>()
  const operations = new Map<number, unknown>()
  for (const event of history) {
    const { id, client, at } = event
    if (event.type === 'invoke') {
      operations.set(id, event.op)
      const text = views.operation(event.op)
      cards.set(id, { id, client, text, invokedAt: at, endedAt: undefined, outcome: 'invoke' })
      continue
    }
    const card = cards.get(id)
    if (card === undefined) continue
    const text = event.type === 'ok' ? views.operation(operations.get(id), event.value) : card.text
    cards.set(id, { ...card, text, endedAt: at, outcome: event.type })
  }
  return [...cards.values()]
}
