import OctagonPause from 'lucide-solid/icons/octagon-pause'
import Plus from 'lucide-solid/icons/plus'
import X from 'lucide-solid/icons/x'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { type Watch, watchedAt } from '../app/watches.ts'
import { Fold } from '../parts/fold.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { words } from '../words.ts'

/** Expressions over the run: their values as time moves, and where the player stops. */
export function Watches(): JSX.Element {
  const { workshop } = useApp()
  const { watches } = workshop
  const [text, setText] = createSignal('')
  const [problem, setProblem] = createSignal<string>()
  const add = (): void => {
    const wanted = text().trim()
    if (wanted === '') return
    const wrong = watches.add(wanted)
    setProblem(wrong)
    if (wrong === undefined) setText('')
  }
  return (
    <Show when={workshop.run()}>
      <Fold name="watches" title={words.watches.title}>
        <Show when={watches.all().length > 0} fallback={<p class="hint">{words.watches.hint}</p>}>
          <ul class="watches" data-testid="watches">
            <For each={watches.all()}>{(watch) => <WatchRow watch={watch} />}</For>
          </ul>
        </Show>
        <form
          class="watch-form"
          onSubmit={(event) => {
            event.preventDefault()
            add()
          }}
        >
          <input
            type="text"
            autocomplete="off"
            spellcheck={false}
            data-testid="watch-input"
            aria-label={words.watches.input}
            aria-invalid={problem() !== undefined}
            placeholder={words.watches.example}
            value={text()}
            onInput={(event) => {
              setText(event.currentTarget.value)
              setProblem(undefined)
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape') event.currentTarget.blur()
            }}
          />
          <IconButton label={words.watches.add} testid="watch-add" onClick={add}>
            <Plus size={16} />
          </IconButton>
        </form>
        <Show when={problem()}>
          {(said) => (
            <pre class="plain" role="alert" data-testid="watch-problem">
              {said()}
            </pre>
          )}
        </Show>
      </Fold>
    </Show>
  )
}

function WatchRow(props: { watch: Watch }): JSX.Element {
  const { workshop } = useApp()
  const watched = createMemo(() => {
    const run = workshop.run()
    const { row } = workshop.player.shown()
    return run === undefined ? { value: '' } : watchedAt(props.watch, run, row)
  })
  const text = (): string => props.watch.expression.text
  const value = (): string => {
    const now = watched()
    return 'value' in now ? now.value : (now.problem.split('\n')[0] ?? '')
  }
  const problem = (): string | undefined => {
    const now = watched()
    return 'problem' in now ? now.problem : undefined
  }
  return (
    <li>
      <IconButton
        label={props.watch.stops ? words.watches.stopOff(text()) : words.watches.stopOn(text())}
        pressed={props.watch.stops}
        onClick={() => workshop.watches.toggleStop(props.watch)}
      >
        <OctagonPause size={16} />
      </IconButton>
      <div class="watched">
        <code>{text()}</code>
        <output
          title={problem()}
          data-testid="watch-value"
          classList={{ problem: problem() !== undefined }}
        >
          {value()}
        </output>
      </div>
      <IconButton
        label={words.watches.remove(text())}
        onClick={() => workshop.watches.remove(props.watch)}
      >
        <X size={14} />
      </IconButton>
    </li>
  )
}
