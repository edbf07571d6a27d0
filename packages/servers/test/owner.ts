/** Starts a process, tells its id, and waits for its own end. */
import { ServerProcess } from '../src/server-process.ts'

const wait = 'setTimeout(() => {}, 60_000)'
const child = ServerProcess.launch({ file: process.execPath, arguments: ['-e', wait] })
console.log(child.pid)
await child.ended
