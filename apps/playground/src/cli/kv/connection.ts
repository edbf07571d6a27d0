import { resolve } from 'node:path'
import type { NodeId } from '@lockstep/process'
import type { Outcome, RaftClient, StoreOp, StoreValue } from '@lockstep/raft'
import type { Command } from 'commander'
import { type ClusterFile, isRunning, readClusterFile } from '../../cluster/cluster-file.ts'
import { StoreClient } from '../../cluster/store-client.ts'
import { wholeNumber } from '../arguments.ts'
import { readSecret, secretFileOption } from '../secret-file.ts'
import { document, say } from '../output.ts'
import { areaNamed } from '../target.ts'
import { exit, UsageError } from '../usage.ts'

/** What every command on a live cluster takes. */
export interface KvOptions {
  readonly cluster: string
  readonly timeout: number
  readonly secretFile?: string
  readonly json?: boolean
}

/** A command of `kv` with what all of them take; `example` is how it is typed. */
export function kvCommand(kv: Command, usage: string, text: string, example: string): Command {
  return kv
    .command(usage)
    .description(text)
    .option('--cluster <directory>', 'the directory of the cluster', '.lockstep/raft')
    .option('--timeout <ms>', 'how long to go on trying', wholeNumber(1, 600_000), 10_000)
    .addOption(secretFileOption())
    .option('--json', 'print one JSON document')
    .addHelpText('after', `\nExample:\n  lockstep kv ${example}`)
}

/** The cluster that runs in the directory. Throws a `UsageError` when there is none. */
export async function runningCluster({ cluster }: KvOptions): Promise<ClusterFile> {
  const directory = resolve(cluster)
  const file = await readClusterFile(directory)
  if (file === undefined || !isRunning(file.pid)) {
    throw new UsageError(
      `No cluster runs in ${directory}. Start one with 'lockstep cluster raft', or name its directory with --cluster.`,
    )
  }
  return file
}

/** Where the nodes of a cluster are. */
export function urlsOf({ nodes }: ClusterFile): Readonly<Record<NodeId, string>> {
  return Object.fromEntries(nodes.map(({ id, url }) => [id, url]))
}

/** Refusals that do not go by themselves: the nodes of a cluster have one secret. */
const lasting: readonly string[] = ['secret-needed', 'no-secret', 'wrong-secret', 'unproven']

/**
 * Does something as a client of the cluster, and lets it go again. Throws a `UsageError` when the
 * nodes want another secret.
 */
export async function withStore<Value>(
  options: KvOptions,
  work: (store: RaftClient, file: ClusterFile) => Promise<Value>,
): Promise<Value> {
  const file = await runningCluster(options)
  const secret = await readSecret(options.secretFile)
  let refuse: (error: Error) => void = () => undefined
  const refused = new Promise<never>((_, reject) => {
    refuse = reject
  })
  const client = new StoreClient({
    cluster: file.cluster,
    id: `kv-${process.pid}`,
    nodes: urlsOf(file),
    secret: secret?.text,
    timeoutMs: options.timeout,
    onRefused: (node, code, text) => {
      if (!lasting.includes(code)) return
      void client.abandon()
      refuse(new UsageError(`There is no link to ${node}: ${text}.`))
    },
  })
  try {
    return await Promise.race([work(client.store, file), refused])
  } finally {
    await client.close()
  }
}

/** Runs one operation and says what came of it: by `lines` where that shows more than a sentence. */
export async function operate(
  op: StoreOp,
  options: KvOptions,
  lines?: (value: StoreValue) => readonly string[] | undefined,
): Promise<void> {
  await withStore(options, async (store, file) => {
    const outcome: Outcome<StoreValue> = await store.operate(op)
    if (options.json === true) document({ op, ...outcome })
    else if (outcome.type !== 'ok') say(outcome.text)
    else {
      const { views } = areaNamed(file.lab).lab
      const shown = lines?.(outcome.value) ?? [views.operation(op, outcome.value)]
      for (const line of shown) say(line)
    }
    process.exitCode = outcome.type === 'ok' ? exit.expected : exit.unexpected
  })
}
