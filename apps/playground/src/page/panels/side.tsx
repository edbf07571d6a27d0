import type { JSX } from 'solid-js'
import { createSetting } from '../app/settings.ts'
import { Splitter } from '../parts/splitter.tsx'
import { words } from '../words.ts'
import { Console } from './console.tsx'
import { EventList } from './event-list.tsx'
import { Inspector } from './inspector.tsx'

/** What is pinned, what happens, and the person's own client. */
export function Side(): JSX.Element {
  const [events, setEvents] = createSetting('size.events', 250)
  const [client, setClient] = createSetting('size.client', 230)
  return (
    <aside
      class="side panel"
      aria-label={words.top.side}
      style={{ '--events': `${events()}px`, '--client': `${client()}px` }}
    >
      <Inspector />
      <Splitter
        label={words.events.title}
        edge="top"
        size={events()}
        min={90}
        max={520}
        resize={setEvents}
      />
      <EventList />
      <Splitter
        label={words.console.title}
        edge="top"
        size={client()}
        min={110}
        max={480}
        resize={setClient}
      />
      <Console />
    </aside>
  )
}
