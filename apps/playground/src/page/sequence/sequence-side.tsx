import type { JSX } from 'solid-js'
import { createSetting } from '../app/settings.ts'
import { Splitter } from '../parts/splitter.tsx'
import { words } from '../words.ts'
import { CallList } from './call-list.tsx'
import { ClassPicturePanel } from './class-picture.tsx'
import type { TracedRun } from './traced-run.ts'

/** Beside a sequence diagram: the class picture, and the calls as text. */
export function SequenceSide(props: { run: TracedRun }): JSX.Element {
  const [calls, setCalls] = createSetting('size.calls', 320)
  return (
    <aside
      class="side panel"
      aria-label={words.sequence.picture}
      style={{ '--events': `${calls()}px` }}
    >
      <ClassPicturePanel run={props.run} />
      <Splitter
        label={words.sequence.calls}
        edge="top"
        size={calls()}
        min={90}
        max={620}
        resize={setCalls}
      />
      <CallList run={props.run} />
    </aside>
  )
}
