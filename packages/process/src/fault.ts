import type { Milliseconds, NodeId } from './context.ts'

/**
 * What can be done to a world, simulated or live, as plain data.
 *
 * A node may be named by its role, as in `@leader`: it is looked up when the fault happens, and
 * nothing happens when nobody has that role.
 */
export type Fault =
  /** Volatile state is gone; of the unsynced writes only a prefix is kept. `effects`: only after that many further effects of the node. */
  | { readonly do: 'crash'; readonly node: NodeId; readonly effects?: number }
  /** Asks the process to finish and ends the node in good order; like a crash when it takes too long. */
  | { readonly do: 'stop'; readonly node: NodeId }
  /** Starts a node that is down from its disk; `wipe` empties the disk first. */
  | { readonly do: 'restart'; readonly node: NodeId; readonly wipe?: boolean }
  /** The process stands still, as in a long garbage collection, and then gets all that came due. */
  | { readonly do: 'pause'; readonly node: NodeId }
  | { readonly do: 'resume'; readonly node: NodeId }
  /** Cuts the link from one node to another; `both` cuts the way back too. */
  | { readonly do: 'cut'; readonly from: NodeId; readonly to: NodeId; readonly both?: boolean }
  | { readonly do: 'mend'; readonly from: NodeId; readonly to: NodeId; readonly both?: boolean }
  /** Cuts a node from all others, clients included. */
  | { readonly do: 'isolate'; readonly node: NodeId }
  /**
   * Cuts every link between nodes of different groups; who is in no group keeps all its links. A role
   * outweighs a name: who has it is in its group, whichever group names the node.
   */
  | { readonly do: 'partition'; readonly groups: readonly (readonly NodeId[])[] }
  /** Adds `by` milliseconds of delay to the link from one node to another. */
  | { readonly do: 'slow'; readonly from: NodeId; readonly to: NodeId; readonly by: Milliseconds }
  /** Loses this share of the messages on the link, from 0 to 1. */
  | { readonly do: 'lose'; readonly from: NodeId; readonly to: NodeId; readonly share: number }
  /** The disk takes `by` milliseconds longer for every sync. */
  | { readonly do: 'stall'; readonly node: NodeId; readonly by: Milliseconds }
  /** Moves the wall clock by `jump` milliseconds, and lets both clocks run at `rate` (1 is true time). */
  | {
      readonly do: 'clock'
      readonly node: NodeId
      readonly jump?: Milliseconds
      readonly rate?: number
    }
  /** Undoes every fault: mends links, restarts, resumes, sets clocks to rate 1. */
  | { readonly do: 'heal' }

/** A fault at a time of the run; with `for`, it is undone that much later. Both in milliseconds. */
export type Timed = Fault & { readonly at: Milliseconds; readonly for?: Milliseconds }
