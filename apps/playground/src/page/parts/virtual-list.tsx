import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  on,
  onCleanup,
  onMount,
} from 'solid-js'

const overscan = 6

/** A long list of rows of one height, of which only the visible ones exist. */
export function VirtualList<T>(props: {
  items: readonly T[]
  rowHeight: number
  label: string
  /** Kept in view when it changes. */
  active: number
  testid?: string
  children: (item: T, index: number) => JSX.Element
}): JSX.Element {
  let box!: HTMLDivElement
  const [top, setTop] = createSignal(0)
  const [height, setHeight] = createSignal(0)
  onMount(() => {
    const sizes = new ResizeObserver(() => setHeight(box.clientHeight))
    sizes.observe(box)
    onCleanup(() => sizes.disconnect())
  })
  const first = createMemo(() => Math.max(0, Math.floor(top() / props.rowHeight) - overscan))
  const shown = createMemo(() => {
    const count = Math.ceil(height() / props.rowHeight) + 2 * overscan
    return props.items.slice(first(), first() + count).map((item, i) => ({ item, at: first() + i }))
  })
  createEffect(
    on([() => props.active, height], ([active]) => {
      if (active < 0) return
      const begin = active * props.rowHeight
      const room = box.clientHeight - 2 * props.rowHeight
      if (begin < box.scrollTop || begin > box.scrollTop + room)
        box.scrollTop = begin - box.clientHeight / 2
    }),
  )
  return (
    <div
      class="virtual-list"
      ref={(element) => {
        box = element
      }}
      tabindex="0"
      role="list"
      aria-label={props.label}
      data-testid={props.testid}
      onScroll={() => setTop(box.scrollTop)}
    >
      <div style={{ height: `${props.items.length * props.rowHeight}px` }}>
        <For each={shown()}>
          {({ item, at }) => (
            <div
              class="virtual-row"
              role="listitem"
              aria-setsize={props.items.length}
              aria-posinset={at + 1}
              style={{ top: `${at * props.rowHeight}px`, height: `${props.rowHeight}px` }}
            >
              {props.children(item, at)}
            </div>
          )}
        </For>
      </div>
    </div>
  )
}
