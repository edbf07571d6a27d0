import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { isLoopback } from '../server/origin.ts'
import { ServerError, startServer } from '../server/server.ts'
import { port } from './arguments.ts'
import { say } from './output.ts'
import { playPort } from './page-url.ts'
import { endingSignal, exitCodeOfSignal } from './signals.ts'
import { UsageError } from './usage.ts'

interface PlayOptions {
  readonly port: number
  readonly host: string
}

const page = fileURLToPath(new URL('../../dist/page', import.meta.url))

export function addPlay(program: Command): void {
  program
    .command('play')
    .description('Serves the playground page and prints its address.')
    .option('--port <number>', 'the port to listen on; 0 takes any free one', port, playPort)
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .addHelpText('after', '\nExample:\n  lockstep play --port 0')
    .action(play)
}

async function play(options: PlayOptions): Promise<void> {
  const ending = endingSignal()
  const server = await startServer({ ...options, page, live: isLoopback(options.host) }).catch(
    (error: unknown) => {
      throw error instanceof ServerError ? new UsageError(error.message) : error
    },
  )
  say(`Lockstep is at ${server.url}`)
  process.exitCode = exitCodeOfSignal(await ending)
  await server.close()
}
