import type { NodeEvent, RunningNode } from '@lockstep/host'
import type { Milliseconds, NodeId } from '@lockstep/process'
import type { Lab } from '@lockstep/sim'
import { TokenBucket } from '../server/token-bucket.ts'
import { type Facts, type LogLevel, logLevels, logLine } from './log-line.ts'

export interface NodeLogOptions {
  readonly id: NodeId
  readonly lab: Lab
  /** Lines that matter less are left out. */
  readonly level: LogLevel
  /** Takes each line. */
  readonly write: (line: string) => void
}

/** Of lines with one text so many are written at once, and then one in so many seconds. */
const burst = 20
const secondsPerLine = 6

const slowWriteMs: Milliseconds = 1_000
const lookEveryMs: Milliseconds = 500

/** Marks of the host itself, which are the same for every lab. */
const hostLevels: Readonly<Record<string, LogLevel>> = {
  'reached a peer': 'info',
  'lost a peer': 'warn',
  'parted from a peer': 'info',
  'refused a link': 'warn',
  'was refused a link': 'warn',
}

/**
 * Makes readable lines of what happens at a node: of the events that the host reports anyway, and of
 * whom the process follows, which is looked at twice a second. Make it before the node.
 */
export class NodeLog {
  readonly #options: NodeLogOptions
  readonly #buckets = new Map<string, { readonly bucket: TokenBucket; unsaid: number }>()
  #standing = ''
  #looking: NodeJS.Timeout | undefined

  constructor(options: NodeLogOptions) {
    this.#options = options
  }

  /** Hears of what is rare at the node. */
  readonly onEvent = (event: NodeEvent): void => {
    const { kind, name, value, data } = event
    if (kind === 'start') {
      this.#say('info', 'started', { incarnation: value, ...factsOf(data) })
    } else if (kind === 'stop') this.#say('info', 'was asked to stop')
    else if (kind === 'mark') {
      const level = this.#options.lab.views.journal?.levels[name] ?? hostLevels[name]
      if (level !== undefined) this.#say(level, name, factsOf(data))
    } else {
      const { node, peer } = event
      this.#say('warn', `was given a fault: ${kind}`, { node, peer, value })
    }
  }

  /** Hears of every write to the disk. */
  readonly onSync = (took: Milliseconds, bytes: number): void => {
    if (took >= slowWriteMs)
      this.#say('warn', 'waited for its disk', { ms: Math.round(took), bytes })
  }

  /** The node listens; from now on it is looked at. */
  begin(node: RunningNode): void {
    if (node.torn !== undefined) this.#say('warn', 'dropped a torn write', { ...node.torn })
    this.#say('info', 'listens', { url: node.url, process: process.pid })
    this.#looking = setInterval(() => this.#look(node), lookEveryMs).unref()
  }

  /** The node is down. */
  end(failure: Error | undefined): void {
    clearInterval(this.#looking)
    if (failure === undefined) this.#say('info', 'ended in good order')
    else this.#say('error', 'failed', { error: failure.message })
  }

  #say(level: LogLevel, text: string, facts: Facts = {}): void {
    const { id, write, level: least } = this.#options
    if (logLevels.indexOf(level) < logLevels.indexOf(least)) return
    const now = performance.now()
    const rate = this.#buckets.get(text) ?? {
      bucket: new TokenBucket(burst, 1 / secondsPerLine, now),
      unsaid: 0,
    }
    this.#buckets.set(text, rate)
    if (!rate.bucket.take(now)) {
      rate.unsaid++
      return
    }
    const { unsaid } = rate
    rate.unsaid = 0
    write(logLine(new Date(), level, id, text, unsaid === 0 ? facts : { ...facts, unsaid }))
  }

  #look(node: RunningNode): void {
    const view = node.view()
    if (view === undefined) return
    const standing = this.#options.lab.views.journal?.standing(view)
    const seen = JSON.stringify(standing) ?? ''
    if (seen === this.#standing) return
    this.#standing = seen
    if (standing !== undefined) this.#say('info', standing.text, standing.facts)
  }
}

function factsOf(data: unknown): Facts {
  return typeof data === 'object' && data !== null ? { ...data } : {}
}
