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
    const { row } = workshop.player.shown()
    const open = workshop.run() ?? workshop.traced()
    if (open === undefined || row === last) return
    last = row
    waiting ??= setTimeout(() => {
      waiting = undefined
      const now = workshop.player.moment.row
      setSaid(sentenceAt(now))
    }, restsMs)
  })
  const sentenceAt = (row: number): string =>
    workshop.traced()?.lines[row]?.trim() ??
    workshop.run()?.trace.sentences.findLast((sentence) => sentence.row <= row)?.text ??
    ''
  onCleanup(() => clearTimeout(waiting))
  return (
    <div class="for-ears" aria-live="polite">
      {said()}
    </div>
  )
}
