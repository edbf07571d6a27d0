import ChartGantt from 'lucide-solid/icons/chart-gantt'
import Maximize from 'lucide-solid/icons/maximize'
import ZoomIn from 'lucide-solid/icons/zoom-in'
import ZoomOut from 'lucide-solid/icons/zoom-out'
import { type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { words } from '../words.ts'
import { PlayControls } from './play-controls.tsx'
import type { TimeWindow } from './time-window.ts'

const zoomStep = 1.6

/** The controls above the time line. */
export function TimelineHead(props: { window: TimeWindow }): JSX.Element {
  const { workshop, view } = useApp()
  const { recording, player, frames } = workshop
  const zoom = (factor: number): void => {
    props.window.zoom(factor, player.moment.at)
    frames.request()
  }
  const fit = (): void => {
    props.window.fit()
    frames.request()
  }
  return (
    <div class="timeline-head">
      <PlayControls />
      <Show when={recording.judged() === undefined && recording.progress()}>
        {(progress) => <span class="meta">{words.line.progress(progress().steps)}</span>}
      </Show>
      <div class="spring" />
      <IconButton label={words.line.zoomOut} onClick={() => zoom(1 / zoomStep)}>
        <ZoomOut size={16} />
      </IconButton>
      <IconButton label={words.line.zoomIn} onClick={() => zoom(zoomStep)}>
        <ZoomIn size={16} />
      </IconButton>
      <IconButton label={words.line.fit} onClick={fit}>
        <Maximize size={16} />
      </IconButton>
      <Show when={workshop.traced() === undefined}>
        <button
          type="button"
          class="button"
          aria-pressed={view.spaceTime()}
          data-testid="space-time"
          onClick={() => view.setSpaceTime(!view.spaceTime())}
        >
          <ChartGantt size={16} />
          {words.line.spaceTime}
        </button>
      </Show>
    </div>
  )
}
