import type { JSX } from 'solid-js'
import { useApp } from '../app/context.ts'
import { VirtualList } from '../parts/virtual-list.tsx'
import { words } from '../words.ts'
import type { TracedRun } from './traced-run.ts'

const rowHeight = 24
const indentPx = 12

/** The steps of a traced run as lines of text: what the diagram shows, for keyboards and ears. */
export function CallList(props: { run: TracedRun }): JSX.Element {
  const { player } = useApp().workshop
  const row = (): number => player.shown().row
  return (
    <section class="events panel-part" aria-label={words.sequence.calls}>
      <div class="part-head">
        <h2>{words.sequence.calls}</h2>
        <span class="meta">{words.sequence.steps(props.run.length)}</span>
      </div>
      <VirtualList
        items={props.run.lines}
        rowHeight={rowHeight}
        label={words.sequence.calls}
        active={row()}
        testid="call-list"
      >
        {(line, i) => (
          <button
            type="button"
            class="event call"
            tabindex="-1"
            title={line.trim()}
            data-kind={props.run.diagram.steps[i]?.type}
            aria-current={i === row() ? 'step' : undefined}
            classList={{ ahead: row() >= 0 && i > row(), now: i === row() }}
            style={{ '--indent': `${(line.search(/\S/) / 2) * indentPx}px` }}
            onClick={() => {
              player.pause()
              player.seekRow(i)
            }}
          >
            <time>{i + 1}</time>
            <code>{words.sequence.line(line.trim())}</code>
          </button>
        )}
      </VirtualList>
    </section>
  )
}
