import { createSignal, type JSX, onCleanup, Show } from 'solid-js'
import { useApp } from './app/context.ts'
import { createSetting } from './app/settings.ts'
import { CentreState } from './panels/centre-state.tsx'
import { Notices } from './panels/notices.tsx'
import { Rail } from './panels/rail.tsx'
import { Side } from './panels/side.tsx'
import { TopBar } from './panels/top-bar.tsx'
import { Splitter } from './parts/splitter.tsx'
import { SequenceSide } from './sequence/sequence-side.tsx'
import { SequenceTimeline } from './sequence/sequence-timeline.tsx'
import { Sequence } from './sequence/sequence.tsx'
import { Stage } from './stage/stage.tsx'
import { Timeline } from './timeline/timeline.tsx'
import { words } from './words.ts'

/** The panels and the lines between them: the rail, the stage, the side panel, the time line below. */
export function Frame(): JSX.Element {
  const { view, workshop } = useApp()
  const [rail, setRail] = createSetting('size.rail', 264)
  const [side, setSide] = createSetting('size.side', 340)
  const [line, setLine] = createSetting('size.line', 200)
  const [tall, setTall] = createSetting('size.space-time', 420)
  const [windowHeight, setWindowHeight] = createSignal(innerHeight)
  const onResize = (): void => {
    setWindowHeight(innerHeight)
  }
  addEventListener('resize', onResize)
  onCleanup(() => removeEventListener('resize', onResize))
  const lineHeight = (): number => (view.spaceTime() ? tall() : line())
  const lineMax = (): number => Math.max(160, windowHeight() - 260)
  return (
    <div
      class="frame"
      classList={{ 'no-rail': !view.railOpen(), 'no-side': !view.sideOpen() }}
      style={{
        '--rail': `${rail()}px`,
        '--side': `${side()}px`,
        '--bottom': `${Math.min(lineHeight(), lineMax())}px`,
      }}
    >
      <TopBar />
      <Show when={view.railOpen()}>
        <Rail />
        <Splitter
          label={words.top.rail}
          edge="right"
          size={rail()}
          min={200}
          max={420}
          resize={setRail}
        />
      </Show>
      <main class="centre">
        <Show when={workshop.traced()} fallback={<Stage />}>
          {(run) => <Sequence run={run()} />}
        </Show>
        <CentreState />
        <Notices />
      </main>
      <Show when={view.sideOpen()}>
        <Splitter
          label={words.top.side}
          edge="left"
          size={side()}
          min={280}
          max={560}
          resize={setSide}
        />
        <Show when={workshop.traced()} fallback={<Side />}>
          {(run) => <SequenceSide run={run()} />}
        </Show>
      </Show>
      <Splitter
        label={words.line.label}
        edge="top"
        size={lineHeight()}
        min={120}
        max={lineMax()}
        resize={(size) => (view.spaceTime() ? setTall(size) : setLine(size))}
      />
      <Show when={workshop.traced()} fallback={<Timeline />}>
        {(run) => <SequenceTimeline run={run()} />}
      </Show>
    </div>
  )
}
