import type { Build, Message } from '@lockstep/process'
import { onTestFinished } from 'vitest'
import {
  type Control,
  connectClient,
  connectControl,
  type HostEvent,
  type LiveClient,
  type NodeOptions,
  type RunningNode,
  startNode,
} from '../src/index.ts'
import { temporaryDirectory } from './temporary.ts'

/** Starts a node in a directory of its own; it is stopped when the test has finished. */
export async function started(
  id: string,
  build: Build,
  options: Partial<NodeOptions> = {},
): Promise<RunningNode> {
  const directory = options.directory ?? (await temporaryDirectory())
  const node = await startNode({
    id,
    cluster: 'test',
    directory,
    build,
    segmentBytes: 1 << 16,
    ...options,
  })
  onTestFinished(() => node.stop())
  return node
}

/** A client of these nodes; closed when the test has finished. */
export function clientOf(...nodes: readonly RunningNode[]): LiveClient {
  const urls = Object.fromEntries(nodes.map((node) => [node.id, node.url]))
  const client = connectClient({ id: 'c1', cluster: 'test', nodes: urls })
  onTestFinished(() => client.close())
  return client
}

/** A control link to a node and the events it reported, in order. */
export async function watched(
  node: RunningNode,
): Promise<{ control: Control; events: HostEvent[]; until: Until }> {
  const control = await connectControl(node.url, 'test')
  onTestFinished(() => control.close())
  const events: HostEvent[] = []
  const waiting = new Set<() => void>()
  control.onEvents((batch) => {
    events.push(...batch)
    for (const look of waiting) look()
  })
  // Requests are answered in order, so once this one is the events flow.
  await control.look()
  const until: Until = (wanted) =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = events.find(wanted)
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return { control, events, until }
}

/** Resolves with the first event of that kind, whether it came already or comes later. */
export type Until = (wanted: (event: HostEvent) => boolean) => Promise<HostEvent>

/** Answers `{type: 'echo', id}` to whoever asks, and forwards `{type: 'pass', to}`. */
export const echo: Build = (context) => ({
  start: () => undefined,
  receive: (from, message: Message & { id?: number; to?: string; text?: string }) => {
    if (message.type === 'echo')
      context.send(from, Object.assign({ type: 'echoed', re: message.id, text: message.text }))
    if (message.type === 'pass' && message.to !== undefined)
      context.send(message.to, Object.assign({ type: 'passed', text: message.text }))
    if (message.type === 'throw') throw new Error('a mistake')
  },
  timeout: () => undefined,
  view: () => ({}),
})
