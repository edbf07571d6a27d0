import type { Command } from 'commander'
import { addCheck } from './id/check.ts'
import { epoch } from './id/epoch.ts'
import { addKinds } from './id/make.ts'
import { parse } from './id/parse.ts'
import { addServe } from './id/serve.ts'

export function addId(program: Command): void {
  const id = program
    .command('id')
    .description(
      'Makes unique ids, serves them, says what an id says, and checks that none comes twice.',
    )
    .argument('[kind]', 'what to make, or check, or serve')
    .option('--parse <id>', 'say what this id is, and what it says')
    .option(
      '--epoch <ms>',
      'the epoch of a Snowflake id that is parsed, in milliseconds of Unix time',
      epoch,
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      "\nExample:\n  lockstep id snowflake -n 3 --worker 7\n  lockstep id --parse 1541815603606036480\n  lockstep id check -n 10000000 --processes 4\n\n'lockstep id snowflake --help' and so on explain each kind.",
    )
    .action(parse)
  for (const add of [addKinds, addCheck, addServe]) add(id)
}
