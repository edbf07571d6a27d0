import CornerDownLeft from 'lucide-solid/icons/corner-down-left'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { OperationCard } from '../../session/protocol.ts'
import { useApp } from '../app/context.ts'
import { focusIds } from '../app/focus.ts'
import { words } from '../words.ts'

const ownClient = 'you'

/** The person as a client: operations by hand, and what became of them. */
export function Console(): JSX.Element {
  const { workshop } = useApp()
  const [line, setLine] = createSignal('')
  const [problem, setProblem] = createSignal<string>()
  const [past, setPast] = createSignal(0)
  const [said, setSaid] = createSignal<readonly string[]>([])
  const lab = createMemo(() =>
    workshop.welcome()?.labs.find(({ name }) => name === workshop.run()?.opening.scenario.lab),
  )
  const examples = () => lab()?.consoleExamples ?? []
  const submit = async (text: string): Promise<void> => {
    if (text.trim() === '') return
    setProblem(undefined)
    try {
      await workshop.operate(text)
      setSaid((lines) => [...lines, text])
      setPast(0)
      setLine('')
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
  }
  const recall = (by: number): void => {
    const back = Math.max(0, Math.min(said().length, past() + by))
    setPast(back)
    setLine(said().at(-back) ?? '')
    if (back === 0) setLine('')
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
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submit(line())
        }}
      >
        <input
          id={focusIds.console}
          data-testid="console-input"
          type="text"
          autocomplete="off"
          spellcheck={false}
          aria-label={words.console.input}
          aria-invalid={problem() !== undefined}
          placeholder={words.console.placeholder(examples()[0] ?? '')}
          disabled={workshop.run() === undefined}
          value={line()}
          onInput={(event) => setLine(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur()
            if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
            event.preventDefault()
            recall(event.key === 'ArrowUp' ? 1 : -1)
          }}
        />
        <button
          type="submit"
          class="button primary"
          data-testid="console-run"
          disabled={workshop.run() === undefined}
        >
          <CornerDownLeft size={14} />
          {words.console.run}
        </button>
      </form>
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
        <For each={own()}>{(operation) => <OperationLine operation={operation} />}</For>
      </ol>
    </>
  )
}

/** How an operation ended, in words. */
export function outcomeOf(operation: OperationCard): string {
  const { outcome, invokedAt, endedAt } = operation
  if (endedAt === undefined || outcome === 'invoke') return words.console.pending
  if (outcome === 'ok') return words.console.ok(endedAt - invokedAt)
  if (outcome === 'fail') return words.console.fail(endedAt - invokedAt)
  return words.console.info
}

function OperationLine(props: { operation: OperationCard }): JSX.Element {
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
