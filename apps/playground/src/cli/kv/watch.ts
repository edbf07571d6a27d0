import type { WatchAnswer, WatchEvent } from '@lockstep/raft'
import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import { note, say } from '../output.ts'
import { endingSignal } from '../signals.ts'
import { exit } from '../usage.ts'
import { type KvOptions, kvCommand, withStore } from './connection.ts'
import { ranged, rangeOf } from './operations.ts'

interface WatchCommandOptions extends KvOptions {
  readonly prefix?: boolean
  readonly to?: string
  readonly rev?: number
}

/** Watches keys. */
export function addWatch(kv: Command): void {
  ranged(
    kvCommand(
      kv,
      'watch <key>',
      'Prints what happens to a key, or a range of keys, until it is interrupted. With --json each event is one line.',
      'watch config/ --prefix --rev 10',
    ),
  )
    .option('--rev <revision>', 'from a past revision on', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .action(watch)
}

async function watch(key: string, options: WatchCommandOptions): Promise<void> {
  const interrupted = new AbortController()
  void endingSignal().then(() => interrupted.abort())
  await withStore(options, async (store) => {
    const { rev, json = false } = options
    const answers = store.watch(rangeOf(key, options), {
      signal: interrupted.signal,
      ...(rev === undefined ? {} : { fromRevision: rev }),
    })
    for await (const answer of answers) if (!show(answer, json)) process.exitCode = exit.unexpected
  })
}

/** Returns `false` where the watch cannot go on. */
function show(answer: WatchAnswer, json: boolean): boolean {
  if (answer.type === 'compacted') {
    note(
      `The history before revision ${answer.compacted} is gone. Read the keys, and watch from there.`,
    )
    return false
  }
  if (answer.type === 'events')
    for (const event of answer.events) say(json ? JSON.stringify(event) : eventText(event))
  return true
}

function eventText(event: WatchEvent): string {
  if (event.type === 'delete') return `${event.modRevision} del ${event.key}`
  const { key, value, modRevision } = event.kv
  return `${modRevision} put ${key} = ${value}`
}
