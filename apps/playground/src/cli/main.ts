/**
 * The `lockstep` command: one file of this folder for each of its commands.
 *
 * Exit codes: 0 when the verdict is the expected one, 1 when it is not, 2 when it was called in a
 * way that it does not understand.
 */
import { Command, CommanderError } from 'commander'
import { endOnBrokenPipe, note } from './output.ts'
import { exit, UsageError } from './usage.ts'

/** What adds each command. Only the one that is called is loaded: most of the start is loading. */
const commands: Readonly<Record<string, () => Promise<(root: Command) => void>>> = {
  play: async () => (await import('./play.ts')).addPlay,
  list: async () => (await import('./list.ts')).addList,
  run: async () => (await import('./run.ts')).addRun,
  swarm: async () => (await import('./swarm.ts')).addSwarm,
  cluster: async () => (await import('./cluster.ts')).addCluster,
  node: async () => (await import('./node.ts')).addNode,
  kv: async () => (await import('./kv.ts')).addKv,
  id: async () => (await import('./id.ts')).addId,
  bench: async () => (await import('./bench.ts')).addBench,
}

async function program(called: string | undefined): Promise<Command> {
  const root = new Command('lockstep')
    .description(
      'A workshop for distributed systems: watch real protocols, break them, judge them.',
    )
    .addHelpText('after', '\nExample:\n  lockstep play')
    // What stands behind a command belongs to that command, also where another one before it knows the option.
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError("Run the command with '--help' to see what it takes.")
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'lockstep: ')),
    })
  const one =
    called === undefined || !Object.hasOwn(commands, called) ? undefined : commands[called]
  for (const load of one === undefined ? Object.values(commands) : [one]) (await load())(root)
  return root
}

async function main(): Promise<void> {
  endOnBrokenPipe()
  try {
    const root = await program(process.argv[2])
    await root.parseAsync()
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exit.usage
  note(`lockstep: ${error instanceof Error ? error.message : String(error)}`)
  if (process.env['LOCKSTEP_DEBUG'] !== undefined) console.error(error)
  return error instanceof UsageError ? exit.usage : exit.unexpected
}

await main()
