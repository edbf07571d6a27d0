/**
 * The clients of one side of the bench, in a process that runs no others: it starts the side's store,
 * and measures a load whenever it is asked to.
 */
import { areaNamed } from '../cli/target.ts'
import { EtcdStore } from './etcd-store.ts'
import { fill, measure } from './load.ts'
import { residentMegabytes, spentBy, foreignCores } from './processes.ts'
import { RaftStore } from './raft-store.ts'
import type { Answer, Asked, Load, Round, SideOptions } from './side.ts'

const answer = (message: Answer): void => void process.send?.(message)

async function serve(options: SideOptions): Promise<void> {
  const { of, lanes: most, connections, keys, span } = options
  const store = of === 'raft' ? await RaftStore.start(areaNamed(of)) : await EtcdStore.start()
  const end = (): void => void store.stop().finally(() => process.exit())
  process.once('disconnect', end)
  // Whoever asked may be gone by the time that the store runs.
  if (!process.connected) return end()
  const lanes = {
    own: await store.open(most, most),
    pipelined: await store.open(connections, most),
  }
  await fill(lanes.pipelined, keys)

  const measured = async ({ shape, operation, outstanding, others }: Load): Promise<Round> => {
    const ours = store.pids
    const all = [...ours, ...others]
    let before = { own: spentBy(ours), all: spentBy(all) }
    const chosen = lanes[shape].slice(0, outstanding)
    const figures = await measure(chosen, operation, keys, span, () => {
      before = { own: spentBy(ours), all: spentBy(all) }
    })
    const operations = (figures.perSecond * span.measureMs) / 1000
    return {
      ...figures,
      cpuUs: (spentBy(ours).own - before.own.own) / operations,
      foreign: foreignCores(before.all, spentBy(all)),
    }
  }

  process.on('message', (asked: Asked) => {
    if (asked.do === 'memory')
      answer({ is: 'memory', megabytes: store.pids.map(residentMegabytes) })
    if (asked.do === 'measure') {
      void measured(asked.load).then((round) => answer({ is: 'round', round }), failed)
    }
  })
  answer({ is: 'ready', pids: [process.pid, ...store.pids] })
}

function failed(error: unknown): void {
  answer({ is: 'failed', text: error instanceof Error ? error.message : String(error) })
}

process.once('message', (options: SideOptions) => void serve(options).catch(failed))
answer({ is: 'listening' })
