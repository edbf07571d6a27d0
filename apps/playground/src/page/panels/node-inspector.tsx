import type { NodeId } from '@lockstep/process'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { NodeView } from '../../session/protocol.ts'
import { useApp } from '../app/context.ts'
import { nodeDeeds } from '../app/deeds.ts'
import { memberDeeds } from '../app/members.ts'
import { createViews } from '../app/looking.ts'
import { lookAt } from '../stage/draw-nodes.ts'
import { words } from '../words.ts'
import { LogTable } from './log-table.tsx'

/** One node in full: what it is, its timers, its log, its whole state. */
export function NodeInspector(props: { id: NodeId }): JSX.Element {
  const { workshop } = useApp()
  const views = createViews(workshop)
  const node = createMemo<NodeView | undefined>(() =>
    views.nodes()?.find(({ id }) => id === props.id),
  )
  const look = createMemo(() => {
    const run = workshop.run()
    return run === undefined ? undefined : lookAt(run, props.id, workshop.player.shown())
  })
  return (
    <>
      <p class="lead" data-epoch={look()?.summary?.epoch}>
        <code>{props.id}</code>
        <Show when={look()?.life !== 'down' ? look()?.summary : undefined}>
          {(summary) => (
            <span class="meta">
              {summary().role}, {summary().note ?? words.stage.epochShort(summary().epoch)}
            </span>
          )}
        </Show>
        <span class="meta">{words.stage.state[look()?.life ?? 'down']}</span>
      </p>
      <NodeActions id={props.id} />
      <Show when={views.problem()}>
        {(why) => <p class="problem">{words.inspector.viewFailed(why())}</p>}
      </Show>
      <Show when={node()}>
        {(it) => (
          <>
            <dl class="facts">
              <dt>{words.inspector.incarnation}</dt>
              <dd>{words.count(it().incarnation)}</dd>
              <dt>{words.inspector.clock}</dt>
              <dd>
                {it().clockOffsetMs === 0
                  ? words.inspector.clockTrue
                  : words.inspector.clockOff(it().clockOffsetMs * 1000)}
              </dd>
              <dt>{words.inspector.unsynced}</dt>
              <dd>{words.count(it().unsynced)}</dd>
            </dl>
            <Timers node={it()} />
            <Show when={it().state !== 'down'}>
              <h3>{words.inspector.log}</h3>
              <LogTable rows={it().log} log={look()?.summary?.log} />
              <details class="state">
                <summary>{words.inspector.view}</summary>
                <pre class="plain">{JSON.stringify(it().view, undefined, 2)}</pre>
              </details>
            </Show>
          </>
        )}
      </Show>
    </>
  )
}

const actionsShown = 4

function NodeActions(props: { id: NodeId }): JSX.Element {
  const { workshop } = useApp()
  const deeds = createMemo(() => {
    const run = workshop.run()
    if (run === undefined) return []
    return nodeDeeds(run, props.id, workshop.player.shown().row).slice(0, actionsShown)
  })
  return (
    <div class="row wrap">
      <For each={deeds()}>
        {(deed) => (
          <button type="button" class="button" onClick={() => void workshop.fault(...deed.faults)}>
            {deed.title}
          </button>
        )}
      </For>
      <For each={memberDeeds(workshop, props.id)}>
        {(deed) => (
          <button
            type="button"
            class="button"
            aria-disabled={workshop.changing() !== undefined}
            onClick={() => deed.run()}
          >
            {deed.title}
          </button>
        )}
      </For>
    </div>
  )
}

function Timers(props: { node: NodeView }): JSX.Element {
  const { workshop } = useApp()
  return (
    <Show when={props.node.timers.length > 0}>
      <h3>{words.inspector.timers}</h3>
      <dl class="facts">
        <For each={props.node.timers}>
          {(timer) => (
            <>
              <dt>{timer.name}</dt>
              <dd>{words.inspector.timerDue(timer.dueAt - workshop.player.shown().at)}</dd>
            </>
          )}
        </For>
      </dl>
    </Show>
  )
}
