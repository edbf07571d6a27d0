import Search from 'lucide-solid/icons/search'
import X from 'lucide-solid/icons/x'
import { type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { focusIds } from '../app/focus.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { words } from '../words.ts'

/** The filter of the event list. */
export function EventSearch(): JSX.Element {
  const { view } = useApp()
  return (
    <div class="search">
      <Search size={14} />
      <input
        id={focusIds.search}
        type="text"
        value={view.query()}
        placeholder={words.events.filter}
        aria-label={words.events.filter}
        onInput={(event) => view.setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') view.setQuery('')
          if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur()
        }}
      />
      <Show when={view.query() !== ''}>
        <IconButton label={words.events.clear} onClick={() => view.setQuery('')}>
          <X size={14} />
        </IconButton>
      </Show>
    </div>
  )
}
