import { render } from 'solid-js/web'
import { App } from './app.tsx'
import { connectSocket } from './session/socket.ts'
import { connectWorker } from './session/worker-port.ts'
import { words } from './words.ts'

const root = document.getElementById('page')
if (root === null) throw new Error('index.html has no element with the id "page"')
document.documentElement.lang = words.language
const inPage = new URLSearchParams(location.search).get('session') === 'worker'
render(() => <App connect={inPage ? connectWorker : connectSocket} />, root)
