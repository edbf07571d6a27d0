import type { Traffic } from '../control/protocol.ts'

/** Counts what goes over a link, or over several. */
export class TrafficCount {
  #sentMessages = 0
  #sentBytes = 0
  #receivedMessages = 0
  #receivedBytes = 0

  sent(messages: number, bytes: number): void {
    this.#sentMessages += messages
    this.#sentBytes += bytes
  }

  received(messages: number, bytes: number): void {
    this.#receivedMessages += messages
    this.#receivedBytes += bytes
  }

  /** What it comes to by now. */
  get total(): Traffic {
    return {
      sentMessages: this.#sentMessages,
      sentBytes: this.#sentBytes,
      receivedMessages: this.#receivedMessages,
      receivedBytes: this.#receivedBytes,
    }
  }
}
