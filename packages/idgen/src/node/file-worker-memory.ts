import { IdError, type RememberedWorker, type WorkerMemory } from '@lockstep/idgen'
import { readIfThere, writeDurably } from './durable-file.ts'

/**
 * Keeps what a node remembers of its worker id in a file: one line of JSON. It is for one process at a
 * time, on a disk that is there after a restart.
 */
export class FileWorkerMemory implements WorkerMemory {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** @throws {IdError} `unavailable` where the file is there and does not hold a worker. */
  async load(): Promise<RememberedWorker | undefined> {
    const text = await readIfThere(this.#path)
    if (text === undefined) return undefined
    const worker = parsed(text)
    if (worker !== undefined) return worker
    const remedy =
      'remove it while the registry answers, once the clock is past all ids of this node'
    throw new IdError('unavailable', `${this.#path} does not hold a worker: ${remedy}`)
  }

  async save(worker: RememberedWorker): Promise<void> {
    await writeDurably(this.#path, `${JSON.stringify(worker)}\n`)
  }
}

function parsed(text: string): RememberedWorker | undefined {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof found !== 'object' || found === null) return undefined
  const { node, workerId, markMs } = found as Partial<Record<keyof RememberedWorker, unknown>>
  if (typeof node !== 'string' || !isCount(workerId)) return undefined
  if (markMs !== undefined && typeof markMs !== 'number') return undefined
  return { node, workerId, markMs }
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
