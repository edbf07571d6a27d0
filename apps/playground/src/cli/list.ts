import type { Command } from 'commander'
import { areas, tracedAreas } from '../areas.ts'
import { experimentCards } from '../session/cards.ts'
import { document, say, table } from './output.ts'

export function addList(program: Command): void {
  program
    .command('list')
    .description('Lists the labs with their flaws, and the experiments.')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  lockstep list --json')
    .action(list)
}

function list({ json = false }: { readonly json?: boolean }): void {
  if (json) document(catalogue())
  else for (const line of lines()) say(line)
}

function catalogue(): unknown {
  return {
    labs: areas.map(({ lab: { name, title, flaws, marks, views } }) => ({
      name,
      title,
      flaws,
      marks,
      operations: views.console.examples,
    })),
    areas: tracedAreas.map(({ name, title }) => ({ name, title })),
    experiments: experimentCards(areas, tracedAreas).map((card) => ({
      id: card.id,
      ...(card.kind === 'simulated' ? { lab: card.area } : { area: card.area, group: card.group }),
      title: card.title,
      story: card.story,
      watch: card.watch,
      expect: card.expect,
    })),
  }
}

function lines(): string[] {
  return [...simulated(), ...traced()]
}

function traced(): string[] {
  return tracedAreas.flatMap(({ name, title, experiments }) => [
    '',
    `${title} (traced area ${name})`,
    '',
    '  Experiments, for: lockstep run <experiment>',
    ...indented(
      experiments.map((experiment) => [experiment.id, experiment.title, experiment.group]),
    ),
  ])
}

function simulated(): string[] {
  return areas.flatMap(({ lab, experiments }) => [
    `${lab.title} (lab ${lab.name})`,
    '',
    '  Experiments, for: lockstep run <experiment>',
    ...indented(experiments.map(({ id, title, expect }) => [id, title, `must be: ${expect.is}`])),
    '',
    '  Flaws, for: lockstep swarm <lab> --flaw <name>',
    ...indented(lab.flaws.map(({ name, text }) => [name, text])),
  ])
}

function indented(rows: readonly (readonly string[])[]): string[] {
  return table(rows).map((line) => `    ${line}`)
}
