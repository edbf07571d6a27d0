/**
 * A live cluster as a session: the same rows, summaries, histories and verdicts as of a simulation,
 * from what OS processes report while they run.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostEvent } from '@lockstep/host'
import { CommandQueue } from '@lockstep/patterns/behavioral/command-queue'
import type { Fault, NodeId, TraceEvent } from '@lockstep/process'
import { encodeLink, type Full } from '@lockstep/sim'
import type { Area } from '../areas.ts'
import { ClusterClient, outcomeText } from '../cluster/client.ts'
import { type Change, Cluster, ClusterError, type ClusterOptions } from '../cluster/cluster.ts'
import { LiveHistory } from '../cluster/live-history.ts'
import { faultText } from '../cluster/fault-text.ts'
import { liveScenario } from '../cluster/live-scenario.ts'
import { leaderOf } from '../cluster/standing.ts'
import type { Exchange } from '../cluster/watched-port.ts'
import { LiveJudge } from './live-judge.ts'
import { LiveLoad } from './live-load.ts'
import { LiveMembers, type LiveMembersOptions } from './live-members.ts'
import { LiveStage } from './live-stage.ts'
import { LiveTrace } from './live-trace.ts'
import type { FromSession, MemberChange } from './protocol.ts'
import { RowsBuilder } from './rows.ts'
import { type LiveRun, parseLine, Refusal } from './session.ts'

/** Everybody had time to report what happened before that long ago. */
const lateMs = 150
/** How much longer the trace waits for a process that is late with what it sent. */
const patienceMs = 3_000
const flushEveryMs = 50
/** Data of the newest messages is kept for who asks for it. */
const messagesMax = 20_000
const person: NodeId = 'you'

/** What a client of a live cluster must know. */
type Known = Pick<LiveMembersOptions, 'cluster' | 'name' | 'secret'>

export interface LiveStart {
  readonly nodes: number
  readonly request: number
  readonly send: (message: FromSession) => void
}

/** Starts a cluster of an area in a temporary directory, with a client that keeps it busy. */
export async function startLive(area: Area, start: LiveStart): Promise<LiveRun> {
  const scenario = liveScenario(area, { nodes: start.nodes })
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-live-'))
  const session = new LiveSession(area, scenario, start)
  try {
    await session.begin(directory)
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
  return session
}

class LiveSession implements LiveRun {
  readonly #area: Area
  readonly #scenario: Full
  readonly #start: LiveStart
  readonly #startedAt = microseconds()
  readonly #rows: RowsBuilder
  readonly #trace: LiveTrace
  readonly #history: LiveHistory
  readonly #judge: LiveJudge
  readonly #messages = new Map<number, unknown>()
  readonly #marks = new Map<string, number>()
  #directory = ''
  #cluster: Cluster | undefined
  #stage: LiveStage | undefined
  #you: ClusterClient | undefined
  #load: LiveLoad | undefined
  #members: LiveMembers | undefined
  #ticking: NodeJS.Timeout | undefined
  /** A person has one operation open at a time; others wait. */
  readonly #operations = new CommandQueue()

  constructor(area: Area, scenario: Full, start: LiveStart) {
    this.#area = area
    this.#scenario = scenario
    this.#start = start
    this.#rows = new RowsBuilder(area.lab.views, 0)
    this.#trace = new LiveTrace(this.#startedAt, (event) => this.#onRow(event))
    this.#history = new LiveHistory(
      () => microseconds() - this.#startedAt,
      (event) => {
        const { type: kind, at, client, id } = event
        const data = 'op' in event ? event.op : 'value' in event ? event.value : event.why
        this.#note({ at: at + this.#startedAt, kind, node: client, value: id, data })
      },
    )
    this.#judge = new LiveJudge(area.lab, this.#history, start.send)
  }

  async begin(directory: string): Promise<void> {
    const { lab } = this.#area
    const { request, send } = this.#start
    const nodes = lab.processes(this.#scenario).map(({ id }) => id)
    const name = `live-${process.pid}-${request}`
    this.#directory = directory
    send({
      type: 'opened',
      request,
      world: 'live',
      scenario: this.#scenario,
      link: encodeLink(this.#scenario),
      nodes,
      clients: [person, LiveLoad.client],
      fromRow: 0,
    })
    const secret = await freshSecret(directory)
    const cluster = await Cluster.start({
      lab: lab.name,
      cluster: name,
      nodes,
      directory,
      secret,
      onChange: (change) => this.#onChange(change),
    })
    this.#cluster = cluster
    this.#stage = new LiveStage(cluster, lab, this.#startedAt)
    const known = { cluster, name, secret: secret.text }
    this.#you = this.#client(person, known)
    this.#load = new LiveLoad(lab, this.#client(LiveLoad.client, known))
    this.#load.begin(this.#history.recorder(LiveLoad.client))
    if (this.#area.newcomer !== undefined) this.#members = this.#membersOf(known)
    this.#ticking = setInterval(() => this.#tick(), flushEveryMs)
  }

  async fault(fault: Fault): Promise<string> {
    const cluster = this.#running()
    const aimed = await orRefuse(() => this.#aimed(fault, cluster))
    await orRefuse(() => cluster.apply(aimed))
    return faultText(aimed)
  }

  async operate(line: string): Promise<string> {
    const { lab } = this.#area
    const op = parseLine(lab, line)
    const record = this.#history.recorder(person)
    const outcome = await this.#operations.run(() => {
      if (this.#you === undefined) throw starting()
      return this.#you.operate(op, record)
    })
    const text = outcomeText(lab.views, op, outcome)
    if (outcome.type === 'ok') return text
    throw new Refusal(outcome.type === 'fail' ? 'not-done' : 'unknown', text)
  }

  async changeMembers(change: MemberChange): Promise<string> {
    this.#running()
    const members = this.#members
    if (members !== undefined) return orRefuse(() => members.change(change))
    throw new Refusal('fixed', `The nodes of '${this.#area.lab.name}' are fixed from its start.`)
  }

  async look(request: number): Promise<void> {
    const nodes = await this.#stage?.views()
    const step = this.#trace.length
    this.#start.send({ type: 'views', request, step, nodes: nodes ?? [] })
  }

  message(request: number, row: number): void {
    const message = this.#messages.get(row)
    if (message === undefined) {
      throw new Refusal('no-message', `Row ${row} carries no message, or one from too long ago.`)
    }
    this.#start.send({ type: 'message', request, row, message })
  }

  async end(): Promise<void> {
    clearInterval(this.#ticking)
    this.#stage?.end()
    await this.#members?.end()
    await this.#load?.end()
    await this.#you?.close()
    await this.#cluster?.stop()
    await rm(this.#directory, { recursive: true, force: true })
  }

  #running(): Cluster {
    if (this.#cluster === undefined) throw starting()
    return this.#cluster
  }

  #client(id: NodeId, { cluster, name, secret }: Known): ClusterClient {
    return new ClusterClient({
      lab: this.#area.lab,
      scenario: this.#scenario,
      cluster: name,
      id,
      nodes: cluster.urls,
      secret,
      onExchange: (exchange) => this.#onExchange(id, exchange),
    })
  }

  #membersOf(known: Known): LiveMembers {
    return new LiveMembers({
      ...known,
      now: microseconds,
      onExchange: (id, exchange) => this.#onExchange(id, exchange),
    })
  }

  #onExchange(id: NodeId, { kind, peer, name, number, reason, data }: Exchange): void {
    const said = kind === 'drop' ? { value: reason, data: number } : { value: number, data }
    this.#note({ at: microseconds(), kind, node: id, peer, name, ...said })
  }

  async #aimed(fault: Fault, cluster: Cluster): Promise<Fault> {
    if (!('node' in fault) || !fault.node.startsWith('@')) return fault
    const leader = fault.node === '@leader' ? await leaderOf(cluster, this.#area.lab) : undefined
    if (leader === undefined) throw new ClusterError(`Nobody is ${fault.node.slice(1)} now.`)
    return { ...fault, node: leader }
  }

  #onChange(change: Change): void {
    const { id } = change
    const at = microseconds()
    const node = { at, node: id }
    if (change.type === 'up') {
      const { control } = change
      this.#trace.began(id)
      this.#note({ ...node, kind: 'start', value: control.incarnation })
      control.onEvents((events) => this.#onEvents(id, events))
      this.#tellClients()
    } else if (change.type === 'removed') {
      this.#tellClients()
    } else if (change.type === 'down') {
      this.#trace.ended(id)
      this.#note({ ...node, kind: 'crash', name: change.ended.isOrderly ? 'stopped' : '' })
    } else {
      this.#note({ ...node, kind: change.type === 'paused' ? 'pause' : 'resume' })
    }
  }

  /** Where the nodes are now, and which there are. */
  #tellClients(): void {
    const urls = this.#cluster?.urls
    if (urls === undefined) return
    this.#you?.setNodes(urls)
    this.#load?.setNodes(urls)
    this.#members?.changed()
  }

  /** A reply to a client is known by what it answers, as the client knows nothing else of it. */
  #onEvents(id: NodeId, events: readonly HostEvent[]): void {
    this.#trace.add(
      id,
      events.map((event) => {
        const re = event.kind === 'send' ? replyTo(event.data) : undefined
        return re === undefined ? event : { ...event, value: re }
      }),
    )
    this.#stage?.changed(id)
  }

  #note(event: Partial<TraceEvent> & Pick<TraceEvent, 'at' | 'kind' | 'node'>): void {
    const source = `${event.node} here`
    const whole = { peer: undefined, name: '', value: 0, ...event, row: -1, cause: -1 }
    this.#trace.add(source, [whole])
  }

  #onRow(event: TraceEvent): void {
    this.#rows.add(event)
    if (event.kind === 'mark') {
      this.#marks.set(event.name, (this.#marks.get(event.name) ?? 0) + 1)
    }
    if (event.kind !== 'send') return
    this.#messages.set(event.row, event.data)
    const oldest = this.#messages.keys().next()
    if (this.#messages.size > messagesMax && !oldest.done) this.#messages.delete(oldest.value)
  }

  #tick(): void {
    const { send } = this.#start
    const now = microseconds()
    const until = now - lateMs * 1000
    this.#trace.flush(until, now - patienceMs * 1000)
    if (this.#rows.length > 0) send({ type: 'rows', rows: this.#rows.take() })
    for (const nodes of this.#members?.take(until) ?? []) {
      send({ type: 'nodes', row: this.#trace.length, nodes })
    }
    const changes = this.#stage?.take(until, this.#trace.length) ?? []
    if (changes.length > 0) send({ type: 'summaries', fromRow: changes[0]?.row ?? 0, changes })
    this.#judge.tick(now - this.#startedAt, this.#trace.length, this.#marks)
  }
}

function starting(): Refusal {
  return new Refusal('not-ready', 'The cluster is starting. Try again in a moment.')
}

/** A secret for one cluster, beside its nodes, so that nobody else on this machine gets in. */
async function freshSecret(directory: string): Promise<NonNullable<ClusterOptions['secret']>> {
  const file = join(directory, 'secret')
  const text = randomBytes(32).toString('hex')
  await writeFile(file, text, { mode: 0o600 })
  return { file, text }
}

/** What cannot be done to a cluster as it stands now is a refusal. */
async function orRefuse<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error
    throw new Refusal(error.code, error.message)
  }
}

function replyTo(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null || !('re' in data)) return undefined
  return typeof data.re === 'number' ? data.re : undefined
}

/** Now, by the clock of trace events: microseconds since 1970 that never jump. */
function microseconds(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000)
}
