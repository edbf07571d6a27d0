import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { OperationCard } from '../../session/protocol.ts'
import { useApp } from '../app/context.ts'
import { words } from '../words.ts'
import { CommandLine } from './command-line.tsx'
import { outcomeOf } from './outcome.ts'

const ownClient = 'you'

/** The person as a client: operations by hand, and what became of them. */
export function Console(): JSX.Element {
  const { workshop } = useApp()
  const [problem, setProblem] = createSignal<string>()
  const examples = createMemo(
    () =>
      workshop.welcome()?.labs.find(({ name }) => name === workshop.run()?.opening.scenario.lab)
        ?.consoleExamples ?? [],
  )
  /** Says whether the line was taken. */
  const submit = async (text: string): Promise<boolean> => {
    if (text.trim() === '') return false
    setProblem(undefined)
    try {
      await workshop.operate(text)
      return true
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
      return false
    }
  }
  return (
    <section class="console panel-part" aria-label={words.console.title}>
      <div class="part-head">
        <h2>{words.console.title}</h2>
        <span class="meta">
          {workshop.run()?.opening.world === 'live'
            ? words.console.runNow
            : words.console.runAt(workshop.player.shown().at)}
        </span>
      </div>
      <CommandLine submit={submit} example={examples()[0]} isWrong={problem() !== undefined} />
      <Show when={problem()}>
        {(text) => (
          <p class="problem" role="alert">
            {text()}
          </p>
        )}
      </Show>
      <Show when={examples().length > 0}>
        <div class="examples">
          <span>{words.console.examples}</span>
          <For each={examples()}>
            {(example) => (
              <button type="button" class="example" onClick={() => void submit(example)}>
                {example}
              </button>
            )}
          </For>
        </div>
      </Show>
      <OwnOperations />
    </section>
  )
}

function OwnOperations(): JSX.Element {
  const { workshop } = useApp()
  const own = createMemo<readonly OperationCard[]>(() =>
    (workshop.run()?.operations ?? []).filter(
      ({ client }) => client === ownClient || client.startsWith(`${ownClient}.`),
    ),
  )
  return (
    <>
      <Show when={own().length === 0}>
        <p class="empty">{words.console.empty}</p>
      </Show>
      <ol class="operations" data-testid="console-output">
        <For each={own()}>{(operation) => <OwnOperation operation={operation} />}</For>
      </ol>
    </>
  )
}

function OwnOperation(props: { operation: OperationCard }): JSX.Element {
  const { workshop } = useApp()
  return (
    <li data-outcome={props.operation.outcome}>
      <button
        type="button"
        onClick={() => {
          workshop.select({ kind: 'operation', id: props.operation.id })
          workshop.player.pause()
          workshop.player.seek(props.operation.endedAt ?? props.operation.invokedAt)
        }}
      >
        <code>{props.operation.text}</code>
        <span>{outcomeOf(props.operation)}</span>
      </button>
    </li>
  )
}
