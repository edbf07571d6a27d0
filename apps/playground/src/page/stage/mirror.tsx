import type { NodeId } from '@lockstep/process'
import { createMemo, createSignal, For, type JSX } from 'solid-js'
import { useApp } from '../app/context.ts'
import { words } from '../words.ts'
import { describeLook } from './describe.ts'
import { lookAt, type NodeLook } from './draw-nodes.ts'
import type { Layout } from './geometry.ts'

/**
 * The nodes as buttons that lie on their pictures: what the canvas shows, for keyboards, screen
 * readers and tests. Up and Down move between them, Enter pins, the menu key acts.
 */
export function Mirror(props: {
  layout: Layout
  act: (id: NodeId, x: number, y: number) => void
}): JSX.Element {
  const [current, setCurrent] = createSignal(0)
  const ids = createMemo(() => [...props.layout.nodes.keys()])
  let list!: HTMLUListElement
  const move = (by: number): void => {
    const next = (current() + by + ids().length) % ids().length
    setCurrent(next)
    list.querySelectorAll<HTMLElement>('button')[next]?.focus()
  }
  return (
    <ul
      class="mirror"
      aria-label={words.stage.label}
      ref={(element) => {
        list = element
      }}
    >
      <For each={ids()}>
        {(id, i) => (
          <MirrorNode
            id={id}
            layout={props.layout}
            tabbable={i() === current()}
            move={move}
            focused={() => setCurrent(i())}
            act={props.act}
          />
        )}
      </For>
    </ul>
  )
}

function MirrorNode(props: {
  id: NodeId
  layout: Layout
  tabbable: boolean
  move: (by: number) => void
  focused: () => void
  act: (id: NodeId, x: number, y: number) => void
}): JSX.Element {
  const { workshop } = useApp()
  const look = createMemo<NodeLook | undefined>(() => {
    const run = workshop.run()
    return run === undefined ? undefined : lookAt(run, props.id, workshop.player.shown())
  })
  const style = (): JSX.CSSProperties => {
    const at = props.layout.nodes.get(props.id) ?? { x: 0, y: 0 }
    const r = props.layout.nodeRadius + 4
    return {
      left: `${at.x - r}px`,
      top: `${at.y - r}px`,
      width: `${2 * r}px`,
      height: `${2 * r}px`,
    }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') props.move(1)
    else if (event.key === 'ArrowUp') props.move(-1)
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const { left, bottom } = (event.currentTarget as HTMLElement).getBoundingClientRect()
      props.act(props.id, left, bottom)
    } else return
    event.preventDefault()
  }
  return (
    <li>
      <button
        type="button"
        data-node={props.id}
        data-role={look()?.summary?.shape ?? ''}
        data-state={look()?.life ?? 'down'}
        aria-label={((l) => (l === undefined ? props.id : describeLook(l)))(look())}
        aria-pressed={((selection) => selection?.kind === 'node' && selection.id === props.id)(
          workshop.selection(),
        )}
        tabindex={props.tabbable ? 0 : -1}
        style={style()}
        onFocus={props.focused}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          if (event.detail === 0) workshop.select({ kind: 'node', id: props.id })
        }}
      />
    </li>
  )
}
