/**
 * The session as a web worker of the page: requests and answers are structured clones over the
 * worker's own port. It is the same session that the server runs, without live clusters.
 */
import { areas, tracedAreas } from '../areas.ts'
import type { FromSession } from './protocol.ts'
import { readRequest } from './requests.ts'
import { Session } from './session.ts'

/** What this file uses of a worker's global scope. */
interface WorkerScope {
  postMessage(message: FromSession): void
  onmessage: ((event: { readonly data: unknown }) => void) | null
}

const scope = globalThis as unknown as WorkerScope
const send = (message: FromSession): void => scope.postMessage(message)
const session = new Session({ areas, tracedAreas, send })

scope.onmessage = ({ data }) => {
  const request = readRequest(data)
  if ('malformed' in request) {
    send({ type: 'refused', request: 0, code: 'malformed', text: request.malformed })
  } else {
    session.receive(request)
  }
}
