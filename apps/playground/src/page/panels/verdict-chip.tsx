import CircleAlert from 'lucide-solid/icons/circle-alert'
import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleDashed from 'lucide-solid/icons/circle-dashed'
import CircleHelp from 'lucide-solid/icons/circle-question-mark'
import { type JSX, Match, Switch } from 'solid-js'
import { useApp } from '../app/context.ts'
import { words } from '../words.ts'

/** The verdict in one word; pressing it shows what it looked at. */
export function VerdictChip(): JSX.Element {
  const { workshop, view } = useApp()
  const is = () => workshop.recording.judged()?.verdict.is
  const text = (): string => {
    const said = is()
    if (said !== undefined) return words.verdict[said]
    const idle = workshop.run() === undefined && workshop.traced() === undefined
    return idle ? words.verdict.none : words.verdict.running
  }
  return (
    <button
      type="button"
      class="verdict-chip"
      data-testid="verdict-chip"
      data-verdict={is() ?? 'none'}
      title={workshop.recording.judged()?.verdict.text ?? text()}
      onClick={() => {
        workshop.select(undefined)
        view.setSideOpen(true)
      }}
    >
      <Switch fallback={<CircleDashed size={16} />}>
        <Match when={is() === 'holds'}>
          <CircleCheck size={16} />
        </Match>
        <Match when={is() === 'violated'}>
          <CircleAlert size={16} />
        </Match>
        <Match when={is() === 'unknown'}>
          <CircleHelp size={16} />
        </Match>
      </Switch>
      <span>{text()}</span>
    </button>
  )
}
