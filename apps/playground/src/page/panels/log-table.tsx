import type { LogRow, Summary } from '@lockstep/sim'
import { createMemo, type JSX, Show } from 'solid-js'
import { VirtualList } from '../parts/virtual-list.tsx'
import { epochVariable } from '../stage/ink.ts'
import { words } from '../words.ts'

const rowHeight = 22
const rowsShown = 10

/** A replicated log: what is applied, committed, or only written stands apart. */
export function LogTable(props: { rows: readonly LogRow[]; log: Summary['log'] }): JSX.Element {
  const commit = (): number => props.log?.commit ?? 0
  const active = createMemo(() => props.rows.findLastIndex(({ index }) => index <= commit()))
  const standing = ({ index }: LogRow): string => {
    if (index <= (props.log?.applied ?? 0)) return words.inspector.applied
    return index <= commit() ? words.inspector.committed : ''
  }
  return (
    <Show when={props.rows.length > 0} fallback={<p class="empty">{words.inspector.noLog}</p>}>
      <div
        class="log-table"
        style={{ height: `${Math.min(rowsShown, props.rows.length) * rowHeight + 2}px` }}
      >
        <VirtualList
          items={props.rows}
          rowHeight={rowHeight}
          label={words.inspector.log}
          active={active()}
        >
          {(row) => (
            <div class="log-row" classList={{ tentative: row.index > commit() }}>
              <span class="index">{row.index}</span>
              <span
                class="epoch"
                style={{ '--epoch': epochVariable(row.epoch) }}
                title={row.label ?? words.stage.epochShort(row.epoch)}
              >
                {row.label ?? row.epoch}
              </span>
              <code title={row.text}>{row.text}</code>
              <span class="meta">{standing(row)}</span>
            </div>
          )}
        </VirtualList>
      </div>
    </Show>
  )
}
