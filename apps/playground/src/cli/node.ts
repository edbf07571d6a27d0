import { resolve } from 'node:path'
import { HostError, type NodeOptions, type RunningNode, startNode } from '@lockstep/host'
import type { Build, NodeId } from '@lockstep/process'
import type { Full } from '@lockstep/sim'
import { type Command, InvalidArgumentError } from 'commander'
import type { Area } from '../areas.ts'
import { liveScenario, SettingError } from '../cluster/live-scenario.ts'
import { endNow, type Listening } from '../cluster/member.ts'
import { type MetricsServer, serveMetrics } from '../metrics/metrics-server.ts'
import { logFileOf, LogFile } from '../log/log-file.ts'
import type { LogLevel } from '../log/log-line.ts'
import { NodeLog } from '../log/node-log.ts'
import { logLevelOption, repeated, wholeNumber } from './arguments.ts'
import { note, say } from './output.ts'
import { readSecret, secretFileOption } from './secret-file.ts'
import { endingSignal, exitCodeOfSignal } from './signals.ts'
import { areaNamed, checkFlaws } from './target.ts'
import { UsageError } from './usage.ts'

interface Address {
  readonly host: string
  readonly port: number
}

interface NodeCommandOptions {
  readonly id: NodeId
  readonly dir: string
  readonly listen: Address
  readonly peers: Readonly<Record<NodeId, string>>
  readonly nodes?: number
  readonly join?: boolean
  readonly cluster?: string
  readonly secretFile?: string
  readonly flaw?: readonly string[]
  readonly set?: readonly string[]
  readonly metricsPort?: number
  readonly logLevel: LogLevel
}

export function addNode(program: Command): void {
  program
    .command('node')
    .description('Runs one node of a live cluster in this process, with its log in a directory.')
    .argument('<lab>', 'what to run: raft')
    .requiredOption('--id <id>', 'which node it is: n1, n2, …')
    .requiredOption('--dir <directory>', 'where it keeps its log')
    .option('--listen <host:port>', 'where it listens; port 0 takes any free one', address, {
      host: '127.0.0.1',
      port: 0,
    })
    .option('--peers <list>', 'where the others are: n2=ws://127.0.0.1:7002/link,n3=…', peers, {})
    .option('--nodes <number>', 'how many nodes the cluster has', wholeNumber(1, 25))
    .option('--join', 'it is none of the founders: it waits until the cluster adds it')
    .option('--cluster <name>', 'the name of the cluster; by default that of the lab')
    .addOption(secretFileOption())
    .option('--flaw <name>', 'break a rule on purpose; may be given more than once', repeated)
    .option('--set <name=value>', 'a setting of the lab; may be given more than once', repeated)
    .option(
      '--metrics-port <number>',
      'serves /metrics, /health and /ready on 127.0.0.1; port 0 takes any free one',
      wholeNumber(0, 65_535),
    )
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      '\nExample:\n  lockstep node raft --id n1 --dir ./n1 --listen 127.0.0.1:7001 --nodes 3',
    )
    .action(nodeCommand)
}

async function nodeCommand(name: string, options: NodeCommandOptions): Promise<void> {
  const supervised = process.send !== undefined
  // A terminal sends its interrupt to every process, and the supervisor ends its nodes in order.
  if (supervised) for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
  const ending = supervised ? endingSignal(['SIGTERM']) : endingSignal()
  const orphaned = new Promise((done) => process.once('disconnect', done))
  const dismissed = new Promise<void>((done) => {
    process.on('message', (message) => {
      if (message === endNow) done()
    })
  })
  const file = new LogFile(logFileOf(resolve(options.dir)))
  const log = new NodeLog({
    id: options.id,
    lab: areaNamed(name).lab,
    level: options.logLevel,
    // What a supervised node writes to stderr is what it died of.
    write: (line) => {
      file.write(line)
      if (!supervised) note(line)
    },
  })
  const { node, server } = await startWatched(name, options, log)
  log.begin(node)
  const { id, url, incarnation } = node
  const metrics = server?.url
  if (process.send === undefined) {
    say(`${id} is at ${url}`)
    if (metrics !== undefined) say(`${id} has its metrics at ${metrics}`)
  } else {
    const listening: Listening = { type: 'listening', url, incarnation }
    process.send(metrics === undefined ? listening : { ...listening, metrics })
  }
  void ending.then((signal) => {
    process.exitCode = exitCodeOfSignal(signal)
  })
  void ending.then(() => node.stop())
  // The other nodes end as well: nobody is left to hand over to.
  void Promise.race([orphaned, dismissed]).then(() => node.stop(0))
  const failure = await node.ended
  await server?.close()
  log.end(failure)
  await file.close()
  if (process.connected) process.disconnect()
  if (failure !== undefined) throw failure
}

interface Watched {
  readonly node: RunningNode
  readonly server?: MetricsServer
}

/** Starts the node with its log, and serves its metrics if it was asked to. */
async function startWatched(
  name: string,
  options: NodeCommandOptions,
  log: NodeLog,
): Promise<Watched> {
  const { metricsPort } = options
  if (metricsPort === undefined) return { node: await start(name, options, log) }
  const { NodeMetrics } = await import('../metrics/node-metrics.ts')
  const metrics = new NodeMetrics(areaNamed(name).lab)
  const node = await start(name, options, {
    onEvent: log.onEvent,
    onSync: (took, bytes) => {
      log.onSync(took, bytes)
      metrics.onSync(took, bytes)
    },
  })
  try {
    return { node, server: await serveMetrics(metrics, node, metricsPort) }
  } catch (error) {
    await node.stop(0)
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new UsageError(
      `Port ${metricsPort} is taken. Choose another with --metrics-port, or port 0 for any free one.`,
    )
  }
}

async function start(
  name: string,
  options: NodeCommandOptions,
  { onEvent, onSync }: Required<Pick<NodeOptions, 'onEvent' | 'onSync'>>,
): Promise<RunningNode> {
  const { id, dir, listen, flaw: flaws = [], set: settings = [] } = options
  const area = areaNamed(name)
  checkFlaws(area.lab, flaws)
  const secret = await readSecret(options.secretFile)
  const nodes = options.nodes ?? Object.keys(options.peers).length + 1
  try {
    const scenario = liveScenario(area, { nodes, flaws, settings })
    const joins = options.join === true ? area.newcomer?.(scenario) : undefined
    const build = joins ?? founder(area, scenario, id)
    return await startNode({
      id,
      cluster: options.cluster ?? area.lab.name,
      ...(secret === undefined ? {} : { secret: secret.text }),
      directory: resolve(dir),
      ...listen,
      peers: options.peers,
      build,
      ...(area.lab.shapes === undefined ? {} : { shapes: area.lab.shapes }),
      onEvent,
      onSync,
    })
  } catch (error) {
    if (error instanceof SettingError || error instanceof RangeError) {
      throw new UsageError(error.message)
    }
    if (error instanceof HostError && error.code === 'port-taken') {
      throw new UsageError(
        `Port ${listen.port} is taken. Choose another with --listen, or port 0 for any free one.`,
      )
    }
    throw error
  }
}

function founder(area: Area, scenario: Full, id: NodeId): Build {
  const founders = area.lab.processes(scenario)
  const found = founders.find((one) => one.id === id)
  if (found !== undefined) return found.build
  const ids = founders.map((one) => one.id).join(', ')
  throw new UsageError(
    `A cluster of ${founders.length} has ${ids}, and no ${id}. Mend --id or --nodes, or say --join.`,
  )
}

function address(text: string): Address {
  const cut = text.lastIndexOf(':')
  const port = Number(text.slice(cut + 1))
  if (cut < 1 || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('Write it as host:port, such as 127.0.0.1:7001.')
  }
  return { host: text.slice(0, cut).replace(/^\[|\]$/g, ''), port }
}

function peers(text: string): Readonly<Record<NodeId, string>> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const cut = part.indexOf('=')
      const url = part.slice(cut + 1)
      if (cut < 1 || !/^wss?:\/\//.test(url) || !URL.canParse(url)) {
        throw new InvalidArgumentError('Write it as id=url, such as n2=ws://127.0.0.1:7002/link.')
      }
      return [part.slice(0, cut), url]
    }),
  )
}
