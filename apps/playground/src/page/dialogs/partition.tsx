import type { NodeId } from '@lockstep/process'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import type { Workshop } from '../app/workshop.ts'
import { Dialog } from '../parts/dialog.tsx'
import { words } from '../words.ts'

/** Chooses two sides of the network, and cuts between them. */
export function Partition(): JSX.Element {
  const { workshop, view } = useApp()
  const nodes = (): readonly NodeId[] => workshop.run()?.nodesAt(workshop.player.moment.row) ?? []
  const [left, setLeft] = createSignal<readonly NodeId[]>(smallSide(workshop, nodes()))
  const right = (): readonly NodeId[] => nodes().filter((id) => !left().includes(id))
  const isReady = (): boolean => left().length > 0 && right().length > 0
  const close = (): void => view.setDialog(undefined)
  const toggle = (id: NodeId): void => {
    setLeft(left().includes(id) ? left().filter((each) => each !== id) : [...left(), id])
  }
  return (
    <Dialog title={words.partition.title} class="partition" close={close}>
      <p>{words.partition.text}</p>
      <div class="sides">
        <For each={[words.partition.left, words.partition.right]}>
          {(side) => (
            <section aria-label={side}>
              <h3>{side}</h3>
              <For each={side === words.partition.left ? left() : right()}>
                {(id) => (
                  <button
                    type="button"
                    class="button"
                    aria-label={words.partition.node(id, side)}
                    onClick={() => toggle(id)}
                  >
                    {id}
                  </button>
                )}
              </For>
            </section>
          )}
        </For>
      </div>
      <div class="row end">
        <Show when={!isReady()}>
          <span class="meta">{words.partition.needBoth}</span>
        </Show>
        <button
          type="button"
          class="button primary"
          autofocus
          disabled={!isReady()}
          onClick={() => {
            void workshop.fault({ do: 'partition', groups: [left(), right()] })
            close()
          }}
        >
          {words.partition.apply}
        </button>
      </div>
    </Dialog>
  )
}

/** The selected node or the leader with its neighbours: a minority, as partitions like it. */
function smallSide(workshop: Workshop, nodes: readonly NodeId[]): readonly NodeId[] {
  const run = workshop.run()
  const { row } = workshop.player.moment
  const selection = workshop.selection()
  const leader = nodes.find((id) => run?.summaries.after(id, row)?.shape === 'leader')
  const first = selection?.kind === 'node' ? selection.id : leader
  const start = Math.max(0, nodes.indexOf(first ?? ''))
  const count = Math.max(1, Math.floor((nodes.length - 1) / 2))
  return Array.from({ length: count }, (_, i) => nodes[(start + i) % nodes.length] ?? '')
}
