import { For, type JSX } from 'solid-js'
import type { Tip } from './describe.ts'
import type { Point } from './geometry.ts'

/** A tip beside a point of a box of some size. */
export interface TipAt {
  readonly tip: Tip
  readonly at: Point
  readonly width: number
  readonly height: number
}

const away = 14

/** A few words beside the pointer, kept inside their box. */
export function Tooltip(props: { said: TipAt }): JSX.Element {
  const style = (): JSX.CSSProperties => {
    const { at, width, height } = props.said
    return {
      ...(at.x < width * 0.6
        ? { left: `${at.x + away}px` }
        : { right: `${width - at.x + away}px` }),
      ...(at.y < height * 0.6
        ? { top: `${at.y + away}px` }
        : { bottom: `${height - at.y + away}px` }),
    }
  }
  return (
    <div class="tooltip" style={style()} aria-hidden="true">
      <strong>{props.said.tip.heading}</strong>
      <For each={props.said.tip.lines}>{(line) => <span>{line}</span>}</For>
    </div>
  )
}

/** Where an event happened in the element that listens to it, and how large that is. */
export function placeIn(
  event: MouseEvent,
): Point & { readonly width: number; readonly height: number } {
  const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect()
  return { x: event.clientX - left, y: event.clientY - top, width, height }
}
