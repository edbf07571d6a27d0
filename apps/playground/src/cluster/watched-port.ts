import { dropReasons, type Message, type NodeId, type Port } from '@lockstep/process'

/** What a watched client does with messages. A reply's `number` is the request's that it answers. */
export interface Exchange {
  readonly kind: 'send' | 'deliver' | 'drop'
  readonly peer: NodeId
  readonly name: string
  readonly number: number
  /** Index into `dropReasons`. */
  readonly reason: number
  readonly data?: unknown
}

/**
 * A client's port that tells what goes over it, numbering requests as the client itself does: each
 * one that has a link to go out on.
 */
export function watchedPort(
  port: Port,
  isLinked: (node: NodeId) => boolean,
  onExchange: (exchange: Exchange) => void,
): Port {
  let sent = 0
  return {
    id: port.id,
    wall: () => port.wall(),
    elapsed: () => port.elapsed(),
    sleep: (after) => port.sleep(after),
    random: (label) => port.random(label),
    call: async (to, request: Message, timeout) => {
      if (!isLinked(to)) return port.call(to, request, timeout)
      const number = ++sent
      const message = { peer: to, name: request.type, number, reason: 0 }
      onExchange({ kind: 'send', ...message, data: request })
      const reply = await port.call(to, request, timeout)
      if (reply === undefined) {
        onExchange({ kind: 'drop', ...message, reason: dropReasons.indexOf('receiver-down') })
      } else {
        const { type: name, re } = reply
        onExchange({ kind: 'deliver', peer: to, name, number: re, reason: 0 })
      }
      return reply
    },
  }
}
