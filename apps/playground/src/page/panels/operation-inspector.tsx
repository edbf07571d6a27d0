import type { NodeId } from '@lockstep/process'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { OperationCard } from '../../session/protocol.ts'
import { useApp } from '../app/context.ts'
import { words } from '../words.ts'
import { outcomeOf } from './outcome.ts'

/** One operation: who asked what, when, and how it ended. */
export function OperationInspector(props: { id: number }): JSX.Element {
  const { workshop } = useApp()
  const operation = createMemo(() => workshop.run()?.operations.find(({ id }) => id === props.id))
  return (
    <Show when={operation()} fallback={<p class="empty">{words.inspector.empty}</p>}>
      {(it) => (
        <>
          <p class="lead">
            <code>{it().text}</code>
          </p>
          <dl class="facts">
            <dt>{words.inspector.client}</dt>
            <dd>{it().client}</dd>
            <dt>{words.inspector.invoked}</dt>
            <dd>
              <TimeLink at={it().invokedAt} />
            </dd>
            <Show when={it().endedAt}>
              {(at) => (
                <>
                  <dt>{words.inspector.ended}</dt>
                  <dd>
                    <TimeLink at={at()} />
                  </dd>
                </>
              )}
            </Show>
            <dt>{words.inspector.outcome}</dt>
            <dd>{outcomeOf(it())}</dd>
          </dl>
        </>
      )}
    </Show>
  )
}

/** A client and its operations. */
export function ClientInspector(props: { id: NodeId }): JSX.Element {
  const { workshop } = useApp()
  const operations = createMemo(() =>
    (workshop.run()?.operations ?? []).filter(
      ({ client }) => client === props.id || client.startsWith(`${props.id}.`),
    ),
  )
  return (
    <>
      <p class="lead">
        <code>{props.id}</code>
      </p>
      <ol class="operations">
        <For each={operations()}>
          {(operation) => (
            <li>
              <OperationButton operation={operation} />
            </li>
          )}
        </For>
      </ol>
    </>
  )
}

/** An operation in a list: pressing it pins it and goes to where it began. */
export function OperationButton(props: { operation: OperationCard }): JSX.Element {
  const { workshop } = useApp()
  return (
    <button
      type="button"
      data-outcome={props.operation.outcome}
      onClick={() => {
        workshop.player.pause()
        workshop.player.seek(props.operation.invokedAt)
        workshop.select({ kind: 'operation', id: props.operation.id })
      }}
    >
      <code>
        {props.operation.client} {props.operation.text}
      </code>
      <span>{outcomeOf(props.operation)}</span>
    </button>
  )
}

/** A time that can be gone to. */
export function TimeLink(props: { at: number }): JSX.Element {
  const { workshop } = useApp()
  return (
    <button
      type="button"
      class="link"
      title={words.inspector.goTo(props.at)}
      onClick={() => {
        workshop.player.pause()
        workshop.player.seek(props.at)
      }}
    >
      {words.time(props.at)}
    </button>
  )
}
