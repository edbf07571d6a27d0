import { connect } from 'node:net'

const patienceMs = 1_000

/**
 * Says something to a port of the loopback address and tells whether the answer is the expected one.
 * `isAnswer` sees all that came so far. Whatever goes wrong is a `false`.
 */
export function answers(
  port: number,
  said: string | Uint8Array,
  isAnswer: (heard: Buffer) => boolean,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let heard = Buffer.alloc(0)
    const settle = (isUp: boolean): void => {
      socket.destroy()
      resolve(isUp)
    }
    socket.setTimeout(patienceMs, () => settle(false))
    socket.on('error', () => settle(false))
    socket.on('close', () => settle(false))
    socket.on('connect', () => socket.write(said))
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk])
      if (isAnswer(heard)) settle(true)
    })
  })
}
