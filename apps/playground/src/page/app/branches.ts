import type { Scenario } from '@lockstep/sim'
import { type Accessor, createSignal } from 'solid-js'
import type { ExperimentCard } from '../../session/protocol.ts'
import { words } from '../words.ts'
import { runTitle } from './scenarios.ts'
import type { Workshop } from './workshop.ts'

/** A run that was kept as it was, to come back to. */
export interface Branch {
  readonly title: string
  readonly scenario: Scenario
  readonly experiment: ExperimentCard | undefined
  readonly at: number
}

const branchesMax = 20
const [kept, setKept] = createSignal<readonly Branch[]>([])

/** The kept runs, oldest first. */
export const branches: Accessor<readonly Branch[]> = kept

/** Keeps the run and the cursor as they are now. */
export function keepBranch(workshop: Workshop): void {
  const opening = workshop.run()?.opening
  if (opening === undefined) {
    workshop.notices.tell(words.do.openFirst)
    return
  }
  const { at } = workshop.player.moment
  const experiment = workshop.experiment()
  const branch: Branch = {
    title: runTitle(workshop) ?? opening.scenario.lab,
    scenario: opening.scenario,
    experiment,
    at,
  }
  setKept((before) => [...before, branch].slice(-branchesMax))
  workshop.notices.tell(words.rail.branchKept(at))
}

/** Goes back to a kept run. */
export function returnTo(workshop: Workshop, branch: Branch): void {
  void workshop.open(branch.scenario, branch.experiment, branch.at)
}
