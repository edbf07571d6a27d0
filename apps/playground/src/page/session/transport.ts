import type { FromSession, ToSession } from '../../session/protocol.ts'

/** What the page hears from a transport. `closed` comes once, and nothing after it. */
export interface Listener {
  message(message: FromSession): void
  closed(): void
}

/** A way to a session: a socket to the server, or a worker in this page. */
export interface Transport {
  send(message: ToSession): void
  close(): void
}

/** Opens a transport. The session greets with `welcome`. */
export type Connect = (listener: Listener) => Transport
