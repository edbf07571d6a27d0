import { Worker } from 'node:worker_threads'
import type { WebSocket } from 'ws'
import { encodeFrame } from '../session/frame.ts'
import type { FromSession } from '../session/protocol.ts'
import { TokenBucket } from './token-bucket.ts'

/** A page sends a few requests a second; dragging the scrubber sends some tens. */
const burst = 200
const requestsPerSecond = 50
/** A page that does not read what it asked for is cut off here. */
const unsentBytesMax = 256 * 1024 * 1024
const memoryMaxMb = 1024
/** How long a session may take to end its live cluster. */
const endWithinMs = 10_000

/** What the worker of a session is started with. */
export interface SessionSettings {
  readonly live: boolean
}

/**
 * One connected page and its worker thread: requests go to the worker as they came, its answers are
 * frames already. Ends the worker with the connection, and the connection with the worker.
 */
export function connect(socket: WebSocket, settings: SessionSettings): Promise<void> {
  const worker = new Worker(new URL('../session/worker-thread.ts', import.meta.url), {
    workerData: settings,
    execArgv: ['--conditions=@lockstep/source'],
    resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb },
  })
  const bucket = new TokenBucket(burst, requestsPerSecond, performance.now())

  socket.on('message', (data: Buffer, isBinary) => {
    if (!bucket.take(performance.now())) {
      socket.close(1008, `More than ${requestsPerSecond} requests a second.`)
    } else if (!isBinary) {
      socket.send(encodeFrame(textRefused))
    } else {
      const frame = new Uint8Array(data)
      worker.postMessage(frame, [frame.buffer])
    }
  })
  // The limit on a message's size and a broken frame end here; ws closes the connection itself.
  socket.on('error', () => {})
  worker.on('message', (frame: Uint8Array) => {
    if (socket.bufferedAmount > unsentBytesMax) socket.terminate()
    else socket.send(frame)
  })
  worker.on('error', (error) => socket.close(1011, reasonOf(error)))

  return new Promise((resolve) => {
    socket.on('close', () => {
      worker.postMessage('end')
      const overdue = setTimeout(() => void worker.terminate(), endWithinMs)
      worker.once('exit', () => clearTimeout(overdue))
    })
    worker.once('exit', () => {
      socket.close(1011, 'The session ended.')
      resolve()
    })
  })
}

const textRefused: FromSession = {
  type: 'refused',
  request: 0,
  code: 'malformed',
  text: 'A request is one binary MessagePack frame, and this was text.',
}

/** A close reason holds at most 123 bytes. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'The run took too much memory. Make it shorter.'
  return 'The session failed.'
}
