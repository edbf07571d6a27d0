import Search from 'lucide-solid/icons/search'
import X from 'lucide-solid/icons/x'
import { createMemo, type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { focusIds } from '../app/focus.ts'
import { sentencesMatching } from '../app/sentences.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { VirtualList } from '../parts/virtual-list.tsx'
import { words } from '../words.ts'

const rowHeight = 24

/** What happened, in sentences; those after the cursor are dimmed. */
export function EventList(): JSX.Element {
  const { workshop, view } = useApp()
  const { player } = workshop
  const found = createMemo(() => {
    const run = workshop.run()
    return run === undefined ? [] : [...sentencesMatching(run, view.query())]
  })
  const active = createMemo(() => {
    const { row } = player.shown()
    return found().findLastIndex((sentence) => sentence.row <= row)
  })
  const empty = (): string =>
    view.query() === '' ? words.events.empty : words.events.none(view.query())
  const kindOf = (row: number) => workshop.run()?.trace.kind[row]
  return (
    <section class="events panel-part" aria-label={words.events.title}>
      <div class="part-head">
        <h2>{words.events.title}</h2>
        <span class="meta">
          {words.events.shown(found().length, workshop.run()?.trace.sentences.length ?? 0)}
        </span>
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
      </div>
      <Show when={found().length === 0}>
        <p class="empty">{empty()}</p>
      </Show>
      <VirtualList
        items={found()}
        rowHeight={rowHeight}
        label={words.events.title}
        active={active()}
        testid="event-list"
      >
        {(sentence, i) => (
          <button
            type="button"
            class="event"
            tabindex="-1"
            title={sentence.text}
            data-kind={kindOf(sentence.row)}
            classList={{ ahead: i > active(), now: i === active() }}
            onClick={() => {
              player.pause()
              player.seekRow(sentence.row)
            }}
          >
            <time>{words.clockMs(workshop.run()?.trace.at[sentence.row] ?? 0)}</time>
            <span>{sentence.text}</span>
          </button>
        )}
      </VirtualList>
    </section>
  )
}
