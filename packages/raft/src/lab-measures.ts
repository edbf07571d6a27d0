import type { Measure, Measures } from '@lockstep/sim'
import type { Role } from './raft.ts'
import type { RaftView } from './view.ts'

const roles: readonly Role[] = ['follower', 'pre-candidate', 'candidate', 'leader']

/** A node in numbers; it is ready once it knows who leads. */
export function measuresOf(seen: unknown): Measures {
  const view = seen as RaftView
  return {
    isReady: view.leader !== null,
    values: [
      ...roles.map(
        (role): Measure => ({
          name: 'raft_role',
          text: '1 for the role of the node, 0 for the others.',
          type: 'gauge',
          value: view.role === role ? 1 : 0,
          labels: { role },
        }),
      ),
      gauge('raft_term', 'The term of the node.', view.term),
      gauge('raft_commit_index', 'The highest index known to be committed.', view.commit),
      gauge('raft_applied_index', 'The highest index that the store has applied.', view.applied),
      gauge('raft_durable_index', 'The highest index on disk with all before it.', view.durable),
      gauge('raft_last_index', 'The last index of the log.', view.last),
      gauge('raft_snapshot_index', 'The last index of the newest snapshot.', view.snapshot),
      gauge('raft_keys', 'Keys in the store.', view.keys),
      gauge('raft_key_bytes', 'Bytes of the keys with their values, about.', view.bytes.keys),
      gauge('raft_history_bytes', 'Bytes of the past that is kept, about.', view.bytes.history),
      gauge('raft_log_bytes', 'Bytes of the log in memory, about.', view.bytes.log),
      gauge('raft_sessions', 'Sessions of clients.', view.sessions),
      gauge('raft_open_requests', 'Requests that wait for their answer.', view.openRequests),
      ...Object.entries(view.refused).map(
        ([reason, value]): Measure => ({
          name: 'raft_refused_messages_total',
          text: 'Messages that were refused, by reason.',
          type: 'counter',
          value,
          labels: { reason },
        }),
      ),
    ],
  }
}

function gauge(name: string, text: string, value: number): Measure {
  return { name, text, type: 'gauge', value }
}
