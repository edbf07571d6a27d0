import type { Area, TracedArea } from '../areas.ts'
import type { ExperimentCard, SimulatedCard, TracedCard } from './protocol.ts'

/** The experiments of all areas as a page lists them. */
export function experimentCards(
  areas: readonly Area[],
  tracedAreas: readonly TracedArea[],
): readonly ExperimentCard[] {
  const simulated = areas.flatMap(({ experiments }) =>
    experiments.map(
      ({ id, title, story, watch, scenario, expect }): SimulatedCard => ({
        kind: 'simulated',
        id,
        title,
        story,
        watch,
        area: scenario.lab,
        scenario,
        expect,
      }),
    ),
  )
  const traced = tracedAreas.flatMap(({ name, experiments }) =>
    experiments.map(
      ({ id, title, group, story, watch }): TracedCard => ({
        kind: 'traced',
        id,
        title,
        story,
        watch,
        area: name,
        group,
        expect: { is: 'holds' },
      }),
    ),
  )
  return [...simulated, ...traced]
}
