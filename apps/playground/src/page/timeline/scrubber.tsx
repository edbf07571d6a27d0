import { type JSX, onMount } from 'solid-js'
import { useApp } from '../app/context.ts'
import type { TipAt } from '../stage/tooltip.tsx'
import { words } from '../words.ts'
import { Scrubbing, type Surface } from './scrubbing.ts'

/** The surface of the time line: drag to scrub, wheel to zoom, arrow keys to step. */
export function Scrubber(props: {
  surface: Surface
  end: () => number
  /** Where it is, for ears. */
  valueText: () => string
  tell: (said: TipAt | undefined) => void
}): JSX.Element {
  const { workshop } = useApp()
  const { player } = workshop
  const scrubbing = new Scrubbing(workshop, props.surface, (said) => props.tell(said))
  let surface!: HTMLDivElement
  onMount(() =>
    surface.addEventListener('wheel', (event) => scrubbing.wheeled(event), { passive: false }),
  )
  return (
    <div
      ref={(element) => {
        surface = element
      }}
      class="scrubber"
      role="slider"
      tabindex="0"
      data-testid="scrubber"
      aria-label={words.line.scrubber}
      aria-valuemin={0}
      aria-valuemax={Math.round(props.end())}
      aria-valuenow={Math.round(player.shown().at)}
      aria-valuetext={props.valueText()}
      onPointerDown={(event) => scrubbing.begin(event)}
      onPointerMove={(event) => scrubbing.moved(event)}
      onPointerLeave={() => scrubbing.left()}
      onLostPointerCapture={() => scrubbing.end()}
      onKeyDown={(event) => scrubbing.pressed(event)}
    />
  )
}
