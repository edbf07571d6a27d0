import type { Build, Message, NodeId, Saved } from '@lockstep/process'

/** What the counter is asked. An increment is answered once it is durable. */
export type CounterMessage =
  | { readonly type: 'increment'; readonly id: number }
  | { readonly type: 'read'; readonly id: number }
  | { readonly type: 'count'; readonly re: number; readonly count: number }

/** A process that counts increments in its log and folds them into a snapshot every few entries, of either kind in turn. */
export const counter: Build<CounterMessage, { readonly by: number }, number> = (context) => {
  let count = 0
  return {
    start(saved: Saved<{ readonly by: number }, number>): void {
      count = saved.snapshot ?? 0
      for (const { by } of saved.entries) count += by
    },
    receive(from: NodeId, message: Message & CounterMessage): void {
      if (message.type === 'read') context.send(from, { type: 'count', re: message.id, count })
      if (message.type !== 'increment') return
      count++
      const position = context.append({ by: 1 })
      if (position % 50 === 24) context.compact(count, position + 1)
      if (position % 50 === 49) context.saveSnapshot(count, position + 1)
      context.sendOnceSynced(from, { type: 'count', re: message.id, count })
    },
    timeout: () => undefined,
    view: () => ({ count }),
  }
}
