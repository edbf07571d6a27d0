import type { FromSession } from '../../session/protocol.ts'
import type { Connect } from './transport.ts'

/** The session engine in a worker of this page: no server is needed for simulations. */
export const connectWorker: Connect = (listener) => {
  const worker = new Worker(new URL('../../session/worker.ts', import.meta.url), {
    type: 'module',
  })
  worker.addEventListener('message', ({ data }) => listener.message(data as FromSession))
  worker.addEventListener('error', () => listener.closed(), { once: true })
  return {
    send(message) {
      worker.postMessage(message)
    },
    close() {
      worker.terminate()
    },
  }
}
