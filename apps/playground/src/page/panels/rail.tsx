import { For, type JSX, Show } from 'solid-js'
import { useApp } from '../app/context.ts'
import { change, openExperiment, toggleFlaw } from '../app/scenarios.ts'
import { Fold } from '../parts/fold.tsx'
import { words } from '../words.ts'
import { Branches } from './branches.tsx'
import { RunFacts } from './run-facts.tsx'

/** What to run: experiments and their stories, rules to break, and facts of the run. */
export function Rail(): JSX.Element {
  const { workshop } = useApp()
  return (
    <nav class="rail panel" aria-label={words.rail.experiments}>
      <Experiments />
      <Show when={workshop.experiment()}>
        {(card) => (
          <>
            <Fold name="story" title={words.rail.story}>
              <p class="story">{card().story}</p>
              <Show when={card().watch.length > 0}>
                <h3>{words.rail.watch}</h3>
                <ol class="watch">
                  <For each={card().watch}>{(step) => <li>{step}</li>}</For>
                </ol>
              </Show>
            </Fold>
          </>
        )}
      </Show>
      <Rules />
      <Branches />
      <RunFacts />
    </nav>
  )
}

function Experiments(): JSX.Element {
  const { workshop } = useApp()
  const cards = () => workshop.welcome()?.experiments ?? []
  return (
    <Fold name="experiments" title={words.rail.experiments}>
      <Show
        when={cards().length > 0 || workshop.welcome() === undefined}
        fallback={<p class="empty">{words.rail.noExperiments}</p>}
      >
        <ul class="experiments">
          <For each={cards()}>
            {(card) => (
              <li>
                <button
                  type="button"
                  data-experiment={card.id}
                  aria-current={workshop.experiment()?.id === card.id ? 'true' : undefined}
                  onClick={() => void openExperiment(workshop, card)}
                >
                  <span>{card.title}</span>
                  <span class="meta">{card.scenario.lab}</span>
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </Fold>
  )
}

const nodeCounts = [3, 5, 7]

function Rules(): JSX.Element {
  const { workshop } = useApp()
  const scenario = () => workshop.run()?.opening.scenario
  const flaws = () =>
    workshop.run()?.opening.world === 'live'
      ? []
      : (workshop.welcome()?.labs.find(({ name }) => name === scenario()?.lab)?.flaws ?? [])
  const counts = (): readonly number[] =>
    [...new Set([...nodeCounts, scenario()?.nodes ?? 5])].sort((a, b) => a - b)
  return (
    <Show when={flaws().length > 0}>
      <Fold name="rules" title={words.rail.rules}>
        <p class="hint">{words.rail.rulesHint}</p>
        <ul class="rules">
          <For each={flaws()}>
            {(flaw) => (
              <li>
                <label>
                  <input
                    type="checkbox"
                    data-flaw={flaw.name}
                    checked={scenario()?.flaws?.includes(flaw.name) ?? false}
                    onChange={() => toggleFlaw(workshop, flaw.name)}
                  />
                  <span>
                    <code>{flaw.name}</code>
                    <span class="flaw-text">{flaw.text}</span>
                  </span>
                </label>
              </li>
            )}
          </For>
        </ul>
        <div class="node-counts" role="radiogroup" aria-label={words.rail.nodes}>
          <span>{words.rail.nodes}</span>
          <For each={counts()}>
            {(n) => (
              <button
                type="button"
                role="radio"
                aria-checked={scenario()?.nodes === n}
                onClick={() => change(workshop, { nodes: n })}
              >
                {words.rail.nodeCount(n)}
              </button>
            )}
          </For>
        </div>
      </Fold>
    </Show>
  )
}
