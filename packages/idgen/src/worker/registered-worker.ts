/**
 * Worker ids that belong to a node for ever, as Leaf gives them, for nodes that must start while what
 * keeps the ids is down. An id is never given to another node, so one that is remembered in a local
 * file is safe to use. That a clock is not behind the ids of the last life is seen to by the mark,
 * which is kept in both places: `Snowflake.open` waits for it, or refuses.
 *
 * The registry's mark stands in for a file that got lost, and is as late as the registry was told.
 *
 * Ids that are registered run out, one for each node name that ever was: nodes whose names change
 * lease theirs instead.
 */
import type { Milliseconds } from '@lockstep/process'
import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import type { WorkerLease } from '../worker-lease.ts'

/** Gives each node a worker id of its own, for ever. */
export interface WorkerRegistry {
  /** The id of a node, which is made for a new one. Rejects with `exhausted` when there are no more. */
  register(node: string): Promise<{ readonly workerId: number; readonly mark: HighWaterMark }>
}

/** What a node remembers of itself. */
export interface RememberedWorker {
  readonly node: string
  readonly workerId: number
  readonly markMs: Milliseconds | undefined
}

/** Where a node remembers its id and mark beside the registry: a file of its own machine. */
export interface WorkerMemory {
  /** `undefined` if nothing ever was saved. */
  load(): Promise<RememberedWorker | undefined>
  /** Resolves once it would survive a crash. */
  save(worker: RememberedWorker): Promise<void>
}

/** Who the node is, and where its worker id is kept. */
export interface RegisteredWorkerOptions {
  readonly registry: WorkerRegistry
  readonly memory: WorkerMemory
  /** The node's name, which no other node has and which stays: such as `10.0.0.7:7180`. */
  readonly node: string
}

/**
 * The worker id of a node, for `Snowflake.open`. While the registry does not answer, what the node
 * remembers is used.
 *
 * @throws {IdError} what the registry said, where the node remembers nothing; `invalid-option` where
 *   what it remembers is of another node.
 */
export async function registeredWorker({
  registry,
  memory,
  node,
}: RegisteredWorkerOptions): Promise<WorkerLease> {
  const remembered = await memory.load()
  if (remembered !== undefined && remembered.node !== node) {
    const text = `this memory is of node '${remembered.node}', not '${node}': give each its own`
    throw new IdError('invalid-option', text)
  }
  const registered = await registry.register(node).catch((error: unknown) => {
    const isSilent = error instanceof IdError && error.code === 'unavailable'
    if (isSilent && remembered !== undefined) return undefined
    throw error
  })
  const workerId = registered?.workerId ?? (remembered as RememberedWorker).workerId
  if (remembered !== undefined && remembered.workerId !== workerId) {
    const text = `node '${node}' remembers worker id ${remembered.workerId}, and is registered with ${workerId}: find out which is right`
    throw new IdError('invalid-option', text)
  }
  return {
    workerId,
    heldUntilMs: () => Number.POSITIVE_INFINITY,
    mark: markOf(memory, { node, workerId }, registered?.mark),
  }
}

/** The later of both marks counts. The node's own must be saved, the registry's is as far as it answers. */
function markOf(
  memory: WorkerMemory,
  own: Pick<RememberedWorker, 'node' | 'workerId'>,
  registered: HighWaterMark | undefined,
): HighWaterMark {
  return {
    load: async () => {
      const marks = [(await memory.load())?.markMs, await registered?.load()]
      const known = marks.filter((markMs) => markMs !== undefined)
      return known.length === 0 ? undefined : Math.max(...known)
    },
    save: async (markMs) => {
      const told = registered?.save(markMs).catch(() => undefined)
      await memory.save({ ...own, markMs })
      await told
    },
  }
}
