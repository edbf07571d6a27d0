import { createEffect, createSignal, type JSX, on, onCleanup, onMount, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { Menu, type MenuAt } from '../parts/menu.tsx'
import { describe, type Tip } from './describe.ts'
import { lookAt } from './draw-nodes.ts'
import type { Layout, Point } from './geometry.ts'
import { menuFor } from './menu-for.ts'
import { Mirror } from './mirror.tsx'
import type { Target } from './pick.ts'
import { Picture } from './picture.ts'
import { Tooltip } from './tooltip.tsx'

const longPressMs = 500

/** The nodes and what moves between them, on a canvas with a mirror of real elements. */
export function Stage(): JSX.Element {
  const { workshop, view } = useApp()
  const { player, frames } = workshop
  let box!: HTMLDivElement
  let canvas!: HTMLCanvasElement
  let picture: Picture | undefined
  const [layout, setLayout] = createSignal<Layout>()
  const [tip, setTip] = createSignal<{ readonly tip: Tip; readonly at: Point }>()
  const [menu, setMenu] = createSignal<MenuAt>()

  const draw = (): void => {
    const run = workshop.run()
    if (picture === undefined) return
    if (run !== undefined && picture.arrange(run, canvas.clientWidth, canvas.clientHeight))
      setLayout(picture.layout)
    picture.draw(run, player.moment, workshop.selection())
  }
  onMount(() => {
    picture = new Picture(canvas)
    const stop = frames.paint(draw)
    const sizes = new ResizeObserver(() => frames.request())
    sizes.observe(box)
    onCleanup(() => {
      stop()
      sizes.disconnect()
    })
  })
  createEffect(
    on(view.theme, () => {
      picture?.recolour()
      frames.request()
    }),
  )

  const placeOf = (event: { clientX: number; clientY: number }): Point => {
    const { left, top } = box.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const hover = (target: Target, at: Point): void => {
    const run = workshop.run()
    if (picture === undefined || run === undefined) return
    picture.hovered = target
    const { moment } = player
    const said = describe(target, run, moment, (id) => lookAt(run, id, moment))
    setTip(said === undefined ? undefined : { tip: said, at })
    frames.request()
  }
  const targetAt = (point: Point): Target => picture?.pick(point) ?? { kind: 'stage' }
  const openMenu = (target: Target, x: number, y: number): void => {
    setTip(undefined)
    const items = menuFor(workshop, view, target)
    if (items !== undefined) setMenu({ ...items, x, y })
  }
  const pin = (target: Target): void => {
    if (target.kind === 'node' || target.kind === 'client') workshop.select(target)
    else if (target.kind === 'message')
      workshop.select({ kind: 'message', row: target.dot.flight.row })
    else if (target.kind === 'stage') workshop.select(undefined)
  }

  let pressing: ReturnType<typeof setTimeout> | undefined
  const onPointerDown = (event: PointerEvent): void => {
    if (event.pointerType !== 'touch') return
    const { clientX, clientY } = event
    pressing = setTimeout(
      () => openMenu(targetAt(placeOf({ clientX, clientY })), clientX, clientY),
      longPressMs,
    )
  }
  const endPress = (): void => clearTimeout(pressing)

  return (
    <div
      class="stage"
      ref={box}
      onPointerMove={(event) => {
        const at = placeOf(event)
        hover(targetAt(at), at)
      }}
      onPointerLeave={() => {
        endPress()
        hover({ kind: 'stage' }, { x: 0, y: 0 })
      }}
      onPointerDown={onPointerDown}
      onPointerUp={endPress}
      onPointerCancel={endPress}
      onClick={(event) => {
        if (event.detail > 0) pin(targetAt(placeOf(event)))
      }}
      onContextMenu={(event) => {
        event.preventDefault()
        if (event.button === 2) openMenu(targetAt(placeOf(event)), event.clientX, event.clientY)
      }}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <Show when={layout()}>
        {(placed) => (
          <Mirror layout={placed()} act={(id, x, y) => openMenu({ kind: 'node', id }, x, y)} />
        )}
      </Show>
      <Show when={tip()}>{(said) => <Tooltip tip={said().tip} at={said().at} box={box} />}</Show>
      <Show when={menu()}>{(at) => <Menu at={at()} close={() => setMenu(undefined)} />}</Show>
    </div>
  )
}
