import { connectControl } from '@lockstep/host'
import type { NodeId } from '@lockstep/process'
import type { RaftView } from '@lockstep/raft'
import type { Command } from 'commander'
import { document, say, table } from '../output.ts'
import { type KvOptions, kvCommand, runningCluster } from './connection.ts'

interface NodeStatus {
  readonly id: NodeId
  readonly pid: number
  readonly url: string
  /** Absent when the node does not answer: it may be paused. */
  readonly view: RaftView | undefined
}

/** Shows how the nodes stand. */
export function addStatus(kv: Command): void {
  kvCommand(
    kv,
    'status',
    'How each node stands, by its own word: role, term, log, keys, bytes of keys and of their history, leader, and how far it lags behind that.',
    'status',
  ).action(status)
}

async function status(options: KvOptions): Promise<void> {
  const file = await runningCluster(options)
  const nodes = await Promise.all(
    file.nodes.map(async ({ id, pid, url }): Promise<NodeStatus> => {
      return { id, pid, url, view: await look(url, file.cluster, options.timeout) }
    }),
  )
  const end = Math.max(0, ...nodes.map(({ view }) => (view?.role === 'leader' ? view.last : 0)))
  if (options.json === true) {
    const shown = nodes.map(({ view, ...node }) => ({ ...node, ...figuresOf(view, end) }))
    document({ cluster: file.cluster, lab: file.lab, nodes: shown })
    return
  }
  const heading = ['node', 'process', 'address', 'role', 'commit', 'applied', 'durable', 'last']
  const rows = nodes.map(({ id, pid, url, view }) => [id, String(pid), url, ...cells(view, end)])
  for (const line of table([[...heading, 'keys', 'bytes', 'history', 'leader', 'lag'], ...rows]))
    say(line)
}

function figuresOf(view: RaftView | undefined, end: number): Readonly<Record<string, unknown>> {
  if (view === undefined) return { answers: false }
  const { role, term, membership, commit, applied, durable, last, base, snapshot } = view
  const { keys, bytes, sessions, openRequests, leader } = view
  const log = { commit, applied, durable, last, base, snapshot, lag: Math.max(0, end - last) }
  const store = { keys, bytes, sessions, openRequests }
  return { answers: true, role, term, membership, leader, ...log, ...store }
}

function cells(view: RaftView | undefined, end: number): readonly string[] {
  if (view === undefined) return ['no answer']
  const { role, term, membership, commit, applied, durable, last, keys, bytes, leader } = view
  const is = membership === 'voter' ? role : membership
  const numbers = [commit, applied, durable, last, keys, bytes.keys, bytes.history].map(String)
  return [`${is} ${term}`, ...numbers, leader ?? '-', String(Math.max(0, end - last))]
}

/** A node's own view, or `undefined` when it does not answer in time: it may be paused. */
async function look(
  url: string,
  cluster: string,
  timeoutMs: number,
): Promise<RaftView | undefined> {
  let overdue: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((done) => {
    overdue = setTimeout(() => done(undefined), Math.min(timeoutMs, 2_000))
  })
  const looked = connectControl(url, cluster).then(async (control) => {
    try {
      return (await control.look()).view as RaftView
    } finally {
      await control.close()
    }
  })
  try {
    return await Promise.race([looked.catch(() => undefined), late])
  } finally {
    clearTimeout(overdue)
  }
}
