import { stat } from 'node:fs/promises'
import { startNode } from '@lockstep/host'
import { raft } from '@lockstep/raft'
import { raftLab } from '@lockstep/raft/lab'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { LogFile, lastLines, logFileOf } from '../../src/log/log-file.ts'
import { logLine } from '../../src/log/log-line.ts'
import { NodeLog } from '../../src/log/node-log.ts'
import { inDirectory } from '../command.ts'

const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?:DEBUG|INFO |WARN |ERROR) n1 \w.*$/

function logOf(level: 'debug' | 'warn'): { readonly log: NodeLog; readonly lines: string[] } {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  return { log: new NodeLog({ id: 'n1', lab: raftLab, level, write }), lines }
}

test('the life of a node is lines: start, election, end, and a start from its disk', async () => {
  await inDirectory(async (directory) => {
    const { log, lines } = logOf('debug')
    for (const incarnation of [1, 2]) {
      const { onEvent, onSync } = log
      const build = raft({ nodes: ['n1'] })
      const node = await startNode({ id: 'n1', cluster: 'log', directory, build, onEvent, onSync })
      log.begin(node)
      await expect
        .poll(() => lines.filter((line) => line.includes('n1 became leader term=')).length)
        .toBe(incarnation)
      await node.stop()
      log.end(await node.ended)
    }
    for (const line of lines) expect(line).toMatch(written)
    const text = lines.join('\n')
    expect(text).toContain('n1 started incarnation=1 entries=0 first=0 snapshot=false\n')
    expect(text).toMatch(/n1 started incarnation=2 entries=[1-9]\d* /)
    expect(text).toMatch(/n1 listens url=ws:\S+ process=\d+\n/)
    expect(text).toMatch(/n1 was asked to stop\n[^]*n1 ended in good order$/)
  })
})

test('lines of one text are written at a bounded rate, and what matters less not at all', () => {
  const { log, lines } = logOf('warn')
  const refused = { kind: 'mark', node: 'n1', peer: undefined, value: 0 } as const
  for (let i = 0; i < 1_000; i++) {
    log.onEvent({ ...refused, name: 'refused a message', data: { reason: 'no term' } })
  }
  log.onEvent({ ...refused, name: 'became leader', data: { term: 1 } })
  log.onEvent({ ...refused, name: 'answered reads together', data: {} })
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThan(30)
  for (const line of lines) expect(line).toMatch(/ WARN {2}n1 refused a message reason="no term"/)
})

test('what comes from outside can neither break a line nor feign a fact', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const line = logLine(new Date(0), 'info', 'n1', 'refused a link', { value, end: 1 })
      expect(line.split(/[\n\r]/)).toHaveLength(1)
      expect(line.match(/^[^"]* value=(?:[^" ]+|"(?:[^"\\]|\\.)*") end=1$/)).not.toBeNull()
    }),
  )
})

test('a log keeps its lines, and one that is not there has none', async () => {
  await inDirectory(async (directory) => {
    const file = new LogFile(logFileOf(directory))
    for (const line of ['a', 'b', 'c']) file.write(line)
    await file.close()
    expect(await lastLines(logFileOf(directory), 2)).toEqual(['b', 'c'])
    expect(await lastLines(logFileOf(`${directory}/none`), 2)).toEqual([])
  })
})

test('a full log is put aside, also one that was written in another life, and none grows without end', async () => {
  await inDirectory(async (directory) => {
    const path = logFileOf(directory)
    for (let life = 0; life < 30; life++) {
      const file = new LogFile(path, 100)
      for (let line = 0; line < 3; line++) file.write(`line ${line} of life ${life}`)
      await file.close()
    }
    const sizes = await Promise.all([path, `${path}.1`].map(async (one) => (await stat(one)).size))
    for (const size of sizes) expect(size).toBeLessThan(130)
    expect(sizes[1]).toBeGreaterThanOrEqual(100)
    expect((await lastLines(path, 1))[0]).toBe('line 2 of life 29')
  })
})

test('a log that cannot be written is given up, said once, and nothing throws', async () => {
  await inDirectory(async (directory) => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const file = new LogFile(directory)
    file.write('a')
    file.write('b')
    await file.close()
    const lines = said.mock.calls.map(([text]) => String(text))
    said.mockRestore()
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('cannot be written, and gets no more lines: Error: EISDIR')
  })
})
