/** Greets whoever connects to a port, and has a child that would stay for a minute. */
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const [port, directory = '', failure] = process.argv.slice(2)
const triedBefore = join(directory, 'tried')

if (failure === 'failing') fail('cannot go on')
if (failure === 'in-use-once' && !existsSync(triedBefore)) {
  writeFileSync(triedBefore, '')
  fail('the address is in use')
}
spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
createServer((socket) => socket.end('hello')).listen(Number(port), '127.0.0.1')

function fail(why: string): never {
  console.error(why)
  process.exit(3)
}
