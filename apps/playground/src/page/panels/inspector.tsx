import X from 'lucide-solid/icons/x'
import { type JSX, Match, Show, Switch } from 'solid-js'
import { useApp } from '../app/context.ts'
import type { Selection } from '../app/selection.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { words } from '../words.ts'
import { MessageInspector } from './message-inspector.tsx'
import { NodeInspector } from './node-inspector.tsx'
import { ClientInspector, OperationInspector } from './operation-inspector.tsx'
import { VerdictPanel } from './verdict-panel.tsx'

/** What is pinned, in full; the verdict when nothing is. */
export function Inspector(): JSX.Element {
  const { workshop } = useApp()
  const pinned = <K extends Selection['kind']>(
    kind: K,
  ): Extract<Selection, { kind: K }> | undefined => {
    const selection = workshop.selection()
    return selection?.kind === kind ? (selection as Extract<Selection, { kind: K }>) : undefined
  }
  const title = (): string => {
    const selection = workshop.selection()
    if (selection === undefined) return words.verdict.title
    return words.inspector[selection.kind]
  }
  return (
    <section class="inspector panel-part" aria-label={words.inspector.title}>
      <div class="part-head">
        <h2>{title()}</h2>
        <Show when={workshop.selection() !== undefined}>
          <IconButton label={words.inspector.unpin} onClick={() => workshop.select(undefined)}>
            <X size={16} />
          </IconButton>
        </Show>
      </div>
      <div class="part-body">
        <Show when={workshop.run()} fallback={<p class="empty">{words.verdict.empty}</p>}>
          <Switch fallback={<VerdictPanel />}>
            <Match when={pinned('node')}>{(it) => <NodeInspector id={it().id} />}</Match>
            <Match when={pinned('message')}>{(it) => <MessageInspector row={it().row} />}</Match>
            <Match when={pinned('operation')}>{(it) => <OperationInspector id={it().id} />}</Match>
            <Match when={pinned('client')}>{(it) => <ClientInspector id={it().id} />}</Match>
          </Switch>
        </Show>
      </div>
    </section>
  )
}
