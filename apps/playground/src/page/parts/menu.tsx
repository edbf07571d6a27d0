import { createSignal, For, type JSX, onMount } from 'solid-js'
import { Portal } from 'solid-js/web'

export interface MenuItem {
  readonly title: string
  readonly run: () => void
  /** A line is drawn above it. */
  readonly apart?: boolean
}

/** A menu at a place of the page, and what it is about. */
export interface MenuAt {
  readonly x: number
  readonly y: number
  readonly label: string
  readonly items: readonly MenuItem[]
}

const edge = 8

/** A menu with arrow keys; it goes away by Escape, by a choice, or by a click elsewhere. */
export function Menu(props: { at: MenuAt; close: () => void }): JSX.Element {
  let list!: HTMLDivElement
  const [place, setPlace] = createSignal<JSX.CSSProperties>({ opacity: 0 })
  const before = document.activeElement
  const close = (): void => {
    props.close()
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  }
  const focusItem = (by: number): void => {
    const items = [...list.querySelectorAll<HTMLElement>('[role=menuitem]')]
    const now = items.indexOf(document.activeElement as HTMLElement)
    items.at((now + by + items.length) % items.length)?.focus()
  }
  onMount(() => {
    const { width, height } = list.getBoundingClientRect()
    setPlace({
      left: `${Math.max(edge, Math.min(props.at.x, innerWidth - width - edge))}px`,
      top: `${Math.max(edge, Math.min(props.at.y, innerHeight - height - edge))}px`,
    })
    list.querySelector<HTMLElement>('[role=menuitem]')?.focus()
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation()
    if (event.key === 'Escape' || event.key === 'Tab') close()
    else if (event.key === 'ArrowDown') focusItem(1)
    else if (event.key === 'ArrowUp') focusItem(-1)
    else return
    event.preventDefault()
  }
  const cancel = (event: Event): void => {
    event.preventDefault()
    close()
  }
  return (
    <Portal>
      <div class="menu-backdrop" onPointerDown={cancel} onContextMenu={cancel} />
      <div
        class="menu"
        role="menu"
        tabindex="-1"
        aria-label={props.at.label}
        style={place()}
        ref={(element) => {
          list = element
        }}
        onKeyDown={onKeyDown}
        onContextMenu={(event) => event.preventDefault()}
      >
        <div class="menu-label">{props.at.label}</div>
        <For each={props.at.items}>
          {(item) => (
            <button
              type="button"
              role="menuitem"
              tabindex="-1"
              classList={{ apart: item.apart === true }}
              onClick={() => {
                close()
                item.run()
              }}
            >
              {item.title}
            </button>
          )}
        </For>
      </div>
    </Portal>
  )
}
