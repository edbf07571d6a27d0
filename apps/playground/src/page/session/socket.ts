import { pack, unpack } from 'msgpackr'
import type { FromSession } from '../../session/protocol.ts'
import type { Connect } from './transport.ts'

/** The session of the server that served this page: one msgpackr frame a message. */
export const connectSocket: Connect = (listener) => {
  const url = new URL('session', document.baseURI)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.hash = ''
  url.search = ''
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) listener.message(unpack(new Uint8Array(data)) as FromSession)
  })
  socket.addEventListener('close', () => listener.closed(), { once: true })
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(pack(message)))
    },
    close() {
      socket.close()
    },
  }
}
