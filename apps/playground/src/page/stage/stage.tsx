import { createEffect, createSignal, type JSX, on, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { Menu, type MenuAt } from '../parts/menu.tsx'
import { PaintedCanvas } from '../parts/painted-canvas.tsx'
import type { Layout } from './geometry.ts'
import { Members } from './members.tsx'
import { menuFor } from './menu-for.ts'
import { Mirror } from './mirror.tsx'
import type { Target } from './pick.ts'
import { Picture } from './picture.ts'
import { Pointing } from './pointing.ts'
import { Tooltip, type TipAt } from './tooltip.tsx'

/** The nodes and what moves between them, on a canvas with a mirror of real elements. */
export function Stage(): JSX.Element {
  const { workshop, view } = useApp()
  const picture = new Picture()
  const [layout, setLayout] = createSignal<Layout>()
  const [tip, setTip] = createSignal<TipAt>()
  const [menu, setMenu] = createSignal<MenuAt>()
  const act = (target: Target, x: number, y: number): void => {
    setTip(undefined)
    const items = menuFor(workshop, view, target)
    if (items !== undefined) setMenu({ ...items, x, y })
  }
  const pointing = new Pointing(workshop, picture, setTip, act)
  createEffect(on(workshop.player.shown, () => pointing.refresh(), { defer: true }))
  const paint = (canvas: HTMLCanvasElement): void => {
    const run = workshop.run()
    const { clientWidth, clientHeight } = canvas
    const { row } = workshop.player.moment
    if (run !== undefined && picture.arrange(run, row, clientWidth, clientHeight))
      setLayout(picture.layout)
    picture.draw(canvas, run, workshop.player.moment, workshop.selection())
  }
  return (
    <>
      <div
        class="stage"
        onPointerMove={(event) => pointing.moved(event)}
        onPointerLeave={() => pointing.left()}
        onPointerDown={(event) => pointing.beginPress(event)}
        onPointerUp={() => pointing.endPress()}
        onPointerCancel={() => pointing.endPress()}
        onClick={(event) => pointing.clicked(event)}
        onContextMenu={(event) => pointing.asked(event)}
      >
        <PaintedCanvas paint={paint} recolour={() => picture.recolour()} />
        <Show when={layout()}>
          {(placed) => (
            <Mirror layout={placed()} act={(id, x, y) => act({ kind: 'node', id }, x, y)} />
          )}
        </Show>
        <Show when={tip()}>{(said) => <Tooltip said={said()} />}</Show>
        <Show when={menu()}>{(at) => <Menu at={at()} close={() => setMenu(undefined)} />}</Show>
      </div>
      <Members />
    </>
  )
}
