import type { Journal } from '@lockstep/sim'
import type { Mark } from './marks.ts'
import type { RaftView } from './view.ts'

/** What happens once an election, a change or a snapshot; what happens once a request stands in no log. */
const levels: Readonly<Partial<Record<Mark, 'debug' | 'info' | 'warn'>>> = {
  'asked before an election': 'debug',
  'stood back': 'debug',
  'started an election': 'info',
  'became leader': 'info',
  'heard no majority': 'warn',
  'found its disk stalled': 'warn',
  'began to hand over': 'info',
  'gave up handing over': 'warn',
  'stepped down for its stalled disk': 'warn',
  'stepped down': 'info',
  'lost an election': 'info',
  'ran out of votes in time': 'info',
  'refused a stale log': 'debug',
  'truncated its log': 'info',
  'entered a joint configuration': 'info',
  'left a joint configuration': 'info',
  'changed its configuration': 'info',
  'fell back to an earlier configuration': 'warn',
  'promoted a learner': 'info',
  'refused a change': 'warn',
  'removed itself': 'info',
  'took a snapshot': 'info',
  'sent a snapshot': 'info',
  'resumed a snapshot': 'info',
  'installed a snapshot': 'info',
  'refused an overload': 'warn',
  'refused a message': 'warn',
}

/** What the log of a live node says of Raft. That a node leads is said by its mark. */
export const journal: Journal = {
  levels,
  standing: (seen) => {
    const { role, leader, term } = seen as RaftView
    if (role === 'leader') return undefined
    if (leader === null) return { text: 'knows no leader', facts: { term } }
    return { text: 'follows a leader', facts: { leader, term } }
  },
}
