import type { JSX } from 'solid-js'
import { words } from '../words.ts'

const keyStepPx = 16

/** A line between two panels that can be dragged or moved with the arrow keys; `size` is in pixels. */
export function Splitter(props: {
  label: string
  /** Which edge of the panel it is: dragging away from the panel makes it larger. */
  edge: 'left' | 'right' | 'top'
  size: number
  min: number
  max: number
  resize: (size: number) => void
}): JSX.Element {
  const clamp = (size: number): number => Math.round(Math.max(props.min, Math.min(props.max, size)))
  const growth = (dx: number, dy: number): number =>
    props.edge === 'right' ? dx : props.edge === 'left' ? -dx : -dy
  const onPointerDown = (event: PointerEvent): void => {
    const { clientX, clientY, pointerId } = event
    const begin = props.size
    const line = event.currentTarget as HTMLElement
    line.setPointerCapture(pointerId)
    const onMove = (move: PointerEvent): void =>
      props.resize(clamp(begin + growth(move.clientX - clientX, move.clientY - clientY)))
    line.addEventListener('pointermove', onMove)
    line.addEventListener(
      'lostpointercapture',
      () => line.removeEventListener('pointermove', onMove),
      {
        once: true,
      },
    )
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowLeft: growth(-keyStepPx, 0),
      ArrowRight: growth(keyStepPx, 0),
      ArrowUp: growth(0, -keyStepPx),
      ArrowDown: growth(0, keyStepPx),
    }
    const by = steps[event.key] ?? 0
    if (by === 0) return
    event.preventDefault()
    event.stopPropagation()
    props.resize(clamp(props.size + by))
  }
  return (
    <div
      class={`splitter ${props.edge}`}
      role="separator"
      tabindex="0"
      aria-label={words.panel.resize(props.label)}
      aria-orientation={props.edge === 'top' ? 'horizontal' : 'vertical'}
      aria-valuenow={props.size}
      aria-valuemin={props.min}
      aria-valuemax={props.max}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  )
}
