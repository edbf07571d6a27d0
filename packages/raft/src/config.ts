import type { Milliseconds, NodeId } from '@lockstep/process'

/** Settings of a Raft node. All nodes of a cluster have the same. */
export interface RaftConfig {
  /** An election timeout is drawn evenly from this ... */
  readonly electionTimeoutMinMs: Milliseconds
  /** ... up to this. The span between the two breaks ties (§5.2). */
  readonly electionTimeoutMaxMs: Milliseconds
  /**
   * A node asks whether it could win before it starts an election (thesis §9.6), so that one that
   * comes back from a partition does not depose a leader that the others hear.
   */
  readonly preVote: boolean
  /**
   * A leader that hears no majority for an election timeout steps down (thesis §6.2), and a node
   * that hears its leader ignores candidates (thesis §4.2.3). Without it a leader that is heard and
   * hears nobody can keep a cluster from working as long as that lasts.
   */
  readonly checkQuorum: boolean
  /**
   * How a linearizable get is answered: `index` from the leader's state, once a majority confirmed
   * that it still leads (thesis §6.4); `lease` likewise, but one confirmation serves until another
   * leader could be elected (thesis §6.4.1); `log` by an entry of the log, like a write.
   *
   * A lease needs `checkQuorum`, and it assumes what no protocol can check: that no oscillator is
   * off by more than `clockDriftMax`. A machine that breaks it, as one that is suspended may, reads
   * what is old.
   */
  readonly reads: 'index' | 'lease' | 'log'
  /** The share by which an oscillator may be off from true time, either way, from 0 to below 1; for leases. */
  readonly clockDriftMax: number
  /** A leader whose own disk wrote nothing for an election timeout hands over to a follower. */
  readonly handOverOnStall: boolean
  /** A leader speaks to every follower at least this often. */
  readonly heartbeatMs: Milliseconds
  /** The most entries of one append. */
  readonly batchEntriesMax: number
  /** The most bytes of one append, about; a larger entry travels alone. */
  readonly batchBytesMax: number
  /** The most bytes of an entry, about; a larger command is refused before it is in the log. */
  readonly entryBytesMax: number
  /** The most appends with entries that are under way to a follower at a time. */
  readonly inFlightMessagesMax: number
  /**
   * While an append is under way to a follower, only what fills another one follows at once; the rest
   * waits for an answer and leaves together (as Nagle's algorithm does for TCP). So messages per entry
   * fall as the load grows, and a long link is kept busy. Without it all leaves at once.
   */
  readonly coalesceAppends: boolean
  /** The most bytes of entries that are under way to a follower, about; a larger append travels alone. */
  readonly inFlightBytesMax: number
  /**
   * The most bytes of entries that a leader has appended and not committed, about; it refuses more as
   * `overloaded`. A larger entry is taken when there are none.
   */
  readonly uncommittedBytesMax: number
  /**
   * So long a leader may wait with the news of what is committed for entries that carry it, before it
   * tells its followers alone; 0 for not at all. Their watchers wait as long; their linearizable reads
   * do not.
   */
  readonly commitDelayMs: Milliseconds
  /**
   * How long a leader that is to be confirmed waits for those that it asked first, who are just enough
   * for a majority, before it asks all. 0 to ask all at once. Less than a heartbeat interval.
   */
  readonly confirmDelayMs: Milliseconds
  /**
   * A snapshot is taken when so many entries were applied since the last one (§7), or a tenth as many
   * as that one has keys if that is more. It is written to the disk if four times as many were applied as the
   * last one there has items.
   */
  readonly snapshotEntries: number
  /** So many entries stay behind the newest one that a snapshot covers, for slow followers. */
  readonly keepEntries: number
  /** The most bytes of one piece of a snapshot, about; a larger key and value travel alone. */
  readonly snapshotChunkBytes: number
  /** A learner is not promoted while it lacks more entries than this, unless that is forced (thesis §4.2.1). */
  readonly learnerLagMax: number
  /**
   * The longest that a leader holds a request back while an append of others is under way, so that
   * more of them share the next one; and for those that are likely to come with it, while each
   * comes within a tenth of that. 0 for never. Less than a round trip to the members where that is long.
   */
  readonly lingerMs: Milliseconds
  /** The most requests that a leader keeps open; it refuses more as `overloaded`. */
  readonly pendingMax: number
  /** The most client sessions; the one that was idle longest goes first. */
  readonly sessionsMax: number
  /** A client session that was idle so long goes, by the time of the log, which stands still while nothing is written. */
  readonly sessionTimeoutMs: Milliseconds
  /** So many operations of one session may be under way. */
  readonly sessionWindow: number
  /** So many revisions of the store stay readable and watchable behind the newest one; older ones are compacted. */
  readonly historyRevisions: number
  /** The most watchers that a node lets wait; it refuses more as `overloaded`. */
  readonly watchesMax: number
  /** An answer to a watcher ends with the revision that makes it as large as that. */
  readonly watchBytesMax: number
  /** Leases are granted at least this long. A new leader must have time to be elected. */
  readonly leaseTtlMinMs: Milliseconds
}

/** What a node needs to know to take part. */
export interface RaftOptions extends Partial<RaftConfig> {
  /**
   * The voters of a fresh cluster, which they found: the first leader writes them into the log, and
   * from then on the log says who the members are. A node that is not among them, as where there are
   * none, waits until the leader of a cluster adds it and speaks to it.
   */
  readonly nodes: readonly NodeId[]
}

/** Defaults for a cluster in one place, with disks that sync in a few milliseconds. */
export const raftDefaults: RaftConfig = {
  electionTimeoutMinMs: 150,
  electionTimeoutMaxMs: 300,
  preVote: true,
  checkQuorum: true,
  reads: 'index',
  clockDriftMax: 0.01,
  handOverOnStall: true,
  heartbeatMs: 50,
  batchEntriesMax: 512,
  batchBytesMax: 1024 * 1024,
  entryBytesMax: 1536 * 1024,
  inFlightMessagesMax: 16,
  coalesceAppends: true,
  inFlightBytesMax: 16 * 1024 * 1024,
  uncommittedBytesMax: 64 * 1024 * 1024,
  commitDelayMs: 10,
  confirmDelayMs: 10,
  snapshotEntries: 10_000,
  keepEntries: 5000,
  snapshotChunkBytes: 256 * 1024,
  learnerLagMax: 1000,
  lingerMs: 20,
  pendingMax: 4096,
  sessionsMax: 10_000,
  sessionTimeoutMs: 300_000,
  sessionWindow: 1024,
  historyRevisions: 10_000,
  watchesMax: 1000,
  watchBytesMax: 1024 * 1024,
  leaseTtlMinMs: 500,
}

/**
 * Fills the defaults in.
 *
 * @throws {RangeError} when the settings cannot work, with a sentence that says why.
 */
export function completeConfig(options: RaftOptions): RaftConfig & RaftOptions {
  const config = { ...raftDefaults, ...options }
  const { electionTimeoutMinMs, electionTimeoutMaxMs, heartbeatMs } = config
  if (new Set(config.nodes).size !== config.nodes.length) {
    throw new RangeError('nodes must name every voter of a fresh cluster once')
  }
  if (!(heartbeatMs > 0 && heartbeatMs < electionTimeoutMinMs)) {
    throw new RangeError(
      `heartbeatMs (${heartbeatMs}) must lie between 0 and electionTimeoutMinMs (${electionTimeoutMinMs})`,
    )
  }
  if (!(electionTimeoutMinMs < electionTimeoutMaxMs)) {
    throw new RangeError(
      `electionTimeoutMinMs (${electionTimeoutMinMs}) must be below electionTimeoutMaxMs (${electionTimeoutMaxMs})`,
    )
  }
  checkReads(config)
  for (const [name, least] of leasts) {
    if (!(config[name] >= least)) {
      throw new RangeError(`${name} (${config[name]}) must be at least ${least}`)
    }
  }
  return config
}

function checkReads({ reads, checkQuorum, clockDriftMax }: RaftConfig): void {
  if (reads !== 'index' && reads !== 'lease' && reads !== 'log') {
    throw new RangeError(`reads (${String(reads)}) must be 'index', 'lease' or 'log'`)
  }
  if (reads === 'lease' && !checkQuorum) {
    throw new RangeError(
      `reads can be 'lease' only with checkQuorum: it keeps the others from voting`,
    )
  }
  if (!(clockDriftMax >= 0 && clockDriftMax < 1)) {
    throw new RangeError(`clockDriftMax (${clockDriftMax}) must be at least 0 and below 1`)
  }
}

/** The least that makes sense. */
const leasts = [
  ['batchEntriesMax', 1],
  ['batchBytesMax', 1],
  ['inFlightMessagesMax', 1],
  ['inFlightBytesMax', 1],
  ['uncommittedBytesMax', 1],
  ['commitDelayMs', 0],
  ['confirmDelayMs', 0],
  ['snapshotEntries', 1],
  ['keepEntries', 0],
  ['snapshotChunkBytes', 1],
  ['learnerLagMax', 0],
  ['lingerMs', 0],
  ['pendingMax', 1],
  ['entryBytesMax', 1],
  ['sessionsMax', 1],
  ['sessionTimeoutMs', 1],
  ['sessionWindow', 1],
  ['historyRevisions', 1],
  ['watchesMax', 1],
  ['watchBytesMax', 1],
  ['leaseTtlMinMs', 1],
] as const
