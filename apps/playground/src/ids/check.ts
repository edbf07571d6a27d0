/** Real ids by the real clock, of one OS process or of several, and the judges' word on all of them together. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { FieldTruth, Order, Uniqueness } from '@lockstep/check'
import { SnowflakeLayout } from '@lockstep/idgen'
import type { Verdict } from '@lockstep/process'
import { type Block, type BlocksOptions, blocksOf } from './blocks.ts'

/** What is checked. */
export interface CheckOptions {
  /** How many ids in all. */
  readonly count: number
  readonly processes: number
  /** Whether all processes have one worker id, which must be found. */
  readonly isWorkerShared: boolean
  /** Called with how many ids are judged. */
  readonly onProgress: (judged: number) => void
}

/** Whether every id is there once, grows within its process, and says when and by whom it was made. */
export interface CheckReport {
  readonly ids: number
  readonly unique: Verdict
  readonly ordered: Verdict
  readonly true: Verdict
}

/** Makes the ids and judges them. */
export async function checkIds(options: CheckOptions): Promise<CheckReport> {
  const { count, processes, isWorkerShared } = options
  const judging = new Judging(options.onProgress)
  const shares = Array.from({ length: processes }, (_, index) => ({
    name: `process ${index + 1}`,
    workerId: isWorkerShared ? 1 : index + 1,
    count: Math.floor((count + index) / processes),
  }))
  const [only] = shares
  if (processes === 1 && only !== undefined) {
    for await (const block of blocksOf(only)) judging.add(only.name, only.workerId, block)
  } else await madeElsewhere(shares, judging)
  return judging.report()
}

interface Share extends BlocksOptions {
  readonly name: string
}

/** All begin together, so that they make ids at the same time. */
async function madeElsewhere(shares: readonly Share[], judging: Judging): Promise<void> {
  const children = shares.map(() =>
    fork(fileURLToPath(new URL('./check-process.ts', import.meta.url)), {
      execArgv: ['--conditions=@lockstep/source'],
      // Arrays of numbers go as they are.
      serialization: 'advanced',
    }),
  )
  try {
    const ends = Promise.all(children.map(endOf))
    await Promise.race([Promise.all(children.map((child) => once(child, 'message'))), ends])
    for (const [index, child] of children.entries()) {
      const { name, workerId, count } = shares[index] as Share
      child.on('message', (block: Block) => judging.add(name, workerId, block))
      child.send({ workerId, count } satisfies BlocksOptions)
    }
    await ends
  } finally {
    for (const child of children) child.kill()
  }
}

async function endOf(child: ChildProcess): Promise<void> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  if (code !== 0) throw new Error(`a process that made ids ended with ${signal ?? `code ${code}`}`)
}

class Judging {
  readonly #unique = new Uniqueness()
  readonly #order = new Order<bigint>()
  readonly #truth: FieldTruth<bigint>
  readonly #onProgress: (judged: number) => void

  constructor(onProgress: (judged: number) => void) {
    const layout = new SnowflakeLayout()
    this.#truth = new FieldTruth((id: bigint) => layout.fieldsOf(id), { behindMs: 0, aheadMs: 0 })
    this.#onProgress = onProgress
  }

  add(name: string, workerId: number, { ids, fromMs, toMs }: Block): void {
    this.#unique.add(name, ids)
    this.#order.add(name, ids)
    // Ids between two that are true, and in order, are true too.
    for (const id of [ids[0], ids.at(-1)]) {
      if (id !== undefined) this.#truth.add(id, { fromMs, toMs, workerId })
    }
    this.#onProgress(this.#unique.count)
  }

  report(): CheckReport {
    return {
      ids: this.#unique.count,
      unique: this.#unique.verdict(),
      ordered: this.#order.verdict(),
      true: this.#truth.verdict(),
    }
  }
}
