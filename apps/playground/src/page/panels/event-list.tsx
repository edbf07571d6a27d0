import { createMemo, type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { sentencesMatching } from '../app/sentences.ts'
import { VirtualList } from '../parts/virtual-list.tsx'
import type { Sentence } from '../run/trace.ts'
import { words } from '../words.ts'
import { EventSearch } from './event-search.tsx'

const rowHeight = 24

/** What happened, in sentences; those after the cursor are dimmed. */
export function EventList(): JSX.Element {
  const { workshop, view } = useApp()
  const found = createMemo(() => {
    const run = workshop.run()
    return run === undefined ? [] : [...sentencesMatching(run, view.query())]
  })
  const active = createMemo(() => {
    const { row } = workshop.player.shown()
    return found().findLastIndex((sentence) => sentence.row <= row)
  })
  const empty = (): string =>
    view.query() === '' ? words.events.empty : words.events.none(view.query())
  return (
    <section class="events panel-part" aria-label={words.events.title}>
      <div class="part-head">
        <h2>{words.events.title}</h2>
        <span class="meta">
          {words.events.shown(found().length, workshop.run()?.trace.sentences.length ?? 0)}
        </span>
        <EventSearch />
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
          <EventRow sentence={sentence} ahead={i > active()} now={i === active()} />
        )}
      </VirtualList>
    </section>
  )
}

function EventRow(props: { sentence: Sentence; ahead: boolean; now: boolean }): JSX.Element {
  const { workshop } = useApp()
  const { player } = workshop
  return (
    <button
      type="button"
      class="event"
      tabindex="-1"
      title={props.sentence.text}
      data-kind={workshop.run()?.trace.kind[props.sentence.row]}
      classList={{ ahead: props.ahead, now: props.now }}
      onClick={() => {
        player.pause()
        player.seekRow(props.sentence.row)
      }}
    >
      <time>{words.clockMs(workshop.run()?.trace.at[props.sentence.row] ?? 0)}</time>
      <span>{props.sentence.text}</span>
    </button>
  )
}
