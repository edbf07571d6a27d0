import type { SequenceDiagram, Step } from '@lockstep/patterns/lab'
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  on,
  onCleanup,
  onMount,
  Show,
} from 'solid-js'
import { useApp } from '../app/context.ts'
import { words } from '../words.ts'
import { type Arrow, arrangeSequence, arrowOf, type SequenceLayout } from './layout.ts'
import type { TracedRun } from './traced-run.ts'

const busyPx = 8
const bandPx = 30

/** The sequence diagram of a traced run; the list of calls beside it says the same as text. */
export function Sequence(props: { run: TracedRun }): JSX.Element {
  const { workshop } = useApp()
  let box!: HTMLDivElement
  const [room, setRoom] = createSignal(0)
  const layout = createMemo(() => arrangeSequence(props.run.diagram, room()))
  const row = (): number => workshop.player.shown().row
  onMount(() => {
    const sizes = new ResizeObserver(() => setRoom(box.clientWidth))
    sizes.observe(box)
    onCleanup(() => sizes.disconnect())
  })
  createEffect(
    on([row, layout], ([now, placed]) => {
      const y = placed.rows[now] ?? 0
      const view = box.clientHeight
      const head = box.querySelector('.sequence-head')?.clientHeight ?? 0
      if (y < box.scrollTop + bandPx || y > box.scrollTop + view - head - 2 * bandPx)
        box.scrollTop = Math.max(0, y - (view - head) / 2)
    }),
  )
  return (
    <div
      class="sequence"
      ref={(element) => {
        box = element
      }}
      data-testid="sequence"
    >
      <Heads run={props.run} layout={layout()} row={row()} />
      <svg width={layout().width} height={layout().height} aria-hidden="true">
        <For each={[...layout().columns]}>
          {([, x]) => <line class="lifeline" x1={x} x2={x} y1={0} y2={layout().height} />}
        </For>
        <Bands run={props.run} layout={layout()} row={row()} />
        <Activations diagram={props.run.diagram} layout={layout()} row={row()} />
        <For each={props.run.diagram.steps}>
          {(step, i) => (
            <StepMark step={step} row={i()} run={props.run} layout={layout()} now={row()} />
          )}
        </For>
      </svg>
    </div>
  )
}

function Heads(props: { run: TracedRun; layout: SequenceLayout; row: number }): JSX.Element {
  const here = (name: string): boolean => {
    const step = props.run.diagram.steps[props.row]
    return step !== undefined && step.type !== 'scene' && [step.caller, step.callee].includes(name)
  }
  return (
    <ol
      class="sequence-head"
      style={{ width: `${props.layout.width}px` }}
      aria-label={words.sequence.participants}
    >
      <For each={[...props.layout.columns]}>
        {([name, x]) => (
          <li style={{ left: `${x}px` }} classList={{ here: here(name) }}>
            <code>{name}</code>
          </li>
        )}
      </For>
    </ol>
  )
}

/** What can be pointed at: one band for each step, of which the current one shows. */
function Bands(props: { run: TracedRun; layout: SequenceLayout; row: number }): JSX.Element {
  const { player } = useApp().workshop
  return (
    <For each={props.layout.rows}>
      {(y, i) => (
        <rect
          class="band"
          classList={{ now: i() === props.row }}
          x={0}
          y={y - bandPx + 10}
          width={props.layout.width}
          height={bandPx}
          data-step={i()}
          onClick={() => {
            player.pause()
            player.seekRow(i())
          }}
        >
          <title>{props.run.lines[i()]?.trim()}</title>
        </rect>
      )}
    </For>
  )
}

function Activations(props: {
  diagram: SequenceDiagram
  layout: SequenceLayout
  row: number
}): JSX.Element {
  return (
    <For each={props.diagram.activations}>
      {({ participant, from, to, level }) => {
        const x = (): number =>
          (props.layout.columns.get(participant) ?? 0) + (level - 1) * (busyPx / 2)
        const top = (): number => (props.layout.rows[from] ?? 0) - 3
        const bottom = (): number => (props.layout.rows[to] ?? 0) + (from === to ? 9 : 3)
        return (
          <rect
            class="busy"
            classList={{ now: from <= props.row && props.row <= to, ahead: ahead(props.row, from) }}
            x={x()}
            y={top()}
            width={busyPx}
            height={bottom() - top()}
            rx={1.5}
          />
        )
      }}
    </For>
  )
}

/** Before the first step the whole picture is shown as it is; after it, what is to come is dim. */
function ahead(now: number, row: number): boolean {
  return now >= 0 && row > now
}

function StepMark(props: {
  step: Step
  row: number
  run: TracedRun
  layout: SequenceLayout
  now: number
}): JSX.Element {
  const y = (): number => props.layout.rows[props.row] ?? 0
  const arrow = createMemo(() => arrowOf(props.run.diagram, props.layout, props.row))
  return (
    <g
      class={`step ${props.step.type}`}
      classList={{ now: props.row === props.now, ahead: ahead(props.now, props.row) }}
    >
      <Show
        when={arrow()}
        fallback={<SceneTitle title={'title' in props.step ? props.step.title : ''} y={y()} />}
      >
        {(drawn) => <ArrowMark arrow={drawn()} type={props.step.type} />}
      </Show>
    </g>
  )
}

function SceneTitle(props: { title: string; y: number }): JSX.Element {
  return (
    <>
      <line class="divider" x1={0} x2="100%" y1={props.y + 5} y2={props.y + 5} />
      <text x={14} y={props.y - 1}>
        {props.title}
      </text>
    </>
  )
}

function ArrowMark(props: { arrow: Arrow; type: Step['type'] }): JSX.Element {
  const shaft = (): string => {
    const { from, to, y, loops } = props.arrow
    return loops
      ? `M${from} ${y - 5}h26q5 0 5 5t-5 5H${to}`
      : `M${from} ${y}H${to + (to > from ? -1 : 1)}`
  }
  const head = (): string => {
    const { from, to, loops } = props.arrow
    const y = props.arrow.y + (loops ? 5 : 0)
    const back = to > from && !loops ? -1 : 1
    if (props.type === 'throw') return `M${to + back * 4} ${y - 4}l8 8m0 -8l-8 8`
    const wing = `M${to + back * 8} ${y - 4}L${to} ${y}L${to + back * 8} ${y + 4}`
    return props.type === 'call' ? `${wing}Z` : wing
  }
  return (
    <>
      <path class="shaft" d={shaft()} />
      <path class="head" d={head()} />
      <text x={props.arrow.label.x} y={props.arrow.y - 7}>
        {props.arrow.label.text}
        <tspan class="answer">{props.arrow.label.answer}</tspan>
      </text>
    </>
  )
}
