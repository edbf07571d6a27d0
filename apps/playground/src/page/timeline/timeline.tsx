import ChartGantt from 'lucide-solid/icons/chart-gantt'
import Maximize from 'lucide-solid/icons/maximize'
import ZoomIn from 'lucide-solid/icons/zoom-in'
import ZoomOut from 'lucide-solid/icons/zoom-out'
import { createEffect, createSignal, type JSX, on, onCleanup, onMount, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { IconButton } from '../parts/icon-button.tsx'
import type { Tip } from '../stage/describe.ts'
import type { Point } from '../stage/geometry.ts'
import { Tooltip } from '../stage/tooltip.tsx'
import { words } from '../words.ts'
import { Chart } from './chart.ts'
import { PlayControls } from './play-controls.tsx'
import { Scrubber } from './scrubber.tsx'

const zoomStep = 1.6

/** The whole run at a glance, the controls that walk over it, and its messages in space and time. */
export function Timeline(): JSX.Element {
  const { workshop, view } = useApp()
  const { player, frames } = workshop
  let box!: HTMLDivElement
  let canvas!: HTMLCanvasElement
  let chart: Chart | undefined
  let revision = 0
  const [tip, setTip] = createSignal<{ readonly tip: Tip; readonly at: Point }>()
  const end = (): number => runEnd(workshop)
  createEffect(
    on(workshop.run, () => {
      revision++
    }),
  )
  createEffect(
    on([workshop.recording.judged, view.spaceTime], () => {
      frames.request()
    }),
  )
  createEffect(
    on(view.theme, () => {
      chart?.recolour()
      frames.request()
    }),
  )
  const draw = (): void => {
    const run = workshop.run()
    if (run === undefined || chart === undefined) return
    const selection = workshop.selection()
    chart.draw({
      run,
      revision,
      moment: player.moment,
      end: end(),
      messages: view.spaceTime(),
      pinned: selection?.kind === 'message' ? selection.row : undefined,
    })
  }
  onMount(() => {
    chart = new Chart(canvas)
    const stop = frames.paint(draw)
    const sizes = new ResizeObserver(() => frames.request())
    sizes.observe(box)
    onCleanup(() => {
      stop()
      sizes.disconnect()
    })
  })
  const zoom = (factor: number, around: number): void => {
    chart?.zoom(factor, around)
    frames.request()
  }
  const zoomHere = (factor: number): void => zoom(factor, player.moment.at)
  return (
    <section class="timeline panel" aria-label={words.line.label}>
      <div class="timeline-head">
        <PlayControls />
        <Show when={workshop.recording.judged() === undefined && workshop.recording.progress()}>
          {(progress) => <span class="meta">{words.line.progress(progress().steps)}</span>}
        </Show>
        <div class="spring" />
        <IconButton label={words.line.zoomOut} onClick={() => zoomHere(1 / zoomStep)}>
          <ZoomOut size={16} />
        </IconButton>
        <IconButton label={words.line.zoomIn} onClick={() => zoomHere(zoomStep)}>
          <ZoomIn size={16} />
        </IconButton>
        <IconButton
          label={words.line.fit}
          onClick={() => {
            chart?.fit()
            frames.request()
          }}
        >
          <Maximize size={16} />
        </IconButton>
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
      </div>
      <div class="timeline-body" ref={box}>
        <canvas ref={canvas} aria-hidden="true" />
        <Show when={workshop.run()} fallback={<p class="empty">{words.line.empty}</p>}>
          <Scrubber
            chart={() => chart}
            end={end}
            hover={(flight, at) =>
              setTip(
                flight === undefined
                  ? undefined
                  : {
                      at,
                      tip: {
                        heading: flight.name,
                        lines: [words.tip.link(flight.from, flight.to), words.fate[flight.fate]],
                      },
                    },
              )
            }
            zoom={zoom}
          />
        </Show>
        <Show when={tip()}>{(said) => <Tooltip tip={said().tip} at={said().at} box={box} />}</Show>
      </div>
    </section>
  )
}

/** The end of the run; while it is still being run, where its scenario will bring it. */
function runEnd(workshop: ReturnType<typeof useApp>['workshop']): number {
  const run = workshop.run()
  if (run === undefined) return 1
  const { world, scenario } = run.opening
  if (world === 'live' || workshop.recording.judged() !== undefined)
    return Math.max(run.trace.end, workshop.player.moment.at)
  return Math.max(run.trace.end, (scenario.healMs + scenario.quietMs) * 1000)
}
