import GitBranch from 'lucide-solid/icons/git-branch'
import Redo from 'lucide-solid/icons/redo-2'
import Undo from 'lucide-solid/icons/undo-2'
import { For, type JSX, Show } from 'solid-js'
import { branches, keepBranch, returnTo } from '../app/branches.ts'
import { useApp } from '../app/context.ts'
import { isEdited, openExperiment } from '../app/scenarios.ts'
import { Fold } from '../parts/fold.tsx'
import { words } from '../words.ts'

/** Runs that were kept, and ways back from changes. */
export function Branches(): JSX.Element {
  const { workshop } = useApp()
  const simulated = (): boolean => workshop.run()?.opening.world === 'simulated'
  return (
    <Show when={simulated()}>
      <Fold name="branches" title={words.rail.branches}>
        <Show when={branches().length > 0} fallback={<p class="hint">{words.rail.branchesHint}</p>}>
          <ul class="branches">
            <For each={branches()}>
              {(branch) => (
                <li>
                  <button type="button" onClick={() => returnTo(workshop, branch)}>
                    {words.rail.branchAt(branch.at, branch.title)}
                  </button>
                </li>
              )}
            </For>
          </ul>
        </Show>
        <div class="row wrap">
          <button type="button" class="button" onClick={() => keepBranch(workshop)}>
            <GitBranch size={16} />
            {words.rail.branchHere}
          </button>
          <button
            type="button"
            class="button"
            disabled={!isEdited(workshop) && workshop.experiment() !== undefined}
            onClick={() => void workshop.undo()}
          >
            <Undo size={16} />
            {words.rail.undo}
          </button>
          <button type="button" class="button" onClick={() => void workshop.redo()}>
            <Redo size={16} />
            {words.rail.redo}
          </button>
        </div>
        <Show when={isEdited(workshop) ? workshop.experiment() : undefined}>
          {(card) => (
            <button
              type="button"
              class="button wide"
              onClick={() => void openExperiment(workshop, card())}
            >
              {words.rail.reset}
            </button>
          )}
        </Show>
      </Fold>
    </Show>
  )
}
