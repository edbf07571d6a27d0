import { startNode } from '../src/index.ts'
import { counter } from './counter.ts'

/** A counter in an OS process of its own: prints its address, and ends when its parent does. */
const [directory = ''] = process.argv.slice(2)
const node = await startNode({
  id: 'n1',
  cluster: 'test',
  directory,
  build: counter,
  segmentBytes: 1 << 14,
})
process.on('disconnect', () => process.exit())
process.send?.(node.url)
