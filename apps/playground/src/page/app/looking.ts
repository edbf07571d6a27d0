import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js'
import type { FromSession, NodeView } from '../../session/protocol.ts'
import { Refused } from '../session/session.ts'
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

  const show = (answer: FromSession): void => {
    setProblem(undefined)
    if (answer.type === 'views') setNodes(answer.nodes)
  }
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
    const step = run.trace.step[Math.max(0, workshop.player.moment.row)] ?? 0
    const answer = await workshop.ask({ type: 'look', step }).catch((error: unknown) => error)
    asking = false
    if (answer instanceof Refused && answer.code === 'overtaken') stale = true
    else if (answer instanceof Error) setProblem(answer.message)
    else show(answer as FromSession)
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
