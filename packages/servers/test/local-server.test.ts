import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answers } from '../src/answer.ts'
import { findProgram } from '../src/find-program.ts'
import { LocalServer } from '../src/local-server.ts'
import type { ServerProgram } from '../src/server-program.ts'
import { childrenOf, directoriesOf, isGone } from './traces.ts'

const fake = join(import.meta.dirname, 'fake-server.ts')

/** A program of ours in the place of a server: it greets, and has a child. */
const greeter: ServerProgram = {
  ports: 1,
  remedy: '',
  stopSignal: 'SIGTERM',
  find: () => [process.execPath],
  command: async ({ ports, directory, settings }) => ({
    file: process.execPath,
    arguments: [fake, String(ports[0]), directory, ...Object.keys(settings)],
  }),
  url: (port) => `greeter://127.0.0.1:${port}`,
  isUp: (port) => answers(port, '', (heard) => heard.toString() === 'hello'),
}

describe('a server', () => {
  test('ends with its children, killed or stopped, and its directory goes', async () => {
    const server = await LocalServer.start('fake', greeter)
    const first = [server.pid, ...childrenOf(server.pid)]
    await server.kill()
    expect(first.filter((pid) => !isGone(pid))).toEqual([])
    await server.restart()
    const second = [server.pid, ...childrenOf(server.pid)]
    expect(await greeter.isUp(server.port)).toBe(true)
    await server.stop()
    await server.stop()
    expect(second.filter((pid) => !isGone(pid))).toEqual([])
    expect(directoriesOf('fake')).toEqual([])
    await expect(server.restart()).rejects.toMatchObject({ code: 'stopped' })
  })

  test('that ends instead of answering is an error with the end of its log', async () => {
    await expect(LocalServer.start('fake', greeter, { failing: '' })).rejects.toMatchObject({
      code: 'did-not-start',
      message: expect.stringMatching(/exit code 3[^]*cannot go on/),
    })
    expect(directoriesOf('fake')).toEqual([])
  })

  test('whose port was taken meanwhile is started on others', async () => {
    const server = await LocalServer.start('fake', greeter, { 'in-use-once': '' })
    expect(await greeter.isUp(server.port)).toBe(true)
    await server.stop()
  })

  test('whose data cannot be made is an error, and nothing of it stays', async () => {
    const broken: ServerProgram = {
      ...greeter,
      prepare: () => Promise.reject(new Error('the disk is full')),
    }
    await expect(LocalServer.start('fake', broken)).rejects.toMatchObject({
      code: 'did-not-start',
      message: 'The data of fake could not be made: the disk is full',
    })
    expect(directoriesOf('fake')).toEqual([])
  })

  test.skipIf(findProgram('setpriv') === undefined)(
    'does not outlive the process that started it, even if that is killed',
    async () => {
      const owner = spawn(process.execPath, [
        '--conditions=@lockstep/source',
        join(import.meta.dirname, 'owner.ts'),
      ])
      const pid = Number(await firstLine(owner))
      expect(isGone(pid)).toBe(false)
      owner.kill('SIGKILL')
      await once(owner, 'exit')
      await expect.poll(() => isGone(pid)).toBe(true)
    },
  )
})

async function firstLine(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return text.split('\n')[0] ?? ''
}
