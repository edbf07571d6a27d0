import { createEffect, type JSX, on, onCleanup, onMount } from 'solid-js'
import { useApp } from '../app/context.ts'

/** A canvas that is painted with the frames of the page; what it shows is elsewhere as text. */
export function PaintedCanvas(props: {
  paint: (canvas: HTMLCanvasElement) => void
  /** The theme has changed. */
  recolour: () => void
}): JSX.Element {
  const { workshop, view } = useApp()
  const { frames } = workshop
  let canvas!: HTMLCanvasElement
  onMount(() => {
    const stop = frames.paint(() => props.paint(canvas))
    const sizes = new ResizeObserver(() => frames.request())
    sizes.observe(canvas)
    onCleanup(() => {
      stop()
      sizes.disconnect()
    })
  })
  createEffect(
    on(view.theme, () => {
      props.recolour()
      frames.request()
    }),
  )
  return (
    <canvas
      ref={(element) => {
        canvas = element
      }}
      aria-hidden="true"
    />
  )
}
