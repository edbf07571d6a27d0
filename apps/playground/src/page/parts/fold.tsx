import type { JSX } from 'solid-js'
import { createSetting } from '../app/settings.ts'

/** A part of a panel that folds away and remembers it. */
export function Fold(props: {
  /** Its name among the settings. */
  name: string
  title: string
  children: JSX.Element
  closed?: boolean
}): JSX.Element {
  const [open, setOpen] = createSetting(`fold.${props.name}`, props.closed !== true)
  return (
    <details class="fold" open={open()} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{props.title}</h2>
      </summary>
      <div class="fold-body">{props.children}</div>
    </details>
  )
}
