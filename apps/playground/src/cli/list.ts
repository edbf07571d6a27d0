import type { Command } from 'commander'
import { areas } from '../areas.ts'
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
    experiments: areas.flatMap(({ experiments }) =>
      experiments.map(({ id, title, story, watch, scenario, expect }) => ({
        id,
        lab: scenario.lab,
        title,
        story,
        watch,
        expect,
      })),
    ),
  }
}

function lines(): string[] {
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
