import type { JSX } from 'solid-js'
import { useApp } from '../app/context.ts'
import { PaintedCanvas } from '../parts/painted-canvas.tsx'
import { Scrubber } from '../timeline/scrubber.tsx'
import { TimelineHead } from '../timeline/timeline-head.tsx'
import { words } from '../words.ts'
import { CallChart } from './call-chart.ts'
import type { TracedRun } from './traced-run.ts'

/** The time line of a traced run: the same controls and the same scrubber, over calls. */
export function SequenceTimeline(props: { run: TracedRun }): JSX.Element {
  const { player } = useApp().workshop
  const chart = new CallChart()
  return (
    <section class="timeline panel" aria-label={words.line.label}>
      <TimelineHead window={chart.window} />
      <div class="timeline-body">
        <PaintedCanvas
          paint={(canvas) => chart.draw(canvas, props.run, player.moment)}
          recolour={() => chart.recolour()}
        />
        <Scrubber
          surface={chart}
          end={() => props.run.end}
          valueText={() => words.sequence.stepOf(player.shown().row + 1, props.run.length)}
          tell={() => undefined}
        />
      </div>
    </section>
  )
}
