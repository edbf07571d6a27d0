import { createEffect, createSignal, type JSX, on, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import type { Workshop } from '../app/workshop.ts'
import { PaintedCanvas } from '../parts/painted-canvas.tsx'
import { Tooltip, type TipAt } from '../stage/tooltip.tsx'
import { words } from '../words.ts'
import { Chart } from './chart.ts'
import { Scrubber } from './scrubber.tsx'
import { TimelineHead } from './timeline-head.tsx'

/** The whole run at a glance, the controls that walk over it, and its messages in space and time. */
export function Timeline(): JSX.Element {
  const { workshop, view } = useApp()
  const { player, frames } = workshop
  const chart = new Chart()
  const [tip, setTip] = createSignal<TipAt>()
  let revision = 0
  createEffect(
    on(workshop.run, () => {
      revision++
    }),
  )
  createEffect(on([workshop.recording.judged, view.spaceTime], () => frames.request()))
  const paint = (canvas: HTMLCanvasElement): void => {
    const run = workshop.run()
    if (run === undefined) return
    const selection = workshop.selection()
    chart.draw(canvas, {
      run,
      revision,
      moment: player.moment,
      end: runEnd(workshop),
      messages: view.spaceTime(),
      pinned: selection?.kind === 'message' ? selection.row : undefined,
    })
  }
  return (
    <section class="timeline panel" aria-label={words.line.label}>
      <TimelineHead window={chart.window} />
      <div class="timeline-body">
        <PaintedCanvas paint={paint} recolour={() => chart.recolour()} />
        <Show when={workshop.run()} fallback={<p class="empty">{words.line.empty}</p>}>
          <Scrubber
            surface={chart}
            end={() => runEnd(workshop)}
            valueText={() => words.line.valueText(player.shown().at, runEnd(workshop))}
            tell={setTip}
          />
        </Show>
        <Show when={tip()}>{(said) => <Tooltip said={said()} />}</Show>
      </div>
    </section>
  )
}

/** The end of the run; while it is still being run, where its scenario will bring it. */
function runEnd(workshop: Workshop): number {
  const run = workshop.run()
  if (run === undefined) return 1
  const { world, scenario } = run.opening
  if (world === 'live' || workshop.recording.judged() !== undefined)
    return Math.max(run.trace.end, workshop.player.moment.at)
  return Math.max(run.trace.end, (scenario.healMs + scenario.quietMs) * 1000)
}
