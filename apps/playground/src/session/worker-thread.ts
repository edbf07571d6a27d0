/** The session as a worker thread of the server: requests and answers are frames. */
import { parentPort, workerData } from 'node:worker_threads'
import { areas, tracedAreas } from '../areas.ts'
import type { SessionSettings } from '../server/connection.ts'
import { decodeFrame, encodeFrame } from './frame.ts'
import { startLive } from './live.ts'
import type { FromSession } from './protocol.ts'
import { readRequest } from './requests.ts'
import { Session } from './session.ts'

const port = parentPort
if (port === null) throw new Error('this file is a worker of the server')

const send = (message: FromSession): void => {
  const frame = encodeFrame(message)
  port.postMessage(frame, [frame.buffer])
}
const { live } = workerData as SessionSettings
const session = new Session({ areas, tracedAreas, send, ...(live ? { goLive: startLive } : {}) })

port.on('message', (frame: Uint8Array | 'end') => {
  if (frame === 'end') {
    void session.end().finally(() => port.close())
    return
  }
  const request = read(frame)
  if ('malformed' in request) {
    send({ type: 'refused', request: 0, code: 'malformed', text: request.malformed })
  } else {
    session.receive(request)
  }
})

function read(frame: Uint8Array): ReturnType<typeof readRequest> {
  try {
    return readRequest(decodeFrame(frame))
  } catch {
    return { malformed: 'A request is one MessagePack value, and this is none.' }
  }
}
