import type { Glyph, Summary } from '@lockstep/sim'
import { createMemo, For, type JSX } from 'solid-js'
import { keyCommands } from '../app/commands.ts'
import { useApp } from '../app/context.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Keys } from '../parts/keys.tsx'
import { words } from '../words.ts'
import { GlyphSample, ShapeSample } from './samples.tsx'

/** The keys, and what the shapes mean. */
export function Help(): JSX.Element {
  const app = useApp()
  const commands = createMemo(() => keyCommands(app))
  const half = (): number => Math.ceil(commands().length / 2)
  const shapes = Object.entries(words.help.shapes) as [
    Summary['shape'] | 'down' | 'paused',
    string,
  ][]
  const glyphs = Object.entries(words.help.glyphs) as [Glyph['family'], string][]
  return (
    <Dialog title={words.help.title} class="help" close={() => app.view.setDialog(undefined)}>
      <p>{words.help.text}</p>
      <h3>{words.help.keys}</h3>
      <div class="columns">
        <For each={[commands().slice(0, half()), commands().slice(half())]}>
          {(column) => (
            <dl class="key-list">
              <For each={column}>
                {(command) => (
                  <>
                    <dt>
                      <Keys chord={command.keys[0] ?? ''} />
                    </dt>
                    <dd>{command.title}</dd>
                  </>
                )}
              </For>
            </dl>
          )}
        </For>
      </div>
      <p class="meta">{words.help.keysHint}</p>
      <h3>{words.help.legend}</h3>
      <ul class="legend">
        <For each={shapes}>
          {([shape, text]) => (
            <li>
              <ShapeSample shape={shape} />
              {text}
            </li>
          )}
        </For>
      </ul>
      <ul class="legend">
        <For each={glyphs}>
          {([family, text]) => (
            <li>
              <GlyphSample family={family} />
              {text}
            </li>
          )}
        </For>
      </ul>
      <p class="meta">{words.help.arc}</p>
      <p class="meta">
        <a href="api/index.html">{words.help.api}</a>
      </p>
    </Dialog>
  )
}
