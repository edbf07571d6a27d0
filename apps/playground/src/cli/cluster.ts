import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { Area } from '../areas.ts'
import type { NodeId } from '@lockstep/process'
import type { Command } from 'commander'
import { ClusterClient } from '../cluster/client.ts'
import { type Change, Cluster } from '../cluster/cluster.ts'
import { isRunning, readClusterFile } from '../cluster/cluster-file.ts'
import { ClusterConsole } from '../cluster/console.ts'
import { liveScenario, SettingError } from '../cluster/live-scenario.ts'
import { MemberChanges } from '../cluster/member-changes.ts'
import { StoreClient } from '../cluster/store-client.ts'
import type { LogLevel } from '../log/log-line.ts'
import { logLevelOption, repeated, wholeNumber } from './arguments.ts'
import { note, say, table } from './output.ts'
import { readSecret, secretFileOption } from './secret-file.ts'
import { endingSignal, exitCodeOfSignal } from './signals.ts'
import { areaNamed, checkFlaws } from './target.ts'
import { UsageError } from './usage.ts'

interface ClusterCommandOptions {
  readonly nodes: number
  readonly dir?: string
  readonly restart?: boolean
  readonly secretFile?: string
  readonly flaw?: readonly string[]
  readonly set?: readonly string[]
  readonly logLevel: LogLevel
}

export function addCluster(program: Command): void {
  program
    .command('cluster')
    .description('Runs a live cluster, one OS process a node, with a prompt to use and break it.')
    .argument('<lab>', 'what to run: raft')
    .option('--nodes <number>', 'how many nodes', wholeNumber(1, 9), 3)
    .option('--dir <directory>', 'where their disks are; by default .lockstep/<lab>')
    .option('--restart', 'start a node again by itself when it dies from outside')
    .addOption(secretFileOption())
    .option('--flaw <name>', 'break a rule on purpose; may be given more than once', repeated)
    .option('--set <name=value>', 'a setting of the lab; may be given more than once', repeated)
    .addOption(logLevelOption())
    .addHelpText('after', '\nExample:\n  lockstep cluster raft --nodes 5')
    .action(clusterCommand)
}

async function clusterCommand(name: string, options: ClusterCommandOptions): Promise<void> {
  const area = areaNamed(name)
  const { lab } = area
  const { flaw: flaws = [], set: settings = [] } = options
  checkFlaws(lab, flaws)
  const scenario = scenarioFor(area, options)
  const directory = resolve(options.dir ?? `.lockstep/${name}`)
  const secret = await readSecret(options.secretFile)
  await mkdir(directory, { recursive: true })
  await refuseSecond(directory)
  const ending = endingSignal()
  const watch = new Watch(options.restart === true)
  const cluster = await Cluster.start({
    lab: name,
    cluster: name,
    nodes: lab.processes(scenario).map(({ id }) => id),
    directory,
    flaws,
    settings,
    metrics: true,
    secret,
    logLevel: options.logLevel,
    onChange: (change) => watch.onChange(change),
  })
  const client = new ClusterClient({
    lab,
    scenario,
    cluster: name,
    id: `console-${process.pid}`,
    nodes: cluster.urls,
    secret: secret?.text,
  })
  const administrator = new StoreClient({
    cluster: name,
    id: `members-${process.pid}`,
    nodes: cluster.urls,
    secret: secret?.text,
    timeoutMs: 5_000,
  })
  watch.begin(cluster, (nodes) => {
    client.setNodes(nodes)
    administrator.setNodes(nodes)
  })
  try {
    const console = new ClusterConsole(
      cluster,
      lab,
      client,
      new MemberChanges(cluster, administrator),
    )
    for (const line of table(await console.status())) say(line)
    for (const { id, metrics } of cluster.status()) say(`${id} has its metrics at ${metrics}`)
    say(
      `Each node writes what happens to it into its folder's node.log; 'log n1' shows the end of it.`,
    )
    say(`${cluster.nodes.length} nodes in ${directory}. Type 'help' for what can be done.`)
    const leave = new AbortController()
    void ending.then((signal) => {
      process.exitCode = exitCodeOfSignal(signal)
      leave.abort()
    })
    await prompt(console, leave.signal)
  } finally {
    await client.close()
    await administrator.close()
    await cluster.stop()
  }
}

function scenarioFor(area: Area, options: ClusterCommandOptions): ReturnType<typeof liveScenario> {
  const { nodes, flaw: flaws = [], set: settings = [] } = options
  try {
    const scenario = liveScenario(area, { nodes, flaws, settings })
    area.lab.processes(scenario)
    return scenario
  } catch (error) {
    if (!(error instanceof SettingError || error instanceof RangeError)) throw error
    throw new UsageError(error.message)
  }
}

async function refuseSecond(directory: string): Promise<void> {
  const running = await readClusterFile(directory)
  if (running !== undefined && isRunning(running.pid)) {
    throw new UsageError(
      `A cluster runs in ${directory} already (process ${running.pid}). Choose another with --dir.`,
    )
  }
}

/** Says what happens to the processes, and starts those again that died from outside if it shall. */
class Watch {
  readonly #restart: boolean
  #cluster: Cluster | undefined
  #setNodes: ((nodes: Readonly<Record<NodeId, string>>) => void) | undefined

  constructor(restart: boolean) {
    this.#restart = restart
  }

  /** `setNodes` hears where the nodes are, whenever one is up. */
  begin(cluster: Cluster, setNodes: (nodes: Readonly<Record<NodeId, string>>) => void): void {
    this.#cluster = cluster
    this.#setNodes = setNodes
  }

  onChange(change: Change): void {
    const cluster = this.#cluster
    if (cluster === undefined) return
    if (change.type === 'up') this.#setNodes?.(cluster.urls)
    if (change.type !== 'down' || change.asked) return
    const { id, ended } = change
    const how = ended.signal ?? `exit code ${ended.code}`
    note(`${id} died (${how})${ended.said === '' ? '' : `: ${ended.said}`}`)
    if (this.#restart) void this.#bringBack(cluster, id)
    else note(`'restart ${id}' brings it back.`)
  }

  async #bringBack(cluster: Cluster, id: NodeId): Promise<void> {
    try {
      await cluster.apply({ do: 'restart', node: id })
      note(`${id} is back.`)
    } catch (error) {
      note(`${id} did not come back: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/**
 * Reads commands until the person quits. Commands may also be piped in; then their end is the end
 * of the cluster, while an empty input, as of a service, leaves it running.
 */
async function prompt(console: ClusterConsole, leave: AbortSignal): Promise<void> {
  const lines = createInterface({
    input: process.stdin,
    ...(process.stdin.isTTY ? { output: process.stdout } : {}),
    prompt: '> ',
    signal: leave,
  })
  let heard = false
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    show(lines)
    for await (const line of lines) {
      heard ||= line.trim() !== ''
      const { rows, quit = false } = await console.execute(line)
      for (const row of table(rows)) say(row)
      if (quit) return
      show(lines)
    }
    if (!heard && !leave.aborted) await once(leave, 'abort')
  } finally {
    lines.close()
  }
}

function show(lines: Interface): void {
  if (process.stdin.isTTY) lines.prompt()
}
