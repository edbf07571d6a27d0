import X from 'lucide-solid/icons/x'
import { type JSX, onMount, Show } from 'solid-js'
import { words } from '../words.ts'
import { IconButton } from './icon-button.tsx'

/** A modal dialog, open as long as it exists. */
export function Dialog(props: {
  title: string
  /** Its title is for screen readers only. */
  bare?: boolean
  class?: string
  close: () => void
  children: JSX.Element
}): JSX.Element {
  let dialog!: HTMLDialogElement
  onMount(() => dialog.showModal())
  return (
    <dialog
      ref={(element) => {
        dialog = element
      }}
      class={`dialog ${props.class ?? ''}`}
      aria-label={props.title}
      onClose={() => props.close()}
      onPointerDown={(event) => {
        if (event.target === dialog) dialog.close()
      }}
    >
      <div class="dialog-inner">
        <Show when={props.bare !== true}>
          <div class="dialog-head">
            <h2>{props.title}</h2>
            <IconButton label={words.close} onClick={() => dialog.close()}>
              <X size={16} />
            </IconButton>
          </div>
        </Show>
        {props.children}
      </div>
    </dialog>
  )
}
