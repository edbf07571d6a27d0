import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import { allCommands, type Command } from '../app/commands.ts'
import { useApp } from '../app/context.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Keys } from '../parts/keys.tsx'
import { words } from '../words.ts'

const shownMax = 60

/** Every command by name. */
export function Palette(): JSX.Element {
  const app = useApp()
  const [query, setQuery] = createSignal('')
  const [active, setActive] = createSignal(0)
  const all = allCommands(app)
  const found = createMemo(() =>
    all.filter(({ title }) => matches(title, query())).slice(0, shownMax),
  )
  const close = (): void => app.view.setDialog(undefined)
  const run = (command: Command | undefined): void => {
    if (command === undefined) return
    close()
    queueMicrotask(command.run)
  }
  const move = (by: number): void => {
    const count = found().length
    if (count === 0) return
    setActive((active() + by + count) % count)
    document.getElementById(optionId(active()))?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') move(1)
    else if (event.key === 'ArrowUp') move(-1)
    else if (event.key === 'Enter') run(found()[active()])
    else return
    event.preventDefault()
  }
  return (
    <Dialog title={words.commands.palette} bare class="palette" close={close}>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={optionId(active())}
        aria-label={words.commands.search}
        placeholder={words.commands.search}
        autocomplete="off"
        autofocus
        value={query()}
        onInput={(event) => {
          setQuery(event.currentTarget.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <Show when={found().length === 0}>
        <p class="empty">{words.commands.none}</p>
      </Show>
      <div id="palette-list" role="listbox" aria-label={words.commands.palette}>
        <For each={found()}>
          {(command, i) => (
            <Option
              command={command}
              id={optionId(i())}
              active={i() === active()}
              enter={() => setActive(i())}
              run={() => run(command)}
            />
          )}
        </For>
      </div>
    </Dialog>
  )
}

function Option(props: {
  command: Command
  id: string
  active: boolean
  enter: () => void
  run: () => void
}): JSX.Element {
  return (
    <div
      role="option"
      id={props.id}
      tabindex="-1"
      aria-selected={props.active}
      onPointerMove={() => props.enter()}
      onClick={() => props.run()}
    >
      <span class="group">{words.commands.groups[props.command.group]}</span>
      <span>{props.command.title}</span>
      <Show when={props.command.keys[0]}>{(chord) => <Keys chord={chord()} />}</Show>
    </div>
  )
}

function optionId(i: number): string {
  return `palette-option-${i}`
}

/** Whether every word of the query is in the title. */
function matches(title: string, query: string): boolean {
  const text = title.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
