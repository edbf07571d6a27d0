import { For, type JSX } from 'solid-js'
import type { Tip } from './describe.ts'
import type { Point } from './geometry.ts'

const away = 14

/** A few words beside the pointer, kept inside the stage. */
export function Tooltip(props: { tip: Tip; at: Point; box: HTMLElement }): JSX.Element {
  const style = (): JSX.CSSProperties => {
    const { clientWidth, clientHeight } = props.box
    const { x, y } = props.at
    return {
      ...(x < clientWidth * 0.6
        ? { left: `${x + away}px` }
        : { right: `${clientWidth - x + away}px` }),
      ...(y < clientHeight * 0.6
        ? { top: `${y + away}px` }
        : { bottom: `${clientHeight - y + away}px` }),
    }
  }
  return (
    <div class="tooltip" style={style()} aria-hidden="true">
      <strong>{props.tip.heading}</strong>
      <For each={props.tip.lines}>{(line) => <span>{line}</span>}</For>
    </div>
  )
}
