import type { Relation } from '@lockstep/patterns/lab'
import { createMemo, createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { words } from '../words.ts'
import { arrangePicture, type Box, type Link, shownMethods } from './picture-layout.ts'
import type { TracedRun } from './traced-run.ts'

/** The types that took part, how they know each other, and what the judge says of the calls. */
export function ClassPicturePanel(props: { run: TracedRun }): JSX.Element {
  const { workshop } = useApp()
  let box!: HTMLDivElement
  const [width, setWidth] = createSignal(0)
  const layout = createMemo(() => arrangePicture(props.run.picture, Math.max(160, width())))
  onMount(() => {
    const sizes = new ResizeObserver(() => setWidth(box.clientWidth))
    sizes.observe(box)
    onCleanup(() => sizes.disconnect())
  })
  const verdict = () => workshop.recording.judged()?.verdict
  return (
    <section class="inspector panel-part" aria-label={words.sequence.picture}>
      <div class="part-head">
        <h2>{words.sequence.picture}</h2>
      </div>
      <div class="part-body">
        <div
          class="class-picture"
          ref={(element) => {
            box = element
          }}
        >
          <svg width="100%" height={layout().height} aria-hidden="true">
            <For each={layout().links}>{(link) => <LinkMark link={link} />}</For>
            <For each={layout().boxes}>{(type) => <TypeBox type={type} />}</For>
          </svg>
        </div>
        <ul class="relations" aria-label={words.sequence.relations}>
          <For each={props.run.picture.relations}>
            {(relation) => (
              <li>
                <LineSample kind={relation.kind} />
                <span>{words.sequence.relation(relation.from, relation.kind, relation.to)}</span>
              </li>
            )}
          </For>
        </ul>
        <Show when={verdict()}>
          {(said) => (
            <p class="verdict-text" data-verdict={said().is}>
              {said().text}
            </p>
          )}
        </Show>
      </div>
    </section>
  )
}

function TypeBox(props: { type: Box }): JSX.Element {
  const { x, y, width, height, name, kind } = props.type
  const named = kind !== 'class' && kind !== 'actor'
  const middle = x + width / 2
  const under = y + (named ? 40 : 26)
  return (
    <g class="type" data-kind={kind}>
      <rect x={x} y={y} width={width} height={height} rx={3} />
      <text class="name" x={middle} y={y + 17}>
        {name}
      </text>
      <Show when={named}>
        <text class="kind" x={middle} y={y + 31}>
          {kind}
        </text>
      </Show>
      <Show when={props.type.methods.length > 0}>
        <line x1={x} x2={x + width} y1={under} y2={under} />
      </Show>
      <For each={shownMethods(props.type)}>
        {(method, i) => (
          <text class="method" x={x + 10} y={under + 15 + i() * 16}>
            {method === '…' ? method : `${method}()`}
          </text>
        )}
      </For>
    </g>
  )
}

function LinkMark(props: { link: Link }): JSX.Element {
  return (
    <Line
      kind={props.link.kind}
      x1={props.link.x1}
      y1={props.link.y1}
      x2={props.link.x2}
      y2={props.link.y2}
    />
  )
}

function LineSample(props: { kind: Relation['kind'] }): JSX.Element {
  return (
    <svg width="34" height="12" aria-hidden="true">
      <Line kind={props.kind} x1={1} y1={6} x2={33} y2={6} />
    </svg>
  )
}

/** As class diagrams have it: a hollow triangle for is, a diamond for has, an open arrow for uses. */
function Line(props: {
  kind: Relation['kind']
  x1: number
  y1: number
  x2: number
  y2: number
}): JSX.Element {
  const angle = (): number => Math.atan2(props.y2 - props.y1, props.x2 - props.x1)
  const at = (x: number, y: number): string =>
    `translate(${x} ${y}) rotate(${(angle() * 180) / Math.PI})`
  const inherits = (): boolean => props.kind === 'extends' || props.kind === 'implements'
  return (
    <g class="relation" data-kind={props.kind}>
      <line x1={props.x1} y1={props.y1} x2={props.x2} y2={props.y2} />
      <Show when={props.kind === 'has'}>
        <path class="solid" d="M0 0l6 -3.5l6 3.5l-6 3.5Z" transform={at(props.x1, props.y1)} />
      </Show>
      <Show when={inherits()}>
        <path class="hollow" d="M0 0l-9 -5v10Z" transform={at(props.x2, props.y2)} />
      </Show>
      <Show when={!inherits()}>
        <path class="open" d="M-7 -4L0 0L-7 4" transform={at(props.x2, props.y2)} />
      </Show>
    </g>
  )
}
