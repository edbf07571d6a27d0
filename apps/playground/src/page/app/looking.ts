import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js'
import type { NodeView } from '../../session/protocol.ts'
import type { Workshop } from './workshop.ts'

const restingMs = 40
const playingMs = 400

/** The full views of all nodes at the moment that is shown; asked for only while somebody looks. */
export function createViews(workshop: Workshop): {
  readonly nodes: Accessor<readonly NodeView[] | undefined>
  readonly problem: Accessor<string | undefined>
} {
  const [nodes, setNodes] = createSignal<readonly NodeView[]>()
  const [problem, setProblem] = createSignal<string>()
  let asking = false
  let stale = false
  let waiting: ReturnType<typeof setTimeout> | undefined

  const ask = async (): Promise<void> => {
    waiting = undefined
    const run = workshop.run()
    if (run === undefined) return
    if (asking) {
      stale = true
      return
    }
    asking = true
    stale = false
    try {
      const step = run.trace.step[Math.max(0, workshop.player.moment.row)] ?? 0
      const answer = await workshop.ask({ type: 'look', step })
      if (answer.type === 'views') setNodes(answer.nodes)
      setProblem(undefined)
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
    asking = false
    if (stale) plan()
  }
  const plan = (): void => {
    waiting ??= setTimeout(() => void ask(), workshop.player.playing() ? playingMs : restingMs)
  }
  createEffect(() => {
    workshop.player.shown()
    workshop.run()
    plan()
  })
  onCleanup(() => clearTimeout(waiting))
  return { nodes, problem }
}
