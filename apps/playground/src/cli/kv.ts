import { resolve } from 'node:path'
import { connectControl } from '@lockstep/host'
import type { Lab } from '@lockstep/sim'
import type { Command } from 'commander'
import { ClusterClient, type Outcome } from '../cluster/client.ts'
import { type ClusterFile, isRunning, readClusterFile } from '../cluster/cluster-file.ts'
import { liveScenario } from '../cluster/live-scenario.ts'
import { wholeNumber } from './arguments.ts'
import { document, say, table } from './output.ts'
import { areaNamed } from './target.ts'
import { exit, UsageError } from './usage.ts'

interface KvOptions {
  readonly cluster: string
  readonly timeout: number
  readonly json?: boolean
}

export function addKv(program: Command): void {
  program
    .command('kv')
    .description('Runs one operation on a live cluster, as a client of its own.')
    .argument('<operation...>', 'get x | put x 1 | delete x | cas x 1 2 | status')
    .option('--cluster <directory>', 'the directory of the cluster', '.lockstep/raft')
    .option('--timeout <ms>', 'how long to go on trying', wholeNumber(1, 600_000), 10_000)
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  lockstep kv put x 1 --cluster .lockstep/raft')
    .action(kvCommand)
}

async function kvCommand(words: readonly string[], options: KvOptions): Promise<void> {
  const directory = resolve(options.cluster)
  const file = await readClusterFile(directory)
  if (file === undefined || !isRunning(file.pid)) {
    throw new UsageError(
      `No cluster runs in ${directory}. Start one with 'lockstep cluster raft', or name its directory with --cluster.`,
    )
  }
  if (words[0] === 'status') await status(file, options)
  else await operate(words.join(' '), file, options)
}

async function operate(line: string, file: ClusterFile, options: KvOptions): Promise<void> {
  const area = areaNamed(file.lab)
  const { views } = area.lab
  const op = parse(line, area.lab)
  const client = new ClusterClient({
    lab: area.lab,
    scenario: liveScenario(area, { nodes: file.size, timeoutMs: options.timeout }),
    cluster: file.cluster,
    id: `kv-${process.pid}`,
    nodes: Object.fromEntries(file.nodes.map(({ id, url }) => [id, url])),
  })
  const outcome = await client.operate(op)
  await client.close()
  if (options.json === true) document({ op, ...outcome })
  else say(outcome.type === 'ok' ? views.operation(op, outcome.value) : sentence(outcome))
  process.exitCode = outcome.type === 'ok' ? exit.expected : exit.unexpected
}

function parse(line: string, { views }: Lab): unknown {
  try {
    return views.console.parse(line)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function sentence(outcome: Exclude<Outcome, { type: 'ok' }>): string {
  return outcome.type === 'fail'
    ? `Not done: ${outcome.why}.`
    : `Nobody knows whether it was done: ${outcome.why}.`
}

async function status(file: ClusterFile, options: KvOptions): Promise<void> {
  const { lab } = areaNamed(file.lab)
  const nodes = await Promise.all(
    file.nodes.map(async ({ id, pid, url }) => {
      const view = await look(url, file.cluster, options.timeout)
      const summary = view === undefined ? undefined : lab.views.summary(view)
      return { id, pid, url, summary }
    }),
  )
  if (options.json === true) {
    document({ cluster: file.cluster, lab: file.lab, nodes })
    return
  }
  const rows = nodes.map(({ id, pid, url, summary }) => [
    id,
    String(pid),
    url,
    summary === undefined ? 'no answer' : `${summary.role} ${summary.epoch}`,
  ])
  for (const line of table([['node', 'process', 'address', 'role'], ...rows])) say(line)
}

/** A node's own view, or `undefined` when it does not answer in time: it may be paused. */
async function look(url: string, cluster: string, timeoutMs: number): Promise<unknown> {
  let overdue: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((done) => {
    overdue = setTimeout(() => done(undefined), Math.min(timeoutMs, 2_000))
  })
  const looked = connectControl(url, cluster).then(async (control) => {
    try {
      return (await control.look()).view
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
