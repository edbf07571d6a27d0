import { availableParallelism, cpus } from 'node:os'
import { benchLinearizability } from '@lockstep/check/bench'
import { Argument, type Command } from 'commander'
import { benchRaft } from '../bench/raft.ts'
import { benchRaftCore } from '../bench/raft-core.ts'
import { benchSimulator } from '../bench/simulator.ts'
import { document, say, table } from './output.ts'
import { endingSignal, exitCodeOfSignal } from './signals.ts'
import { areaNamed, labNamed } from './target.ts'

type Row = Readonly<Record<string, string | number>>

const benches: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  sim: async () => (await benchSimulator(labNamed('raft'))).map((row) => ({ ...row })),
  check: async () =>
    benchLinearizability(() => performance.now()).map((row) => ({
      ...row,
      milliseconds: Math.round(row.milliseconds),
    })),
  patterns: async () => {
    // The other side of this one is a dozen packages that no other command should load.
    const { benchPatterns } = await import('../bench/patterns/patterns.ts')
    return (await benchPatterns({ rounds: 31, roundMs: 8 })).map((row) => ({ ...row }))
  },
  raft: async () =>
    (
      await benchRaft(areaNamed('raft'), {
        outstanding: [1, 16, 64, 256],
        connections: 4,
        keys: 100_000,
        rounds: 3,
        warmUpMs: 500,
        measureMs: 1500,
        failOvers: 10,
      })
    ).map((row) => ({ ...row })),
  'raft-core': async () =>
    benchRaftCore({
      batches: [1, 16, 64, 256],
      keys: [1_000, 10_000, 100_000, 1_000_000],
      entries: 200_000,
    }).map((row) => ({ ...row })),
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
  const rows = (await benches[what]?.()) ?? []
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
