import { Machine } from './state.ts'

const table = {
  created: { pay: 'paid', cancel: 'cancelled' },
  paid: { ship: 'shipped', cancel: 'refunded' },
  shipped: { deliver: 'delivered' },
  delivered: { giveBack: 'refunded', accept: 'completed' },
  completed: {},
  refunded: {},
  cancelled: {},
} as const

/**
 * The life of an order, as a shop has it: paid before it is shipped, given back after it arrived.
 *
 * An example of a `Machine`; its table is the whole of it.
 *
 * @example
 * ```ts
 * import { orderLifecycle } from '@lockstep/patterns/behavioral/order'
 *
 * const order = orderLifecycle.start(
 *   { paidCents: 0, priceCents: 500 },
 *   { guard: { created: { pay: ({ paidCents, priceCents }) => paidCents >= priceCents } } },
 * )
 * if (order.can('pay') || !order.can('cancel')) throw new Error('nothing was paid')
 * ```
 */
export const orderLifecycle: Machine<typeof table> = new Machine('created', table)
