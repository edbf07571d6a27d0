/** The interesting states that a node notes in the trace; each is a verb whose subject is the node. */
export const marks = [
  'asked before an election',
  'stood back',
  'ignored a candidate',
  'started an election',
  'became leader',
  'heard no majority',
  'stepped down',
  'lost an election',
  'ran out of votes in time',
  'refused a stale log',
  'refused a second vote',
  'rejected an append',
  'truncated its log',
  'committed an older term through its own',
  'sent an append again',
  'let a read wait',
  'answered reads together',
  'answered a retry from the session',
  'refused an expired session',
  'left requests open',
  'refused an overload',
  'refused a message',
] as const

/** The name of such a state. */
export type Mark = (typeof marks)[number]
