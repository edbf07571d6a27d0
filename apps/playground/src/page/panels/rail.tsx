import { createEffect, createMemo, For, type JSX, on, Show } from 'solid-js'
import type { ExperimentCard } from '../../session/protocol.ts'
import { useApp } from '../app/context.ts'
import { change, openExperiment, toggleFlaw } from '../app/scenarios.ts'
import { createSetting } from '../app/settings.ts'
import { Fold } from '../parts/fold.tsx'
import { Splitter } from '../parts/splitter.tsx'
import { words } from '../words.ts'
import { Branches } from './branches.tsx'
import { RunFacts } from './run-facts.tsx'
import { Watches } from './watches.tsx'

/** What to run: experiments and their stories, rules to break, and facts of the run. */
export function Rail(): JSX.Element {
  const [about, setAbout] = createSetting('size.about', 300)
  return (
    <nav
      class="rail panel"
      aria-label={words.rail.experiments}
      style={{ '--about': `${about()}px` }}
    >
      <div class="rail-list">
        <Groups />
      </div>
      <Splitter
        label={words.rail.about}
        edge="top"
        size={about()}
        min={90}
        max={620}
        resize={setAbout}
      />
      <div class="rail-about">
        <Story />
        <Watches />
        <Rules />
        <Branches />
        <RunFacts />
      </div>
    </nav>
  )
}

function Story(): JSX.Element {
  const { workshop } = useApp()
  return (
    <Show when={workshop.experiment()}>
      {(card) => (
        <Fold name="story" title={words.rail.story}>
          <p class="story">{card().story}</p>
          <Show when={card().watch.length > 0}>
            <h3>{words.rail.watch}</h3>
            <ol class="watch">
              <For each={card().watch}>{(step) => <li>{step}</li>}</For>
            </ol>
          </Show>
        </Fold>
      )}
    </Show>
  )
}

interface Group {
  readonly name: string
  readonly title: string
  readonly cards: readonly ExperimentCard[]
}

/** The experiments by lab, and those of a traced area by its parts. */
function Groups(): JSX.Element {
  const { workshop } = useApp()
  const groups = createMemo<readonly Group[]>(() => {
    const found = new Map<string, Group & { readonly cards: ExperimentCard[] }>()
    for (const card of workshop.welcome()?.experiments ?? []) {
      const name = groupOf(card)
      const group = found.get(name) ?? { name, title: titleOf(card), cards: [] }
      group.cards.push(card)
      found.set(name, group)
    }
    return [...found.values()]
  })
  const titleOf = (card: ExperimentCard): string =>
    card.kind === 'traced'
      ? (words.rail.groups[card.group] ?? card.group)
      : (workshop.welcome()?.labs.find(({ name }) => name === card.area)?.title ?? card.area)
  return (
    <Show
      when={groups().length > 0 || workshop.welcome() === undefined}
      fallback={<p class="empty">{words.rail.noExperiments}</p>}
    >
      <For each={groups()}>{(group) => <Experiments group={group} />}</For>
    </Show>
  )
}

/** The name of a pattern is enough in its group; what it shows stands in the top bar. */
function shortTitle({ kind, title }: ExperimentCard): string {
  return kind === 'traced' ? (title.split(':')[0] ?? title) : title
}

function groupOf(card: ExperimentCard): string {
  return card.kind === 'traced' ? `${card.area}.${card.group}` : card.area
}

/** One group at a time is open: at first that of the experiment that runs. */
function Experiments(props: { group: Group }): JSX.Element {
  const { workshop } = useApp()
  const isOpen = (): boolean => {
    const card = workshop.experiment()
    return card !== undefined && groupOf(card) === props.group.name
  }
  let list!: HTMLUListElement
  createEffect(
    on(isOpen, (opens) => {
      const current = list.querySelector('[aria-current=true]')
      if (opens) requestAnimationFrame(() => current?.scrollIntoView({ block: 'nearest' }))
    }),
  )
  return (
    <details class="fold" name="experiments" open={isOpen()}>
      <summary>
        <h2>{props.group.title}</h2>
      </summary>
      <ul
        class="experiments fold-body"
        ref={(element) => {
          list = element
        }}
      >
        <For each={props.group.cards}>
          {(card) => (
            <li>
              <button
                type="button"
                data-experiment={card.id}
                title={card.title}
                aria-current={workshop.experiment()?.id === card.id ? 'true' : undefined}
                onClick={() => void openExperiment(workshop, card)}
              >
                {shortTitle(card)}
              </button>
            </li>
          )}
        </For>
      </ul>
    </details>
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
