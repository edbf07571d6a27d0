import { availableParallelism, cpus } from 'node:os'
import { Argument, type Command } from 'commander'
import { document, say, table } from './output.ts'
import { endingSignal, exitCodeOfSignal } from './signals.ts'
import { areaNamed, labNamed } from './target.ts'

type Row = Readonly<Record<string, string | number>>

/** Each loads what it measures, and what it measures it beside, which no other command should wait for. */
const benches: Readonly<Record<string, () => Promise<readonly object[]>>> = {
  sim: async () => {
    const { benchSimulator } = await import('../bench/simulator.ts')
    return benchSimulator(labNamed('raft'))
  },
  check: async () => {
    const { benchLinearizability } = await import('@lockstep/check/bench')
    return benchLinearizability(() => performance.now()).map((row) => ({
      ...row,
      milliseconds: Math.round(row.milliseconds),
    }))
  },
  patterns: async () => {
    const { benchPatterns } = await import('../bench/patterns/patterns.ts')
    return benchPatterns({ rounds: 31, roundMs: 8 })
  },
  idgen: async () => {
    const { benchIds } = await import('../bench/ids/rates.ts')
    return benchIds({ rounds: 9, roundMs: 100, burst: 400_000 })
  },
  'idgen-segments': async () => {
    const { benchSegments } = await import('../bench/ids/segments.ts')
    return benchSegments({
      measureMs: 3_000,
      latencyMs: 50,
      callers: 1_000,
      pacePerSecond: 500_000,
    })
  },
  'idgen-clocks': async () => {
    const { benchClocks } = await import('../bench/ids/clocks.ts')
    return benchClocks()
  },
  raft: async () => {
    const { benchRaft } = await import('../bench/raft.ts')
    return benchRaft(areaNamed('raft'), {
      outstanding: [1, 16, 64, 256],
      connections: 4,
      keys: 100_000,
      rounds: 7,
      warmUpMs: 300,
      measureMs: 800,
      failOvers: 10,
    })
  },
  'raft-core': async () => {
    const { benchRaftCore } = await import('../bench/raft-core.ts')
    return benchRaftCore({
      batches: [1, 16, 64, 256],
      keys: [1_000, 10_000, 100_000, 1_000_000],
      entries: 200_000,
    })
  },
}

export function addBench(program: Command): void {
  program
    .command('bench')
    .description('Measures how fast something is here. Compare figures of one run only.')
    .addArgument(new Argument('<what>', 'what to measure').choices(Object.keys(benches)))
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  lockstep bench sim')
    .action(benchCommand)
}

async function benchCommand(what: string, { json = false }: { json?: boolean }): Promise<void> {
  void endingSignal().then((signal) => process.exit(exitCodeOfSignal(signal)))
  const rows = ((await benches[what]?.()) ?? []).map((row): Row => ({ ...row }))
  const machine = {
    node: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
  }
  if (json) {
    document({ bench: what, machine, rows })
    return
  }
  const names = Object.keys(rows[0] ?? {})
  const cells = rows.map((row) => names.map((name) => shown(row[name])))
  for (const line of table([names, ...cells])) say(line)
}

function shown(value: string | number | undefined): string {
  return typeof value === 'number' ? value.toLocaleString('en') : (value ?? '')
}
