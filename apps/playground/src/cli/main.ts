/**
 * The `lockstep` command: one file of this folder for each of its commands.
 *
 * Exit codes: 0 when the verdict is the expected one, 1 when it is not, 2 when it was called in a
 * way that it does not understand.
 */
import { Command, CommanderError } from 'commander'
import { addBench } from './bench.ts'
import { addCluster } from './cluster.ts'
import { addKv } from './kv.ts'
import { addList } from './list.ts'
import { addNode } from './node.ts'
import { endOnBrokenPipe, note } from './output.ts'
import { addPlay } from './play.ts'
import { addRun } from './run.ts'
import { addSwarm } from './swarm.ts'
import { exit, UsageError } from './usage.ts'

function program(): Command {
  const root = new Command('lockstep')
    .description(
      'A workshop for distributed systems: watch real protocols, break them, judge them.',
    )
    .addHelpText('after', '\nExample:\n  lockstep play')
    .exitOverride()
    .showHelpAfterError("Run the command with '--help' to see what it takes.")
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'lockstep: ')),
    })
  for (const add of [addPlay, addList, addRun, addSwarm, addCluster, addNode, addKv, addBench])
    add(root)
  return root
}

async function main(): Promise<void> {
  endOnBrokenPipe()
  try {
    await program().parseAsync()
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
