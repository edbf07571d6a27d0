/** One of several OS processes that make ids at the same time: it sends them to the one that judges. */
import { once } from 'node:events'
import { type BlocksOptions, blocksOf } from './blocks.ts'

const send = (message: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, undefined, {}, (error) => (error === null ? resolve() : reject(error)))
  })

await send('ready')
const [options] = (await once(process, 'message')) as [BlocksOptions]
for await (const block of blocksOf(options)) await send(block)
process.disconnect()
