import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { areas } from '../../src/areas.ts'
import { inDirectory, lockstep } from '../command.ts'

const experiments = areas.flatMap((area) => area.experiments)
const experiment = experiments[0]?.id ?? ''

interface Report {
  readonly verdict: { readonly is: string; readonly by?: string }
  readonly traceHash: string
  readonly events: number
  readonly link: string
  readonly asExpected: boolean
}

async function report(...args: string[]): Promise<Report> {
  return JSON.parse((await lockstep(['run', ...args, '--json'])).stdout)
}

/** One of each verdict from each lab: all of them are run where their labs are tested. */
const some = areas.flatMap((area) =>
  (['holds', 'violated'] as const).flatMap(
    (is) => area.experiments.find(({ expect: { is: expected } }) => expected === is)?.id ?? [],
  ),
)

describe('run', () => {
  test.for(some)('%s reaches its verdict', async (id) => {
    const { code, stdout } = await lockstep(['run', id, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ target: id, asExpected: true })
    expect(code).toBe(0)
  })

  test('the same seed gives the same trace, and another seed another', async () => {
    const seven = await report(experiment, '--seed', '7')
    expect(await report(experiment, '--seed', '7')).toEqual(seven)
    expect((await report(experiment, '--seed', '8')).traceHash).not.toBe(seven.traceHash)
  })

  test('its link runs the same', async () => {
    const first = await report(experiment, '--seed', '7')
    const second = await report(`https://example.com/lockstep/#${first.link}`)
    expect(second.traceHash).toBe(first.traceHash)
  })

  test('a verdict that is not the expected one ends with exit code 1 and the reason', async () => {
    // In a calm run nobody's vote is asked for twice, so the flaw has nothing to bite on.
    const { code, stdout } = await lockstep(['run', experiment, '--flaw', 'vote-without-sync'])
    expect(stdout).toContain('it should be: violated')
    expect(code).toBe(1)
  })

  test('the summary for people says what was run, what was judged and how to see it', async () => {
    const { stdout } = await lockstep(['run', experiment, '--seed', '7'])
    for (const word of ['seed 7', 'Verdict', 'Marks', 'steps', 'Trace', 'Link']) {
      expect(stdout).toContain(word)
    }
  })

  test('the trace has one JSON object a line, in order', async () => {
    await inDirectory(async (directory) => {
      const file = join(directory, 'trace.jsonl')
      const { events } = await report(experiment, '--trace', file)
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
      expect(lines.map((line) => (JSON.parse(line) as { row: number }).row)).toEqual(
        Array.from({ length: events }, (_, row) => row),
      )
    })
  })

  test('a trace that cannot be written says so', async () => {
    const { code, stderr } = await lockstep(['run', experiment, '--trace', '/nowhere/trace.jsonl'])
    expect(stderr).toContain('Name another file with --trace')
    expect(code).toBe(2)
  })
})

test('list names every experiment and every flaw, also as JSON', async () => {
  const names = [
    ...experiments.map(({ id }) => id),
    ...areas.flatMap(({ lab }) => lab.flaws.map(({ name }) => name)),
  ]
  const { stdout } = await lockstep(['list'])
  const json = (await lockstep(['list', '--json'])).stdout
  JSON.parse(json)
  for (const name of names) {
    expect(stdout).toContain(name)
    expect(json).toContain(`"${name}"`)
  }
})
