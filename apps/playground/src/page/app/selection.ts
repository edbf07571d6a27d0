import type { NodeId } from '@lockstep/process'

/** What the inspector shows. */
export type Selection =
  | { readonly kind: 'node'; readonly id: NodeId }
  /** A message, by the row that sent it. */
  | { readonly kind: 'message'; readonly row: number }
  | { readonly kind: 'operation'; readonly id: number }
  | { readonly kind: 'client'; readonly id: NodeId }
