import { decodeLink, type Scenario } from '@lockstep/sim'
import type { ExperimentCard } from '../../session/protocol.ts'
import { words } from '../words.ts'
import type { Workshop } from './workshop.ts'

const lastExperimentKey = 'lockstep.experiment'
const experimentParameter = 'experiment'
const seeds = 2 ** 32

/** Opens what the address asks for: a link's scenario, a named experiment, or the last one. */
export function openFirst(workshop: Workshop): void {
  const fragment = location.hash.slice(1)
  if (fragment !== '') {
    openLink(workshop, fragment)
    return
  }
  const cards = workshop.welcome()?.experiments ?? []
  const asked = new URLSearchParams(location.search).get(experimentParameter)
  const wanted = asked ?? localStorage.getItem(lastExperimentKey)
  const card = cards.find(({ id }) => id === wanted) ?? cards[0]
  if (card !== undefined) void openExperiment(workshop, card)
}

export async function openExperiment(workshop: Workshop, card: ExperimentCard): Promise<void> {
  const opened = card.kind === 'traced' ? workshop.trace(card) : workshop.open(card.scenario, card)
  if (!(await opened)) return
  localStorage.setItem(lastExperimentKey, card.id)
  clearAddress()
}

/** Opens the scenario of a shared link. */
export function openLink(workshop: Workshop, fragment: string): void {
  try {
    const scenario = decodeLink(fragment)
    if (isScenarioLike(scenario)) void workshop.open(scenario, cardOf(workshop, scenario))
    else workshop.notices.tell(words.share.notScenario(words.top.fromLink), 'error')
  } catch (error) {
    workshop.notices.tell(words.share.badLink(reason(error)), 'error')
  }
}

/** Opens a scenario file that the person chose. */
export async function openFile(workshop: Workshop, file: File): Promise<void> {
  let scenario: unknown
  try {
    scenario = JSON.parse(await file.text())
  } catch (error) {
    workshop.notices.tell(words.share.unreadable(file.name, reason(error)), 'error')
    return
  }
  if (!isScenarioLike(scenario)) workshop.notices.tell(words.share.notScenario(file.name), 'error')
  else if (await workshop.open(scenario, undefined)) clearAddress()
}

/** Saves the scenario of the run as a JSON file. */
export function saveScenario(workshop: Workshop): void {
  const scenario = workshop.run()?.opening.scenario
  if (scenario === undefined) return
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(scenario, undefined, 2)}\n`], { type: 'application/json' }),
  )
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = `${workshop.experiment()?.id ?? scenario.lab}-${scenario.seed}.json`
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(url))
}

/** Copies a link that opens the same run. */
export async function copyLink(workshop: Workshop): Promise<void> {
  const url = linkOf(workshop)
  if (url === undefined) return
  try {
    await navigator.clipboard.writeText(url.href)
    workshop.notices.tell(words.share.copied)
  } catch {
    workshop.notices.tell(words.share.copyFailed(url.href), 'error')
  }
}

/** A scenario goes into a link as it is; a traced experiment is named. */
function linkOf(workshop: Workshop): URL | undefined {
  const url = new URL(location.href)
  const traced = workshop.traced()
  const opening = workshop.run()?.opening
  if (traced !== undefined) url.searchParams.set(experimentParameter, traced.id)
  else if (opening !== undefined) url.hash = opening.link
  else return undefined
  return url
}

/** Runs the same scenario with something changed, from its start. */
export function change(workshop: Workshop, by: Partial<Scenario>): void {
  const scenario = workshop.run()?.opening.scenario
  if (scenario !== undefined) void workshop.open({ ...scenario, ...by }, workshop.experiment())
}

/** Runs the same scenario with another seed. */
export function newSeed(workshop: Workshop): void {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1))
  change(workshop, { seed: seed % seeds })
}

/** Breaks one more rule on purpose, or keeps it again. */
export function toggleFlaw(workshop: Workshop, flaw: string): void {
  const flaws = workshop.run()?.opening.scenario.flaws ?? []
  change(workshop, {
    flaws: flaws.includes(flaw) ? flaws.filter((name) => name !== flaw) : [...flaws, flaw],
  })
}

/** What the run is called: its experiment, or the lab that it runs in. */
export function runTitle(workshop: Workshop): string | undefined {
  const lab = workshop.run()?.opening.scenario.lab
  const card = workshop.welcome()?.labs.find(({ name }) => name === lab)
  return workshop.experiment()?.title ?? card?.title ?? lab
}

/** Whether the run is the experiment as it stands in the list. */
export function isEdited(workshop: Workshop): boolean {
  const card = workshop.experiment()
  const scenario = workshop.run()?.opening.scenario
  return (
    card?.kind === 'simulated' &&
    scenario !== undefined &&
    canonical(card.scenario) !== canonical(scenario)
  )
}

function cardOf(workshop: Workshop, scenario: Scenario): ExperimentCard | undefined {
  const text = canonical(scenario)
  return workshop
    .welcome()
    ?.experiments.find((card) => card.kind === 'simulated' && canonical(card.scenario) === text)
}

/** A scenario as text that does not depend on the order of keys or on empty lists. */
function canonical(scenario: Scenario): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== undefined && !(Array.isArray(inner) && inner.length === 0))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, sorted(inner)]),
    )
  }
  return JSON.stringify(sorted(scenario))
}

/** Enough to send it to the session, which says exactly what is wrong with the rest. */
function isScenarioLike(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'lab' in value && 'seed' in value
}

/** The address names nothing any more once something else was opened. */
function clearAddress(): void {
  const url = new URL(location.href)
  if (url.hash === '' && !url.searchParams.has(experimentParameter)) return
  url.hash = ''
  url.searchParams.delete(experimentParameter)
  history.replaceState(null, '', url)
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
