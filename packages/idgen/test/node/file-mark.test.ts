import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HighWaterMark, Snowflake } from '@lockstep/idgen'
import { FileMark } from '@lockstep/idgen/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

describe('a mark in a file', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-mark-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  test('is there after it was saved, whole, and nothing beside it', async () => {
    const path = join(directory, 'deep', 'worker-1')
    const mark = new FileMark(path)
    await expect(mark.load()).resolves.toBeUndefined()
    await mark.save(1_700_000_000_123)
    await mark.save(1_700_000_000_045)
    await expect(new FileMark(path).load()).resolves.toBe(1_700_000_000_045)
    await expect(readFile(path, 'utf8')).resolves.toBe('1700000000045\n')
    await expect(readdir(join(directory, 'deep'))).resolves.toEqual(['worker-1'])
  })

  test.for(['', '-0\n', '1.5\n', 'yesterday\n', '17000', '\n', 'NaN\n', '12\n3\n'])(
    'that is damaged (%j) is no mark, and opens no generator',
    async (text) => {
      const path = join(directory, 'worker-1')
      await writeFile(path, text)
      const mark = new FileMark(path)
      await expect(mark.load()).rejects.toMatchObject({ code: 'unavailable' })
      await expect(Snowflake.open({ worker: 1, mark })).rejects.toMatchObject({
        code: 'unavailable',
      })
    },
  )

  test('keeps ids apart over lives of a generator', async () => {
    const ids: bigint[] = []
    for (let life = 0; life < 3; life++) {
      const mark = new MortalMark(new FileMark(join(directory, 'worker-1')))
      const snowflake = await Snowflake.open({ worker: 1, mark, markAheadMs: 100 })
      ids.push(...(await snowflake.nextBatch(100)))
      if (life !== 1) await snowflake.close()
      await mark.die()
    }
    expect(new Set(ids).size).toBe(300)
    expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)))
  })
})

/** A mark that nothing is saved to any more once its process is dead. */
class MortalMark implements HighWaterMark {
  readonly #mark: HighWaterMark
  #saved: Promise<void> = Promise.resolve()
  #isDead = false

  constructor(mark: HighWaterMark) {
    this.#mark = mark
  }

  load(): Promise<number | undefined> {
    return this.#mark.load()
  }

  save(markMs: number): Promise<void> {
    if (!this.#isDead) this.#saved = this.#mark.save(markMs)
    return this.#saved
  }

  async die(): Promise<void> {
    this.#isDead = true
    await this.#saved
  }
}
