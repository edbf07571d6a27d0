import type { Milliseconds, NodeId } from '@lockstep/process'
import type { Summary } from '@lockstep/sim'

/** What a condition sees of a node. It is all there from the start of the run, so that no name is missing. */
export interface NodeScene {
  readonly id: NodeId
  readonly state: 'up' | 'down' | 'paused'
  /** The role in a word; `down` of a node that does not run. */
  readonly role: string
  /** Term, epoch or ballot: one number under two names. A node that is down keeps what it had. */
  readonly term: number
  readonly epoch: number
  /** How many votes a candidate has. */
  readonly votes: number
  readonly log: {
    readonly end: number
    readonly synced: number
    readonly commit: number
    readonly applied: number
  }
}

/** What conditions and watches are evaluated against: the run as it stands after an event. */
export interface Scene {
  readonly at: Milliseconds
  readonly step: number
  readonly nodes: Readonly<Record<NodeId, NodeScene>>
}

const emptyLog = { end: 0, synced: 0, commit: 0, applied: 0 }

/** A node in a scene. Without a summary it has not started yet. */
export function nodeScene(
  id: NodeId,
  state: NodeScene['state'],
  summary: Summary | undefined,
): NodeScene {
  const { role = 'not started', epoch = 0, votes, log = emptyLog } = summary ?? {}
  return {
    id,
    state,
    role: state === 'down' ? 'down' : role,
    term: epoch,
    epoch,
    votes: votes?.granted.length ?? 0,
    log,
  }
}
