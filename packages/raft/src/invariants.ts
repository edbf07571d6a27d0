/**
 * The five properties of figure 3 of the paper, with what the paper says of followers and what restart
 * adds, checked after every step at a cost that does not grow with the run.
 *
 * - Election safety: a term has at most one leader.
 * - Log matching: two entries of one index and term are equal, and so is all before them. It is
 *   enough that equal entries have equal predecessors, which is looked at once for each entry of
 *   each node.
 * - Leader append-only: a leader never cuts its own log.
 * - Cut at a conflict: a follower cuts nothing that its leader has (§5.3). It may have acknowledged it.
 * - Leader completeness: a leader has every entry that was committed in an earlier term. What
 *   counts is the term *in which* an entry was committed, not the entry's own: a candidate that stood
 *   still may win an old term after a later one has committed. It is enough to look at the last such
 *   entry, since log matching covers those before it.
 * - State-machine safety: all nodes apply the same entry at the same index, and have the same state
 *   there, whether they applied all before it or went on from a snapshot.
 * - Compaction: the entry up to which a log was let go is the one that all applied there, so what
 *   log matching says of an entry goes for a base, and what was let go counts as held.
 * - A term never goes back, in memory or on disk.
 */
import type { NodeId, Process, Saved } from '@lockstep/process'
import type { Broken, Invariants } from '@lockstep/sim'
import type { Entry } from './command.ts'
import { changesOf, noHistory } from './kv/history.ts'
import { itemsOf, type State } from './kv/state.ts'
import { RaftNode } from './node.ts'
import type { WalEntry } from './persistent-state.ts'
import type { Raft } from './raft.ts'
import { asIndex, type LogIndex, noIndex, noTerm, type Term } from './term.ts'

/** What the last look at a node saw. */
interface Glance {
  life: number
  role: Raft['role']
  term: Term
  commit: LogIndex
  applied: LogIndex
  /** Where the state was compared last. */
  looked: LogIndex
  base: LogIndex
  /** The node's log behind its base as it was; compared by identity, from the end. */
  log: Entry[]
}

interface Leader {
  readonly id: NodeId
  readonly raft: Raft
}

/** An entry and the term of its predecessor. */
interface Known {
  readonly entry: Entry
  readonly before: Term
}

/** The last entry that was committed in a term, by that term's leader. */
interface Committed {
  readonly index: LogIndex
  readonly entryTerm: Term
}

/**
 * The text of a state costs more than a step: states are compared after each of the first entries,
 * which is all that most runs have, and after every so many of a long log.
 */
const STATES_MAX = 256
const STATES_EVERY = 64
const HISTORY_MAX = 4

/** Checks the processes of one run. Each invariant is reported once. */
export class RaftInvariants implements Invariants {
  readonly #glances = new Map<NodeId, Glance>()
  readonly #leaders = new Map<Term, Leader>()
  readonly #committed = new Map<Term, Committed>()
  /** By index: the entry that was seen first there, of its term. */
  readonly #first: Known[] = []
  /** Those of other terms, by index and term. */
  readonly #others = new Map<string, Known>()
  readonly #applied: Entry[] = []
  /** By index: the state once that entry was applied, as text. */
  readonly #states: string[] = []
  readonly #diskTerms = new Map<NodeId, Term>()
  readonly #reported = new Set<string>()
  #newestTerm: Term = noTerm

  stepped(process: Process, id: NodeId, life: number): Broken | undefined {
    if (!(process instanceof RaftNode)) return undefined
    const { raft } = process
    const glance = this.#glanceAt(id, life)
    const text =
      this.#terms(glance, raft, id) ??
      this.#leadership(glance, raft, id) ??
      this.#log(glance, raft, id) ??
      this.#commitment(glance, raft, id) ??
      this.#machine(glance, raft, id) ??
      this.#state(glance, process)
    glance.role = raft.role
    glance.term = raft.term
    glance.commit = raft.commit
    glance.looked = raft.applied
    return this.#once(text)
  }

  starting(saved: Saved<unknown, unknown>, id: NodeId): Broken | undefined {
    const before = this.#diskTerms.get(id) ?? noTerm
    let term = noTerm
    let text: string | undefined
    for (const record of saved.entries as readonly WalEntry[]) {
      if (record.type !== 'vote') continue
      if (record.term < term) text = `${id} wrote term ${record.term} after term ${term}`
      term = record.term
    }
    // An empty disk was wiped, or never synced: it has nothing to go back from.
    const isEmpty = saved.entries.length === 0 && saved.snapshot === undefined
    if (!isEmpty && term < before) {
      text = `${id} came back in term ${term} after term ${before} was on its disk`
    }
    this.#diskTerms.set(id, term)
    return text === undefined ? undefined : this.#once(broken('terms never go back on disk', text))
  }

  #glanceAt(id: NodeId, life: number): Glance {
    let glance = this.#glances.get(id)
    if (glance === undefined || glance.life !== life) {
      glance = {
        life,
        role: 'follower',
        term: noTerm,
        commit: noIndex,
        applied: noIndex,
        looked: noIndex,
        base: noIndex,
        log: [],
      }
      this.#glances.set(id, glance)
    }
    return glance
  }

  #terms(glance: Glance, raft: Raft, id: NodeId): Broken | undefined {
    if (raft.term >= glance.term) return undefined
    return broken('a term never goes back', `${id} went from term ${glance.term} to ${raft.term}`)
  }

  #leadership(glance: Glance, raft: Raft, id: NodeId): Broken | undefined {
    if (raft.role !== 'leader') return undefined
    const { term } = raft
    if (glance.role === 'leader' && glance.term === term) return undefined
    const other = this.#leaders.get(term)
    if (other !== undefined && (other.id !== id || other.raft !== raft)) {
      const text =
        other.id === id
          ? `${id} led term ${term}, forgot it in a crash, and led it again`
          : `${other.id} and ${id} both led term ${term}`
      return broken('election safety', text)
    }
    this.#leaders.set(term, { id, raft })
    if (term > this.#newestTerm) this.#newestTerm = term
    for (const [since, committed] of this.#committed) {
      if (since < term && lacks(raft, committed)) return incomplete(id, term, since, committed)
    }
    return undefined
  }

  #log(glance: Glance, raft: Raft, id: NodeId): Broken | undefined {
    const { log } = raft
    const wrongBase = this.#base(glance, raft, id)
    if (wrongBase !== undefined) return wrongBase
    const { base, log: seen } = glance
    const before = seen.length
    let needless: Broken | undefined
    while (seen.length > 0 && log.at(asIndex(base + seen.length)) !== seen.at(-1)) {
      needless = this.#needlessCut(raft, seen.pop() as Entry, id)
    }
    if (
      seen.length < before &&
      raft.role === 'leader' &&
      glance.role === 'leader' &&
      glance.term === raft.term
    ) {
      return broken('leader append-only', `${id} led term ${raft.term} and cut its log`)
    }
    if (needless !== undefined) return needless
    while (base + seen.length < log.last) {
      const previous = seen.at(-1)?.term ?? log.baseTerm
      const entry = log.at(asIndex(base + seen.length + 1)) as Entry
      seen.push(entry)
      const differs = this.#differs(entry, previous)
      if (differs !== undefined) {
        const { index, term } = entry
        return broken('log matching', `${id} has another entry ${index} of term ${term} ${differs}`)
      }
    }
    return undefined
  }

  /** A follower cut an entry that the leader of its term has. */
  #needlessCut({ term }: Raft, cut: Entry, id: NodeId): Broken | undefined {
    const leader = this.#leaders.get(term)
    if (leader === undefined) return undefined
    const { role, term: led, log } = leader.raft
    if (role !== 'leader' || led !== term || log.termAt(cut.index) !== cut.term) return undefined
    const text = `${id} cut entry ${cut.index} of term ${cut.term}, which ${leader.id} has, its leader`
    return broken('cut at a conflict', text)
  }

  /** Lets go what the log let go. */
  #base(glance: Glance, { log }: Raft, id: NodeId): Broken | undefined {
    const { base, baseTerm } = log
    if (base === glance.base) return undefined
    glance.log = base < glance.base ? [] : glance.log.slice(base - glance.base)
    glance.base = base
    const applied = this.#applied[base - 1]
    if (applied === undefined || applied.term === baseTerm) return undefined
    const terms = `of term ${baseTerm}, others applied one of term ${applied.term}`
    return broken('log matching', `${id} let its log go up to entry ${base} ${terms}`)
  }

  /** Says how an entry differs from the one of the same index and term that was seen first. */
  #differs(entry: Entry, before: Term): string | undefined {
    const first = this.#firstLike(entry, before)
    if (first.entry !== entry && !isSame(first.entry, entry)) return 'than the one seen first'
    if (first.before !== before) {
      return `behind term ${before}, where the one seen first stands behind term ${first.before}`
    }
    return undefined
  }

  #firstLike(entry: Entry, before: Term): Known {
    const { index, term } = entry
    const first = (this.#first[index] ??= { entry, before })
    if (first.entry.term === term) return first
    const key = `${index} of ${term}`
    const other = this.#others.get(key) ?? { entry, before }
    this.#others.set(key, other)
    return other
  }

  #commitment(glance: Glance, raft: Raft, id: NodeId): Broken | undefined {
    const { commit, term, log } = raft
    if (commit === glance.commit) return undefined
    if (commit < glance.commit) {
      return broken('a commit index never goes back', `${id} went to ${commit} in term ${term}`)
    }
    if (raft.role !== 'leader') return undefined
    const committed = { index: commit, entryTerm: log.termAt(commit) ?? noTerm }
    this.#committed.set(term, committed)
    if (term === this.#newestTerm) return undefined
    for (const [later, leader] of this.#leaders) {
      const { raft: other } = leader
      const leads = later > term && other.role === 'leader' && other.term === later
      if (leads && lacks(other, committed)) return incomplete(leader.id, later, term, committed)
    }
    return undefined
  }

  #machine(glance: Glance, raft: Raft, id: NodeId): Broken | undefined {
    while (glance.applied < raft.applied) {
      glance.applied = asIndex(glance.applied + 1)
      const entry = raft.log.at(glance.applied)
      const first = this.#applied[glance.applied - 1]
      if (entry === undefined || entry === first) continue
      if (first === undefined) this.#applied[glance.applied - 1] = entry
      else if (!isSame(first, entry)) {
        const terms = `of term ${entry.term}, others one of term ${first.term}`
        return broken('state-machine safety', `${id} applied entry ${glance.applied} ${terms}`)
      }
    }
    return undefined
  }

  #state(glance: Glance, { id, raft, machine }: RaftNode): Broken | undefined {
    const { applied } = raft
    if (applied === glance.looked || applied === noIndex) return undefined
    if (applied > STATES_MAX && applied % STATES_EVERY !== 0) return undefined
    const state = textOf(machine.state)
    const first = (this.#states[applied] ??= state)
    if (first === state) return undefined
    return broken('equal states', `${id} has another state after entry ${applied} than others had`)
  }

  #once(found: Broken | undefined): Broken | undefined {
    if (found === undefined || this.#reported.has(found.invariant)) return undefined
    this.#reported.add(found.invariant)
    return found
  }
}

/** A state as text. Of the history it has the last changes only: the others were compared when they came. */
function textOf({ store, sessions }: State): string {
  const { history } = store
  const last = changesOf(history, Math.max(0, history.size - HISTORY_MAX))
  const others = itemsOf({ store: { ...store, history: noHistory }, sessions })
  return JSON.stringify([history.size, ...last, ...others])
}

function lacks(raft: Raft, { index, entryTerm }: Committed): boolean {
  return index >= raft.log.base && raft.log.termAt(index) !== entryTerm
}

function incomplete(id: NodeId, term: Term, since: Term, committed: Committed): Broken {
  const { index } = committed
  const text = `${id} led term ${term} without entry ${index}, which was committed in term ${since}`
  return broken('leader completeness', text)
}

/** Whether two entries of one index are equal. Entries that were read from disk are other objects. */
function isSame(a: Entry, b: Entry): boolean {
  return (
    a.term === b.term &&
    a.time === b.time &&
    JSON.stringify(a.command) === JSON.stringify(b.command)
  )
}

function broken(invariant: string, text: string): Broken {
  return { invariant, text }
}
