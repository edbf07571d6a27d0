import Copy from 'lucide-solid/icons/copy'
import Radio from 'lucide-solid/icons/radio'
import { For, type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { openFirst } from '../app/scenarios.ts'
import { Fold } from '../parts/fold.tsx'
import { IconButton } from '../parts/icon-button.tsx'
import { words } from '../words.ts'

/** Facts of the whole run: how much happened, which marks it reached, its hash. */
export function RunFacts(): JSX.Element {
  const { workshop } = useApp()
  const judged = workshop.recording.judged
  const marks = () => Object.entries(judged()?.marks ?? {})
  return (
    <Show when={workshop.run()}>
      <Fold name="run" title={words.rail.run}>
        <dl class="facts">
          <dt>{words.rail.steps}</dt>
          <dd>{words.count(judged()?.steps ?? workshop.recording.progress()?.steps ?? 0)}</dd>
          <dt>{words.rail.messages}</dt>
          <dd>{words.count(workshop.run()?.flights.all.length ?? 0)}</dd>
          <dt>{words.rail.length}</dt>
          <dd>{words.duration(judged()?.end ?? workshop.run()?.trace.end ?? 0)}</dd>
          <Show when={workshop.run()?.opening.world === 'simulated'}>
            <dt>{words.rail.hash}</dt>
            <dd class="hash">
              <span data-testid="trace-hash">{judged()?.traceHash ?? words.rail.hashNone}</span>
              <CopyHash hash={judged()?.traceHash} />
            </dd>
          </Show>
        </dl>
        <Show when={marks().length > 0}>
          <h3>{words.rail.marks}</h3>
          <dl class="facts">
            <For each={marks()}>
              {([name, times]) => (
                <>
                  <dt>{name}</dt>
                  <dd>{words.count(times)}</dd>
                </>
              )}
            </For>
          </dl>
        </Show>
        <LiveSwitch />
      </Fold>
    </Show>
  )
}

function CopyHash(props: { hash: string | undefined }): JSX.Element {
  const { workshop } = useApp()
  const copy = async (hash: string): Promise<void> => {
    await navigator.clipboard.writeText(hash)
    workshop.notices.tell(words.rail.hashCopied)
  }
  return (
    <Show when={props.hash}>
      {(hash) => (
        <IconButton label={words.rail.copyHash} onClick={() => void copy(hash())}>
          <Copy size={14} />
        </IconButton>
      )}
    </Show>
  )
}

/** From the simulation to OS processes, and back. */
function LiveSwitch(): JSX.Element {
  const { workshop } = useApp()
  const scenario = () => workshop.run()?.opening.scenario
  const canLive = (): boolean => {
    const welcome = workshop.welcome()
    const lab = welcome?.labs.find(({ name }) => name === scenario()?.lab)
    return welcome?.live === true && lab?.live === true
  }
  return (
    <Show when={canLive() && scenario()}>
      {(shown) => (
        <Show
          when={workshop.run()?.opening.world === 'live'}
          fallback={
            <button
              type="button"
              class="button wide"
              title={words.rail.goLiveHint}
              data-testid="go-live"
              onClick={() => void workshop.goLive(shown().lab, shown().nodes)}
            >
              <Radio size={16} />
              {words.rail.goLive}
            </button>
          }
        >
          <button type="button" class="button wide" onClick={() => openFirst(workshop)}>
            {words.rail.goSimulated}
          </button>
        </Show>
      )}
    </Show>
  )
}
