import type { Fault } from '@lockstep/process'
import type { Lab } from '@lockstep/sim'
import { type ClusterClient, outcomeText } from './client.ts'
import { type Cluster, ClusterError } from './cluster.ts'
import { faultText } from './fault-text.ts'
import { lastLines } from '../log/log-file.ts'
import type { MemberChanges } from './member-changes.ts'
import { leaderOf, standings } from './standing.ts'

/** What a line at the prompt came to. */
export interface Said {
  readonly rows: readonly (readonly string[])[]
  /** Whether the person asked to leave. */
  readonly quit?: boolean
}

interface Words {
  readonly usage: string
  readonly text: string
  /** How many words follow the command, at least and at most. */
  readonly arity: readonly [least: number, most: number]
}

const commands: Readonly<Record<string, Words>> = {
  status: { usage: 'status', text: 'how the nodes stand', arity: [0, 0] },
  kill: { usage: 'kill n1', text: 'ends the process at once (SIGKILL)', arity: [1, 1] },
  stop: { usage: 'stop n1', text: 'ends it in good order: it hands over first', arity: [1, 1] },
  restart: { usage: 'restart n1 [wipe]', text: 'starts it again from its disk', arity: [1, 2] },
  pause: { usage: 'pause n1', text: 'stops it where it stands (SIGSTOP)', arity: [1, 1] },
  resume: { usage: 'resume n1', text: 'lets it go on (SIGCONT)', arity: [1, 1] },
  cut: { usage: 'cut n1 n3', text: 'cuts the link between two nodes', arity: [2, 2] },
  mend: { usage: 'mend n1 n3', text: 'mends it', arity: [2, 2] },
  isolate: { usage: 'isolate n1', text: 'cuts a node from all others', arity: [1, 1] },
  add: { usage: 'add n4', text: 'starts a node, which learns and then votes', arity: [1, 1] },
  remove: { usage: 'remove n2', text: 'takes a node out, and ends it', arity: [1, 1] },
  promote: { usage: 'promote n4', text: 'gives a learner a vote', arity: [1, 1] },
  demote: { usage: 'demote n4', text: 'makes a voter a learner', arity: [1, 1] },
  transfer: { usage: 'transfer n3', text: 'the leader hands over to it', arity: [1, 1] },
  log: { usage: 'log n1', text: 'the last lines of its log', arity: [1, 1] },
  members: { usage: 'members', text: 'who votes and who learns', arity: [0, 0] },
  heal: { usage: 'heal', text: 'undoes all of this', arity: [0, 0] },
  help: { usage: 'help', text: 'this list', arity: [0, 0] },
  quit: { usage: 'quit', text: 'ends the nodes; their disks stay', arity: [0, 0] },
}

const logLinesShown = 20

/** Carries out what a person types at a running cluster. `leader` may stand for a node's name. */
export class ClusterConsole {
  readonly #cluster: Cluster
  readonly #lab: Lab
  readonly #client: ClusterClient
  readonly #members: MemberChanges

  constructor(cluster: Cluster, lab: Lab, client: ClusterClient, members: MemberChanges) {
    this.#cluster = cluster
    this.#lab = lab
    this.#client = client
    this.#members = members
  }

  /** Does what a line says. What cannot be done is said too, never thrown. */
  async execute(line: string): Promise<Said> {
    const words = line.trim().split(/\s+/).filter(Boolean)
    const [name, ...rest] = words
    if (name === undefined) return { rows: [] }
    try {
      const command = commands[name]
      if (command === undefined) return { rows: [[await this.#operate(words.join(' '))]] }
      const [least, most] = command.arity
      if (rest.length < least || rest.length > most) {
        return { rows: [[`Write it as: ${command.usage}`]] }
      }
      return await this.#command(name, rest)
    } catch (error) {
      return { rows: [[error instanceof Error ? error.message : String(error)]] }
    }
  }

  async #command(name: string, rest: readonly string[]): Promise<Said> {
    if (name === 'quit') return { rows: [], quit: true }
    if (name === 'help') return { rows: this.#help() }
    if (name === 'status') return { rows: await this.status() }
    if (name === 'members') return { rows: await this.#members.rows() }
    const names = await this.#namesOf(rest)
    if (name === 'log') return { rows: await this.#logRows(names[0] ?? '') }
    if (isChange(name)) return { rows: [[await this.#members[name](names[0] ?? '')]] }
    const fault = faultOf(name, names)
    await this.#cluster.apply(fault)
    return { rows: [[`${faultText(fault)}${hintOf(fault)}`]] }
  }

  /** A table of all nodes, with its heading. */
  async status(): Promise<readonly (readonly string[])[]> {
    const nodes = await standings(this.#cluster, this.#lab)
    return [
      ['node', 'process', 'address', 'stands', 'role', 'log'],
      ...nodes.map(({ id, pid, url, standing, summary }) => [
        id,
        pid === undefined ? '-' : String(pid),
        url ?? '-',
        standing,
        summary === undefined ? '-' : `${summary.role} ${summary.epoch}`,
        summary?.log === undefined ? '-' : `${summary.log.commit} of ${summary.log.end} committed`,
      ]),
    ]
  }

  async #operate(line: string): Promise<string> {
    const { views } = this.#lab
    const op = this.#parse(line)
    return outcomeText(views, op, await this.#client.operate(op))
  }

  #parse(line: string): unknown {
    try {
      return this.#lab.views.console.parse(line)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new ClusterError(`${reason} ('help' lists what else can be typed here.)`)
    }
  }

  async #namesOf(words: readonly string[]): Promise<readonly string[]> {
    if (!words.includes('leader')) return words
    const leader = await leaderOf(this.#cluster, this.#lab)
    if (leader === undefined) throw new ClusterError('Nobody leads now.')
    return words.map((word) => (word === 'leader' ? leader : word))
  }

  async #logRows(id: string): Promise<Said['rows']> {
    const path = this.#cluster.logOf(id)
    const lines = await lastLines(path, logLinesShown)
    return [...lines.map((line) => [line]), [lines.length === 0 ? `Nothing in ${path}.` : path]]
  }

  #help(): readonly (readonly string[])[] {
    return [
      ...this.#lab.views.console.examples.map((example) => [example, 'an operation on the store']),
      ...Object.values(commands).map(({ usage, text }) => [usage, text]),
    ]
  }
}

const changes = ['add', 'remove', 'promote', 'demote', 'transfer'] as const

function isChange(name: string): name is (typeof changes)[number] {
  return changes.some((one) => one === name)
}

function faultOf(name: string, [first = '', second = '']: readonly string[]): Fault {
  switch (name) {
    case 'kill':
      return { do: 'crash', node: first }
    case 'restart':
      if (second !== '' && second !== 'wipe') throw new ClusterError('Write it as: restart n1 wipe')
      return { do: 'restart', node: first, ...(second === 'wipe' ? { wipe: true } : {}) }
    case 'stop':
    case 'pause':
    case 'resume':
    case 'isolate':
      return { do: name, node: first }
    case 'cut':
    case 'mend':
      return { do: name, from: first, to: second, both: true }
    default:
      return { do: 'heal' }
  }
}

/** What can be typed next, for whoever does this for the first time. */
function hintOf(fault: Fault): string {
  if (fault.do === 'crash' || fault.do === 'stop') return ` 'restart ${fault.node}' brings it back.`
  if (fault.do === 'pause') return ` 'resume ${fault.node}' lets it go on.`
  return fault.do === 'isolate' ? " 'heal' brings it back." : ''
}
