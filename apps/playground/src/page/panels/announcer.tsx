import { createEffect, createSignal, type JSX, onCleanup } from 'solid-js'
import { useApp } from '../app/context.ts'

const restsMs = 1200

/** Reads the newest sentence to screen readers, at rest between two of them. */
export function Announcer(): JSX.Element {
  const { workshop } = useApp()
  const [said, setSaid] = createSignal('')
  let waiting: ReturnType<typeof setTimeout> | undefined
  let last = -1
  createEffect(() => {
    const run = workshop.run()
    const { row } = workshop.player.shown()
    if (run === undefined || row === last) return
    last = row
    waiting ??= setTimeout(() => {
      waiting = undefined
      const now = workshop.player.moment.row
      setSaid(run.trace.sentences.findLast((sentence) => sentence.row <= now)?.text ?? '')
    }, restsMs)
  })
  onCleanup(() => clearTimeout(waiting))
  return (
    <div class="for-ears" aria-live="polite">
      {said()}
    </div>
  )
}
