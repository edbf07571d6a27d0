import CornerDownLeft from 'lucide-solid/icons/corner-down-left'
import { createSignal, type JSX } from 'solid-js'
import { useApp } from '../app/context.ts'
import { focusIds } from '../app/focus.ts'
import { words } from '../words.ts'

/** Where operations are typed; Up and Down bring earlier lines back. */
export function CommandLine(props: {
  /** Resolves with whether the line was taken. */
  submit: (line: string) => Promise<boolean>
  example: string | undefined
  isWrong: boolean
}): JSX.Element {
  const { workshop } = useApp()
  const [line, setLine] = createSignal('')
  const [said, setSaid] = createSignal<readonly string[]>([])
  let back = 0
  const idle = (): boolean => workshop.run() === undefined
  const submit = async (text: string): Promise<void> => {
    if (!(await props.submit(text))) return
    setSaid((lines) => [...lines, text])
    back = 0
    setLine('')
  }
  const recall = (by: number): void => {
    back = Math.max(0, Math.min(said().length, back + by))
    setLine(back === 0 ? '' : (said().at(-back) ?? ''))
  }
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLInputElement }): void => {
    if (event.key === 'Escape') event.currentTarget.blur()
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    recall(event.key === 'ArrowUp' ? 1 : -1)
  }
  return (
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
        aria-invalid={props.isWrong}
        placeholder={props.example}
        disabled={idle()}
        value={line()}
        onInput={(event) => setLine(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" class="button primary" data-testid="console-run" disabled={idle()}>
        <CornerDownLeft size={14} />
        {words.console.run}
      </button>
    </form>
  )
}
