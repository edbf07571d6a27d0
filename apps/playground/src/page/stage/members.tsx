import Plus from 'lucide-solid/icons/plus'
import { type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { addedNode, canChange } from '../app/members.ts'
import { words } from '../words.ts'

/** Adds a node to the live cluster that is shown, and says which change is under way. */
export function Members(): JSX.Element {
  const { workshop } = useApp()
  const say = words.members
  const next = (): string | undefined => addedNode(workshop)
  const title = (): string => {
    const change = workshop.changing()
    const node = next()
    if (change !== undefined)
      return change.do === 'add' ? say.adding(change.node) : say.removing(change.node)
    return node === undefined ? say.full : say.add(node)
  }
  const hint = (): string =>
    ((node) => (node === undefined ? say.fullHint : say.addHint(node)))(next())
  const isIdle = (): boolean => workshop.changing() === undefined && next() !== undefined
  const add = (): void => {
    const node = next()
    if (isIdle() && node !== undefined) void workshop.changeMembers({ do: 'add', node })
  }
  return (
    <Show when={canChange(workshop)}>
      <div class="members" role="group" aria-label={say.label}>
        {/* It keeps the focus while a change is under way, so it is no disabled one. */}
        <button
          type="button"
          class="button"
          data-testid="add-node"
          title={hint()}
          aria-disabled={!isIdle()}
          aria-busy={workshop.changing() !== undefined}
          onClick={add}
        >
          <Plus size={14} />
          <span aria-live="polite">{title()}</span>
        </button>
      </div>
    </Show>
  )
}
