import {
  createSegments,
  IdError,
  LeafSegments,
  LeasedWorker,
  Snowflake,
  SqlSegmentStore,
  SqlWorkerLeases,
  systemClock,
} from '@lockstep/idgen'
import { type Command, InvalidArgumentError } from 'commander'
import { type IdDatabase, openIdDatabase } from '../../ids/id-database.ts'
import { IdMetrics } from '../../ids/id-metrics.ts'
import { serveIds } from '../../ids/id-service.ts'
import { port, wholeNumber } from '../arguments.ts'
import { say } from '../output.ts'
import { endingSignal, exitCodeOfSignal } from '../signals.ts'
import { UsageError } from '../usage.ts'

interface Tag {
  readonly name: string
  readonly step: number
}

interface ServeOptions {
  readonly database: string
  readonly tag: readonly Tag[]
  readonly worker?: number
  readonly host: string
  readonly port: number
  readonly rate: number
}

/** Serves ids over HTTP. */
export function addServe(id: Command): void {
  id.command('serve')
    .description('Serves ids over HTTP: segments of a database, and Snowflake ids.')
    .option(
      '--database <url>',
      'where segments and worker ids are kept: sqlite:FILE, postgres://… or mysql://…',
      'sqlite:lockstep-ids.db',
    )
    .option(
      '--tag <name:step>',
      'makes a tag that is not there, such as orders:1000; may be given more than once',
      tags,
      [],
    )
    .option(
      '--worker <number>',
      'the worker id of Snowflake ids, without a mark over restarts; leased from the database, with one, unless given',
      wholeNumber(0, 1023),
    )
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <number>', 'port 0 takes any free one', port, 7180)
    .option(
      '--rate <ids>',
      'ids a second of each tag, and of all Snowflake ids',
      wholeNumber(1, 1_000_000_000),
      1_000_000,
    )
    .addHelpText(
      'after',
      "\nExample:\n  lockstep id serve --tag orders:1000\n  curl 'http://127.0.0.1:7180/v1/segment/orders?n=3'",
    )
    .action(serve)
}

async function serve(options: ServeOptions): Promise<void> {
  const ending = endingSignal()
  const opened = await openIdDatabase(options.database)
  const running: (() => Promise<void>)[] = [() => opened.close()]
  try {
    await start(options, opened, running)
    process.exitCode = exitCodeOfSignal(await ending)
  } finally {
    // In the order of use: who asks ends before who is asked.
    for (const end of running.toReversed()) await end()
  }
}

/** Starts all that serves; what must be ended is put into `running`. */
async function start(
  options: ServeOptions,
  { database }: IdDatabase,
  running: (() => Promise<void>)[],
): Promise<void> {
  const { host, port: wanted, rate } = options
  const metrics = new IdMetrics()
  const segments = await openSegments(options, database, metrics)
  running.push(async () => segments.close())
  const { worker } = options
  const lease = worker === undefined ? await leased(database) : undefined
  if (lease !== undefined) running.push(() => lease.close())
  const observer = metrics.observer('snowflake')
  const snowflake =
    lease === undefined
      ? new Snowflake({ worker: worker ?? 0, observer })
      : await Snowflake.open({ worker: lease, observer })
  running.push(() => snowflake.close())
  const service = await serveIds({
    segments,
    snowflake,
    metrics,
    isHealthy: () => lease === undefined || lease.heldUntilMs() > systemClock.elapsed(),
    host,
    port: wanted,
    idsPerSecond: rate,
  }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new UsageError(
      `Port ${wanted} is taken. Choose another with --port, or port 0 for any free one.`,
    )
  })
  running.push(() => service.close())
  say(`ids are at ${service.url}/v1/ (worker ${lease?.workerId ?? worker})`)
}

async function openSegments(
  { tag }: ServeOptions,
  database: IdDatabase['database'],
  metrics: IdMetrics,
): Promise<LeafSegments> {
  for (const { name, step } of tag) await createSegments({ database }, name, { step })
  const store = new SqlSegmentStore({ database })
  try {
    return await LeafSegments.open({ store, observer: metrics.observer('segment') })
  } catch (error) {
    if (!(error instanceof IdError && error.code === 'no-such-sequence')) throw error
    throw new UsageError(
      'The database has no tags yet. Make one with --tag, such as --tag orders:1000.',
    )
  }
}

async function leased(database: IdDatabase['database']): Promise<LeasedWorker> {
  const leases = new SqlWorkerLeases({ database })
  await leases.create()
  return LeasedWorker.open({ leases })
}

/** Collects tags: a name and, behind the last colon, a step. */
function tags(text: string, before: readonly Tag[]): readonly Tag[] {
  const [, name, step] = /^(.{1,128}):([1-9]\d{0,8})$/.exec(text) ?? []
  if (name === undefined || step === undefined) {
    throw new InvalidArgumentError('Write it as name:step, such as orders:1000.')
  }
  return [...before, { name, step: Number(step) }]
}
