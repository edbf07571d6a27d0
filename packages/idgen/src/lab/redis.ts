import type { Context, Message, NodeId, Process, Saved } from '@lockstep/process'
import { CounterData } from './counter-data.ts'
import type { Eval, Evaled } from './messages.ts'

/** A script that ran: what stands on Redis's disk, as in its append-only file. */
export interface EvalEntry {
  readonly run: string
  readonly script: string
  readonly keys: readonly string[]
  readonly values: readonly string[]
}

/** A Redis that answers before it is durable, as Redis does: a crash takes along what it said last. */
export class RedisServer implements Process<Message, EvalEntry> {
  readonly #context: Context<Message, EvalEntry>
  /** Each server process has a name of its own. */
  readonly #run: string
  readonly #data: CounterData = new CounterData()
  #last = ''

  constructor(context: Context<Message, EvalEntry>) {
    this.#context = context
    this.#run = String(context.incarnation)
  }

  start({ entries }: Saved<EvalEntry, unknown>): void {
    for (const { run, script, keys, values } of entries) this.#data.eval(run, script, keys, values)
  }

  receive(from: NodeId, message: Message): void {
    if (message.type !== 'Eval') return
    const { id, script, keys, values } = message as Eval
    const answer = this.#data.eval(this.#run, script, keys, values)
    this.#last = answer.join(' ')
    this.#context.append({ run: this.#run, script, keys, values })
    const evaled: Evaled = { type: 'Evaled', re: id, answer }
    this.#context.send(from, evaled)
  }

  timeout(): void {
    // It sets none.
  }

  view(): RedisView {
    return { is: 'redis', run: this.#run, last: this.#last }
  }
}

/** How Redis stands, for people. */
export interface RedisView {
  readonly is: 'redis'
  readonly run: string
  /** What it answered last. */
  readonly last: string
}
