import { once } from 'node:events'
import {
  type IdGenerator,
  Snowflake,
  snowflakeForms,
  Ulid,
  UuidV4,
  UuidV7,
  ulidBytes,
  uuidBytes,
} from '@lockstep/idgen'
import { type Command, Option } from 'commander'
import { wholeNumber } from '../arguments.ts'
import { document } from '../output.ts'
import { UsageError } from '../usage.ts'
import { epoch } from './epoch.ts'

interface MakeOptions {
  readonly number: number
  readonly format: string
  readonly json?: boolean
}

interface SnowflakeOptions extends MakeOptions {
  readonly worker: number
  readonly epoch?: number
}

/** Writes an id in one of its formats. */
type Format<Id> = (id: Id) => string | Uint8Array

type Formats<Id> = Readonly<Record<string, Format<Id>>>

/** How many ids are made and written at a time. */
const idsAtOnce = 10_000

const countMax = 100_000_000

/** One command for each kind. */
export function addKinds(id: Command): void {
  kind(id, 'uuid4', 'Random UUIDs.', texts(uuidBytes)).action((options: MakeOptions) =>
    make('uuid4', new UuidV4(), texts(uuidBytes), options),
  )
  kind(id, 'uuid7', 'UUIDs that are ordered by time.', texts(uuidBytes)).action(
    (options: MakeOptions) => make('uuid7', new UuidV7(), texts(uuidBytes), options),
  )
  kind(id, 'ulid', 'ULIDs, which are ordered by time.', texts(ulidBytes)).action(
    (options: MakeOptions) => make('ulid', new Ulid(), texts(ulidBytes), options),
  )
  kind(id, 'snowflake', 'Snowflake ids: 63 bits of time, worker and sequence.', numbers)
    .option('--worker <number>', 'which no other generator has now', wholeNumber(0, 1023), 0)
    .option('--epoch <ms>', 'when the time begins, in milliseconds of Unix time', epoch)
    .action((options: SnowflakeOptions) => {
      const { worker, epoch: epochMs } = options
      const layout = epochMs === undefined ? {} : { epochMs }
      return make('snowflake', new Snowflake({ worker, layout }), numbers, options)
    })
}

function kind<Id>(id: Command, name: string, description: string, formats: Formats<Id>): Command {
  const [first = ''] = Object.keys(formats)
  const format = new Option('--format <format>', 'how to write them; bytes come as they are')
    .choices(Object.keys(formats))
    .default(first)
  return id
    .command(name)
    .description(description)
    .option('-n, --number <number>', 'how many', wholeNumber(1, countMax), 1)
    .addOption(format)
    .option('--json', 'print one JSON document')
    .addHelpText('after', `\nExample:\n  lockstep id ${name} -n 3 --format hex`)
}

/** UUIDs and ULIDs are made as text. */
function texts(bytesOf: (text: string) => Uint8Array): Formats<string> {
  return {
    text: (text) => text,
    hex: (text) => Buffer.from(bytesOf(text)).toString('hex'),
    bytes: bytesOf,
  }
}

const numbers: Formats<bigint> = {
  decimal: (id) => snowflakeForms.decimal.write(id),
  base62: (id) => snowflakeForms.base62.write(id),
  hex: (id) => id.toString(16).padStart(16, '0'),
  bytes: (id) => snowflakeForms.bytes.write(id),
}

async function make<Id>(
  kindName: string,
  generator: IdGenerator<Id>,
  formats: Formats<Id>,
  { number, format, json = false }: MakeOptions,
): Promise<void> {
  const write = formats[format] as Format<Id>
  if (json && format === 'bytes') {
    throw new UsageError("JSON has no bytes. Leave out --json, or choose '--format hex'.")
  }
  const ids: (string | Uint8Array)[] = []
  for (let left = number; left > 0; left -= idsAtOnce) {
    const batch = await generator.nextBatch(Math.min(left, idsAtOnce))
    if (json) ids.push(...batch.map(write))
    else await print(batch.map(write))
  }
  if (json) document({ kind: kindName, ids })
}

/** Writes ids to stdout, and waits until whoever reads there has kept up. */
async function print(ids: readonly (string | Uint8Array)[]): Promise<void> {
  const parts = ids.map((id) => (typeof id === 'string' ? Buffer.from(`${id}\n`) : id))
  if (!process.stdout.write(Buffer.concat(parts))) await once(process.stdout, 'drain')
}
