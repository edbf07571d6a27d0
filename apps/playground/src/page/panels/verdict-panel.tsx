import type { Verdict } from '@lockstep/process'
import { createMemo, For, type JSX, Show } from 'solid-js'
import type { OperationCard } from '../../session/protocol.ts'
import { useApp } from '../app/context.ts'
import { goToViolation } from '../app/walks.ts'
import { words } from '../words.ts'
import { OperationButton } from './operation-inspector.tsx'

/** What the judges said, what they looked at, and the operations that prove it. */
export function VerdictPanel(): JSX.Element {
  const { workshop } = useApp()
  const judged = workshop.recording.judged
  const evidence = createMemo<readonly OperationCard[]>(() => {
    const verdict = judged()?.verdict
    if (verdict?.is !== 'violated' || verdict.operations === undefined) return []
    const ids = new Set(verdict.operations)
    return (workshop.run()?.operations ?? []).filter(({ id }) => ids.has(id))
  })
  const others = createMemo<readonly Verdict[]>(() =>
    (judged()?.verdicts ?? []).filter(({ text }) => text !== judged()?.verdict.text),
  )
  return (
    <div class="verdict-panel">
      <Show when={judged()} fallback={<p class="empty">{words.verdict.running}</p>}>
        {(said) => (
          <>
            <VerdictText verdict={said().verdict} main />
            <Expectation is={said().verdict.is} />
            <Show when={said().verdict.is === 'violated'}>
              <button type="button" class="button primary" onClick={() => goToViolation(workshop)}>
                {words.verdict.toViolation}
              </button>
            </Show>
            <Show when={evidence().length > 0}>
              <h3>{words.verdict.evidence}</h3>
              <ol class="operations">
                <For each={evidence()}>
                  {(operation) => (
                    <li>
                      <OperationButton operation={operation} />
                    </li>
                  )}
                </For>
              </ol>
            </Show>
            <Show when={others().length > 0}>
              <h3>{words.verdict.looked}</h3>
              <ul class="verdicts">
                <For each={others()}>
                  {(verdict) => (
                    <li>
                      <VerdictText verdict={verdict} />
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          </>
        )}
      </Show>
    </div>
  )
}

function VerdictText(props: { verdict: Verdict; main?: boolean }): JSX.Element {
  return (
    <p
      class="verdict-text"
      classList={{ main: props.main === true }}
      data-verdict={props.verdict.is}
    >
      {props.verdict.text}
      <Show when={props.verdict.is !== 'holds' ? props.verdict : undefined}>
        {(broken) => <span class="meta">{words.verdict.by(broken().by)}</span>}
      </Show>
    </p>
  )
}

/** Whether the experiment came out as its story says. */
function Expectation(props: { is: Verdict['is'] }): JSX.Element {
  const { workshop } = useApp()
  return (
    <Show when={workshop.experiment()?.expect}>
      {(expect) => (
        <p class="meta">
          {expect().is === props.is
            ? words.verdict.expected
            : words.verdict.unexpected(words.verdict[expect().is].toLowerCase())}
        </p>
      )}
    </Show>
  )
}
