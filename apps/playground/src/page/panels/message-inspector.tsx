import { createMemo, createResource, For, type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import type { Run } from '../run/run.ts'
import { words } from '../words.ts'
import { TimeLink } from './operation-inspector.tsx'

const causesMax = 12

/** One message in full: its way, its fate, its content, and what led to it. */
export function MessageInspector(props: { row: number }): JSX.Element {
  const { workshop } = useApp()
  const flight = createMemo(() => {
    const known = workshop.run()?.flights.byRow.get(props.row)
    return known && { ...known }
  })
  const [content] = createResource(
    () => props.row,
    async (row) => {
      const answer = await workshop.ask({ type: 'message', row }).catch(() => undefined)
      return answer?.type === 'message' ? answer.message : undefined
    },
  )
  return (
    <Show when={flight()} fallback={<p class="empty">{words.inspector.empty}</p>}>
      {(it) => (
        <>
          <p class="lead">
            <code>{it().name}</code>
            <span class="meta">{words.tip.link(it().from, it().to)}</span>
          </p>
          <dl class="facts">
            <dt>{words.inspector.sent}</dt>
            <dd>
              <TimeLink at={it().sentAt} />
            </dd>
            <Show when={Number.isFinite(it().endAt)}>
              <dt>{words.inspector.ended}</dt>
              <dd>
                <TimeLink at={it().endAt} />
              </dd>
            </Show>
            <dt>{words.inspector.fate}</dt>
            <dd>{words.fate[it().fate]}</dd>
          </dl>
          <h3>{words.inspector.content}</h3>
          <Show
            when={content() !== undefined}
            fallback={
              <p class="empty">{content.loading ? words.loading : words.inspector.notKept}</p>
            }
          >
            <pre class="plain">{JSON.stringify(content(), undefined, 2)}</pre>
          </Show>
          <Causes row={props.row} />
        </>
      )}
    </Show>
  )
}

/** The walk backwards: what made this happen, and what made that happen. */
function Causes(props: { row: number }): JSX.Element {
  const { workshop } = useApp()
  const rows = createMemo(() => {
    const run = workshop.run()
    return run === undefined ? [] : causesOf(run, props.row)
  })
  const say = (row: number): string => {
    const trace = workshop.run()?.trace
    const kind = trace?.kind[row]
    if (trace === undefined || kind === undefined) return ''
    return words.inspector.cause(words.kind[kind], trace.node[row] ?? '', trace.name[row] ?? '')
  }
  return (
    <Show when={rows().length > 0}>
      <h3>{words.inspector.why}</h3>
      <ol class="causes">
        <For each={rows()}>
          {(row) => (
            <li>
              <button
                type="button"
                onClick={() => {
                  workshop.player.pause()
                  workshop.player.seekRow(row)
                }}
              >
                <time>{words.clockMs(workshop.run()?.trace.at[row] ?? 0)}</time>
                <span>{say(row)}</span>
              </button>
            </li>
          )}
        </For>
      </ol>
    </Show>
  )
}

function causesOf(run: Run, row: number): readonly number[] {
  const rows: number[] = []
  let cause = run.trace.cause[row] ?? -1
  while (cause >= 0 && rows.length < causesMax) {
    rows.push(cause)
    cause = run.trace.cause[cause] ?? -1
  }
  return rows
}
