import X from 'lucide-solid/icons/x'
import { For, type JSX } from 'solid-js'
import { useApp } from '../app/context.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { words } from '../words.ts'

/** Notes to the person, above the time line. */
export function Notices(): JSX.Element {
  const { notices } = useApp().workshop
  return (
    <div class="notices" role="status" aria-live="polite">
      <For each={notices.shown()}>
        {(notice) => (
          <div class="notice" data-tone={notice.tone}>
            <span>{notice.text}</span>
            <IconButton label={words.close} onClick={() => notices.dismiss(notice.id)}>
              <X size={14} />
            </IconButton>
          </div>
        )}
      </For>
    </div>
  )
}
