import type { MembershipStep } from '@lockstep/raft'
import type { Command } from 'commander'
import { change, MembershipError, memberRows } from '../../cluster/membership.ts'
import { document, say, table } from '../output.ts'
import { exit } from '../usage.ts'
import { type KvOptions, kvCommand, urlsOf, withStore } from './connection.ts'

/** Shows and changes who is in the cluster. */
export function addMembers(kv: Command): void {
  const member = kv.command('member').description('Shows and changes who is in the cluster.')
  kvCommand(member, 'list', 'Who votes and who learns.', 'member list').action(list)
  const step = (type: 'promote' | 'demote' | 'remove', text: string): Command =>
    kvCommand(member, `${type} <node>`, text, `member ${type} n4`).action(
      (id: string, options: KvOptions) => changeBy({ type, id }, options),
    )
  step('promote', 'A learner becomes a voter, once it has nearly all of the log.')
  step('demote', 'A voter becomes a learner.')
  step('remove', 'A node is no member any more; its process goes on until it is stopped.')
  kvCommand(kv, 'transfer <node>', 'The leader hands over to a voter.', 'transfer n3').action(
    transfer,
  )
}

async function list(options: KvOptions): Promise<void> {
  await withStore(options, async (store, file) => {
    const members = await store.members()
    if (options.json === true) document(members ?? null)
    else if (members === undefined) say('Nobody took itself for the leader in time.')
    else for (const line of table(memberRows(members, urlsOf(file)))) say(line)
    process.exitCode = members === undefined ? exit.unexpected : exit.expected
  })
}

async function changeBy(step: MembershipStep, options: KvOptions): Promise<void> {
  await withStore(options, async (store, file) => {
    try {
      const members = await change(() => store, step, options.timeout)
      if (options.json === true) document({ type: 'ok', members })
      else for (const line of table(memberRows(members, urlsOf(file)))) say(line)
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error
      const { code, message } = error
      if (options.json === true) document({ type: 'failed', code, text: message })
      else say(message)
      process.exitCode = exit.unexpected
    }
  })
}

async function transfer(to: string, options: KvOptions): Promise<void> {
  await withStore(options, async (store) => {
    const began = await store.handOver(to)
    if (options.json === true) document({ type: began ? 'ok' : 'failed', to })
    else if (began) say(`The leader hands over to ${to}.`)
    else say(`No leader took the request in time, or ${to} is no other voter; see 'member list'.`)
    process.exitCode = began ? exit.expected : exit.unexpected
  })
}
