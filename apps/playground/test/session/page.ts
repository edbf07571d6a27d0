import type { TraceEvent } from '@lockstep/process'
import { areas, tracedAreas } from '../../src/areas.ts'
import type { FromSession, ToSession } from '../../src/session/protocol.ts'
import { type GoLive, Session } from '../../src/session/session.ts'

export type Answer<Type extends FromSession['type']> = Extract<FromSession, { type: Type }>

/** A row as the page holds it. */
export type HeldRow = Omit<TraceEvent, 'data' | 'row'>

type Without<T> = T extends unknown ? Omit<T, 'request'> : never

/** A page without a screen: it holds what a session sends, and asks. */
export class Page {
  readonly rows: HeldRow[] = []
  readonly messages: FromSession[] = []
  opened: Answer<'opened'> | undefined
  judged: Answer<'judged'> | undefined
  /** Rows that did not stand where they belong. */
  misplaced = 0
  readonly #session: Session
  readonly #waiting = new Set<() => void>()
  #requests = 0

  /** `lens` may change what the session says before it arrives. */
  constructor(
    options: { readonly goLive?: GoLive; readonly lens?: (m: FromSession) => FromSession } = {},
  ) {
    const { lens = (message) => message, ...rest } = options
    this.#session = new Session({
      areas,
      tracedAreas,
      send: (message) => this.#take(lens(structuredClone(message))),
      ...rest,
    })
  }

  /** Sends a request and returns its number. */
  ask(request: Without<ToSession>): number {
    const number = ++this.#requests
    this.#session.receive({ ...request, request: number })
    return number
  }

  /** The first message from now on that is wanted. */
  async next<Type extends FromSession['type']>(
    type: Type,
    isWanted: (message: Answer<Type>) => boolean = () => true,
  ): Promise<Answer<Type>> {
    let seen = this.messages.length
    for (;;) {
      for (; seen < this.messages.length; seen++) {
        const message = this.messages[seen]
        if (isOf(message, type) && isWanted(message)) return message
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** The first answer to a request, by its number. */
  async answer(request: number): Promise<FromSession> {
    const isAnswer = (m: FromSession): boolean => 'request' in m && m.request === request
    for (;;) {
      const answer = this.messages.find(isAnswer)
      if (answer !== undefined) return answer
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Asks and waits for the run to be complete again, or for the refusal. */
  async run(request: Without<ToSession>): Promise<Answer<'judged'> | Answer<'refused'>> {
    const judged = this.next('judged')
    const refused = this.next('refused')
    this.ask(request)
    return Promise.race([judged, refused])
  }

  end(): Promise<void> {
    return this.#session.end()
  }

  #take(message: FromSession): void {
    this.messages.push(message)
    if (message.type === 'opened') {
      this.opened = message
      this.rows.length = Math.min(this.rows.length, message.fromRow)
    } else if (message.type === 'rows') {
      const { from, at, step, kind, node, peer, cause, name, value, ids, names } = message.rows
      if (from !== this.rows.length) this.misplaced++
      for (let i = 0; i < at.length; i++) {
        this.rows[from + i] = {
          at: at[i] ?? 0,
          step: step[i] ?? 0,
          kind: kind[i] ?? 'phase',
          node: ids[node[i] ?? -1],
          peer: ids[peer[i] ?? -1],
          cause: cause[i] ?? -1,
          name: names[name[i] ?? -1] ?? '',
          value: value[i] ?? 0,
        }
      }
    } else if (message.type === 'judged') {
      this.judged = message
    }
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }
}

function isOf<Type extends FromSession['type']>(
  message: FromSession | undefined,
  type: Type,
): message is Answer<Type> {
  return message?.type === type
}
