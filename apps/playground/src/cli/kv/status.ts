import { connectControl, HostError, type NodeState } from '@lockstep/host'
import type { NodeId } from '@lockstep/process'
import type { RaftView } from '@lockstep/raft'
import type { Command } from 'commander'
import { document, note, say, table } from '../output.ts'
import { readSecret } from '../secret-file.ts'
import { exit } from '../usage.ts'
import { type KvOptions, kvCommand, runningCluster } from './connection.ts'

interface NodeStatus {
  readonly id: NodeId
  readonly pid: number
  readonly url: string
  /** Absent when the node does not answer: it may be paused. */
  readonly state: Seen | undefined
}

/** What a node of this lab tells of itself. */
interface Seen extends NodeState {
  readonly view: RaftView
}

/** Shows how the nodes stand. */
export function addStatus(kv: Command): void {
  kvCommand(
    kv,
    'status',
    'How each node stands, by its own word: role, term, log, keys, bytes of the keys, of their history, of the log in memory and on the disk, leader, and how far it lags behind that.',
    'status',
  ).action(status)
}

async function status(options: KvOptions): Promise<void> {
  const file = await runningCluster(options)
  const secret = await readSecret(options.secretFile)
  const nodes = await Promise.all(
    file.nodes.map(async ({ id, pid, url }): Promise<NodeStatus> => {
      return { id, pid, url, state: await look(url, file.cluster, secret?.text, options.timeout) }
    }),
  )
  const ends = nodes.map(({ state }) => (state?.view.role === 'leader' ? state.view.last : 0))
  const end = Math.max(0, ...ends)
  if (options.json === true) {
    const shown = nodes.map(({ state, ...node }) => ({ ...node, ...figuresOf(state, end) }))
    document({ cluster: file.cluster, lab: file.lab, nodes: shown })
    return
  }
  const place = ['node', 'process', 'address', 'role']
  const log = ['commit', 'applied', 'durable', 'last']
  const store = ['keys', 'bytes', 'history', 'log', 'disk', 'leader', 'lag']
  const rows = nodes.map(({ id, pid, url, state }) => [id, String(pid), url, ...cells(state, end)])
  for (const line of table([[...place, ...log, ...store], ...rows])) say(line)
}

function figuresOf(state: Seen | undefined, end: number): Readonly<Record<string, unknown>> {
  if (state === undefined) return { answers: false }
  const { view, disk } = state
  const { role, term, membership, commit, applied, durable, last, base, snapshot } = view
  const { keys, bytes, sessions, openRequests, leader } = view
  const log = { commit, applied, durable, last, base, snapshot, lag: Math.max(0, end - last) }
  const store = { keys, bytes, sessions, openRequests, disk }
  return { answers: true, role, term, membership, leader, ...log, ...store }
}

function cells(state: Seen | undefined, end: number): readonly string[] {
  if (state === undefined) return ['no answer']
  const { view, disk } = state
  const { role, term, membership, commit, applied, durable, last, keys, bytes, leader } = view
  const is = membership === 'voter' ? role : membership
  const held = disk.logBytes + disk.snapshotBytes
  const numbers = [commit, applied, durable, last, keys, bytes.keys, bytes.history, bytes.log, held]
  const lag = Math.max(0, end - last)
  return [`${is} ${term}`, ...numbers.map(String), leader ?? '-', String(lag)]
}

/** A node's own word, or `undefined` when it does not answer in time: it may be paused. A refusal is told. */
async function look(
  url: string,
  cluster: string,
  secret: string | undefined,
  timeoutMs: number,
): Promise<Seen | undefined> {
  let overdue: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((done) => {
    overdue = setTimeout(() => done(undefined), Math.min(timeoutMs, 2_000))
  })
  const looked = connectControl(url, cluster, secret).then(async (control) => {
    try {
      return (await control.look()) as Seen
    } finally {
      await control.close()
    }
  })
  try {
    return await Promise.race([looked.catch(unanswered), late])
  } finally {
    clearTimeout(overdue)
  }
}

function unanswered(error: unknown): undefined {
  if (!(error instanceof HostError) || error.code !== 'refused') return
  note(`${error.message}.`)
  process.exitCode = exit.unexpected
}
