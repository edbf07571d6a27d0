import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Order, Uniqueness } from '@lockstep/check'
import { SnowflakeLayout } from '@lockstep/idgen'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Life } from './making.ts'

const layout = new SnowflakeLayout()

describe('a process that is killed, and started again with its clock behind', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-restart-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  /** All ids that a process made until it was killed by SIGKILL. */
  async function live(life: Life): Promise<BigUint64Array[]> {
    const child = fork(fileURLToPath(new URL('./making.ts', import.meta.url)), {
      execArgv: ['--conditions=@lockstep/source'],
      serialization: 'advanced',
    })
    const closed = once(child, 'close')
    const blocks: BigUint64Array[] = []
    try {
      child.on('message', (ids: BigUint64Array) => {
        blocks.push(ids)
        if (blocks.length === 100) child.kill('SIGKILL')
      })
      child.send(life)
      await closed
    } finally {
      child.kill('SIGKILL')
    }
    expect(blocks.length).toBeGreaterThanOrEqual(100)
    return blocks
  }

  /** Three lives, each of which begins in the middle of the one before, by its clock. */
  async function lives(
    flaw: Pick<Life, 'flaw'>,
  ): Promise<{ unique: Uniqueness; order: Order<bigint> }> {
    const unique = new Uniqueness()
    const order = new Order<bigint>()
    let clockMs = Date.now()
    for (const name of ['first', 'second', 'third']) {
      const blocks = await live({ markFile: join(directory, 'worker-1'), clockMs, ...flaw })
      for (const ids of blocks) {
        unique.add(name, ids)
        order.add('worker 1', ids)
      }
      clockMs = layout.fieldsOf(blocks[blocks.length >> 1]?.[0] ?? 0n).timeMs
    }
    return { unique, order }
  }

  test('repeats no id, and goes on above all of them', async () => {
    const { unique, order } = await lives({})
    expect(unique.verdict().is).toBe('holds')
    expect(order.verdict().is).toBe('holds')
    expect(unique.count).toBeGreaterThanOrEqual(300_000)
  })

  test('without the mark it repeats them', async () => {
    const { unique } = await lives({ flaw: 'mark-ignored' })
    expect(unique.duplicates()).toBeGreaterThan(0)
  })
})
