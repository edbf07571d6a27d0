import { type Dialect, mariadb, postgres } from '../../creational/abstract-factory.ts'
import { stagedBuilder } from '../../creational/builder.ts'
import { MemoryResources, type Resource } from '../../creational/factory-method.ts'
import { cloneOf, Prototypes } from '../../creational/prototype.ts'
import { Registry } from '../../creational/simple-factory.ts'
import { lazy, once } from '../../creational/singleton.ts'
import { reviveSole, Sole, sole } from '../../creational/singleton-class.ts'
import type { Sql } from '../../creational/sql-text.ts'
import type { TracedExperiment } from '../experiment.ts'
import { refused } from './refused.ts'

const simpleFactory: TracedExperiment = {
  id: 'pattern-simple-factory',
  title: 'Simple factory: a registry of codecs',
  group: 'creational',
  story:
    'A client wants to write something down and knows only the name of a format. The registry knows which creator belongs to the name, and the client never sees a constructor. A name that nobody registered is refused with the names that there are.',
  watch: [
    'The registry makes the codec; the client only names it.',
    'The same call with another name gives another class.',
    'An unknown name is an error before anything is made.',
  ],
  participants: { client: 'Client', registry: 'Registry', json: 'JsonCodec', lines: 'LinesCodec' },
  types: {
    Registry: { kind: 'class' },
    Codec: { kind: 'interface' },
    JsonCodec: { kind: 'class', implements: ['Codec'] },
    LinesCodec: { kind: 'class', implements: ['Codec'] },
  },
  run(trace) {
    const json = { write: (items: readonly string[]) => JSON.stringify(items) }
    const lines = { write: (items: readonly string[]) => items.join('/') }
    const codecs = Registry.empty
      .add(
        'json',
        trace.creating('registry', 'json', () => json),
      )
      .add(
        'lines',
        trace.creating('registry', 'lines', () => lines),
      )
    const registry = trace.between('client', 'registry', codecs)
    trace.between('client', 'json', registry.create('json')).write(['a', 'b'])
    trace.between('client', 'lines', registry.create('lines')).write(['a', 'b'])
    refused(() => registry.create('xml' as 'json'))
  },
  calls: `
    client -> registry.create('json')
      registry -> new json(): json
    client <- registry: json
    client -> json.write(['a', 'b']): '["a","b"]'
    client -> registry.create('lines')
      registry -> new lines(): lines
    client <- registry: lines
    client -> lines.write(['a', 'b']): 'a/b'
    client -> registry.create('xml') ! RegistryError: nothing is registered as 'xml'; …
  `,
}

const factoryMethod: TracedExperiment = {
  id: 'pattern-factory-method',
  title: 'Factory method: a loader whose subclass makes the resource',
  group: 'creational',
  story:
    'ResourceLoader knows how a location is read: its scheme, the dots in its path, the root that nobody leaves. Which kind of resource answers is the one method that a subclass writes. So every loader is safe in the same way, and none of them repeats the checks.',
  watch: [
    'load works on the location first; resourceAt gets a path that is clean.',
    'The subclass makes the product, and the base class hands it out.',
    'A path out of the root is refused before the subclass is asked at all.',
  ],
  participants: {
    client: 'Client',
    loader: 'ResourceLoader',
    files: 'MemoryResources',
    resource: 'Resource',
  },
  types: {
    ResourceLoader: { kind: 'abstract class' },
    MemoryResources: { kind: 'class', extends: 'ResourceLoader' },
    Resource: { kind: 'interface' },
  },
  async run(trace) {
    class Files extends MemoryResources {
      protected override resourceAt(path: string): Resource {
        return trace.creating('files', 'resource', (at: string) => super.resourceAt(at))(path)
      }
    }
    const files = trace.hooks('loader', 'files', new Files(new Map([['conf/app.json', '{}']])), [
      'resourceAt',
    ])
    const loader = trace.between('client', 'loader', files)
    const resource = loader.load('memory:conf/./x/../app.json')
    await trace.between('client', 'resource', resource).read()
    refused(() => loader.load('memory:../secret'))
  },
  calls: `
    client -> loader.load('memory:conf/./x/../app.json')
      loader -> files.resourceAt('conf/app.json')
        files -> new resource('conf/app.json'): resource
      loader <- files: resource
    client <- loader: resource
    client -> resource.read(): '{}'
    client -> loader.load('memory:../secret') ! ResourceError: memory:../secret: '..' leads out…
  `,
}

const abstractFactory: TracedExperiment = {
  id: 'pattern-abstract-factory',
  title: 'Abstract factory: one script, two databases',
  group: 'creational',
  story:
    'A dialect makes a whole family of things that fit each other: names, placeholders, statements. The script is written against the interface and runs over PostgreSQL and MariaDB as it is. A statement of one family that is handed to the other is caught, by the compiler first and by a typed error without it.',
  watch: [
    'The script says the same to both families, and each answers in its own words.',
    'A product carries its family with it: the wrong one is refused.',
  ],
  participants: { script: 'Script', postgres: 'postgres', mariadb: 'mariadb' },
  types: {
    Dialect: { kind: 'interface' },
    postgres: { kind: 'object', implements: ['Dialect'] },
    mariadb: { kind: 'object', implements: ['Dialect'] },
  },
  run(trace) {
    const script = <F extends string>(dialect: Dialect<F>): Sql<F> => {
      const user = trace.called('name', dialect.name('user'))
      const id = trace.called('value', dialect.value(7))
      const query = dialect.sql`DELETE FROM ${user} WHERE id = ${id}`
      dialect.render(trace.called('query', query))
      return query
    }
    const one = trace.between('script', 'postgres', postgres)
    const two = trace.between('script', 'mariadb', mariadb)
    script(one)
    const foreign = script(two)
    refused(() => one.render(foreign as unknown as Sql<'postgres'>))
  },
  calls: `
    script -> postgres.name('user'): object
    script -> postgres.value(7): object
    script -> postgres.sql(['DELETE FROM ', ' WHERE id = ', ''], name, value): object
    script -> postgres.render(query): 'DELETE FROM "user" WHERE id = $1'
    script -> mariadb.name('user'): object
    script -> mariadb.value(7): object
    script -> mariadb.sql(['DELETE FROM ', ' WHERE id = ', ''], name, value): object
    script -> mariadb.render(query): 'DELETE FROM \`user\` WHERE id = ?'
    script -> postgres.render(query) ! MixedDialectsError: a part of dialect 'mariadb'…
  `,
}

const lazySingleton: TracedExperiment = {
  id: 'pattern-singleton-lazy',
  title: 'Singleton, lazy: made on first use, and once',
  group: 'creational',
  story:
    'The table is not there until somebody asks. The first attempt to make it fails, and nothing is kept of it: the next caller tries again and gets the table, and so does everybody after. A creator that asks for its own instance would turn in a circle; it is told so.',
  watch: [
    'Nothing is made before the first call.',
    'A creation that failed is tried again; one that succeeded is not.',
    'The instance that asks for itself gets an error and no endless loop.',
  ],
  participants: { caller: 'Caller', lazy: 'lazy', table: 'Table', egg: 'Egg' },
  types: {
    lazy: { kind: 'function', has: ['Table'] },
    Table: { kind: 'class' },
    Egg: { kind: 'class' },
  },
  run(trace) {
    let attempts = 0
    const make = (): object => {
      attempts += 1
      if (attempts === 1) throw new RangeError('no room')
      return { rows: 3 }
    }
    const table = trace.calling('caller', 'lazy', lazy(trace.creating('lazy', 'table', make)))
    refused(table)
    table()
    table()
    const egg: () => object = lazy(
      trace.creating('lazy', 'egg', () => trace.calling('egg', 'lazy', egg)()),
    )
    refused(trace.calling('caller', 'lazy', egg))
  },
  calls: `
    caller -> lazy()
      lazy -> new table() ! RangeError: no room
    caller <- lazy ! RangeError: no room
    caller -> lazy()
      lazy -> new table(): table
    caller <- lazy: table
    caller -> lazy(): table
    caller -> lazy()
      lazy -> new egg()
        egg -> lazy() ! SingletonCycleError: the creator of a singleton…
      lazy <- egg ! SingletonCycleError: the creator of a singleton…
    caller <- lazy ! SingletonCycleError: the creator of a singleton…
  `,
}

const onceSingleton: TracedExperiment = {
  id: 'pattern-singleton-once',
  title: 'Singleton, asynchronous: two callers, one connection',
  group: 'creational',
  story:
    'Two callers want the connection at the same time. The usual check, make it if it is not there yet, lets both in, since the first is still waiting when the second looks. What once keeps is the promise and not the connection, so the check and the claim are one step: double-checked locking as JavaScript has it.',
  watch: [
    'Before: both callers pass the check, and two connections are opened.',
    'After: the second caller gets the promise of the first.',
    'Both see the same connection, in the order in which they asked.',
  ],
  participants: { first: 'Caller', second: 'Caller', holder: 'once', connection: 'Connection' },
  types: { once: { kind: 'function', has: ['Connection'] }, Connection: { kind: 'class' } },
  async run(trace) {
    const open = trace.creating('holder', 'connection', async () => ({ open: true }))
    let kept: object | undefined
    const naive = async (): Promise<object> => {
      if (kept === undefined) kept = await open()
      return kept
    }
    for (const [title, get] of [
      ['before: make it if it is not there', naive],
      ['after: once', once(open)],
    ] as const) {
      trace.scene(title)
      await Promise.all([
        trace.calling('first', 'holder', get)(),
        trace.calling('second', 'holder', get)(),
      ])
    }
  },
  calls: `
    == before: make it if it is not there ==
    first -> holder()
      holder -> new connection()
    second -> holder()
      holder -> new connection()
      holder <- connection: connection
      holder <- connection: connection
    first <- holder: connection
    second <- holder: connection
    == after: once ==
    first -> holder()
    second -> holder()
      holder -> new connection(): connection
    first <- holder: connection
    second <- holder: connection
  `,
}

class Ledger extends Sole {
  #entries = 0

  note(): number {
    this.#entries += 1
    return this.#entries
  }
}
Object.defineProperty(Ledger, 'name', { value: 'Ledger' })
const theLedger = sole('lockstep/lab/ledger', Ledger)

const guardedSingleton: TracedExperiment = {
  id: 'pattern-singleton-attacks',
  title: 'Singleton, attacked: reflection, forgery, copies, text',
  group: 'creational',
  story:
    'Somebody wants a second ledger. The constructor looks at who is under construction, so reflection and subclasses fail. A forged object passes instanceof and a copy has the same fields, but neither is the instance, and is() compares identity. Text brings it back as the one that is there.',
  watch: [
    'new, Reflect.construct and a subclass are refused by the constructor itself.',
    'The forgery and the copy are told from the ledger.',
    'What was written to JSON is read back as the same instance.',
  ],
  participants: { attacker: 'Attacker', Ledger: 'Ledger', access: 'sole', revive: 'reviveSole' },
  types: {
    Sole: { kind: 'abstract class' },
    Ledger: { kind: 'class', extends: 'Sole' },
    sole: { kind: 'function', has: ['Ledger'] },
    reviveSole: { kind: 'function', has: ['Ledger'] },
  },
  run(trace) {
    const access = trace.between('attacker', 'access', {
      get: () => theLedger(),
      is: (value: unknown) => theLedger.is(value),
    })
    const ledger = trace.called('ledger', theLedger())
    access.get()
    trace.scene('a second instance')
    const attack = (method: string, make: () => unknown): void =>
      refused(trace.calling('attacker', 'Ledger', make, method))
    attack('new', () => new Ledger())
    attack('Reflect.construct', () => Reflect.construct(Ledger, []))
    attack('subclass', () => new (class extends Ledger {})())
    trace.scene('something that looks like it')
    access.is(trace.called('forgery', Object.create(Ledger.prototype) as object))
    access.is(trace.called('copy', Object.assign({}, ledger)))
    trace.scene('through text and back')
    const text = JSON.stringify(ledger)
    const read = (json: string): unknown => JSON.parse(json, reviveSole)
    access.is(trace.calling('attacker', 'revive', read)(text))
  },
  calls: `
    attacker -> access.get(): ledger
    == a second instance ==
    attacker -> Ledger.new() ! SoleError: Ledger has one instance: ask the fun…
    attacker -> Ledger.Reflect.construct() ! SoleError: Ledger has one instance: ask the fun…
    attacker -> Ledger.subclass() ! SoleError: has one instance: ask the function t…
    == something that looks like it ==
    attacker -> access.is(forgery): false
    attacker -> access.is(copy): false
    == through text and back ==
    attacker -> revive('{"$sole":"lockstep/lab/ledger"}'): ledger
    attacker -> access.is(ledger): true
  `,
}

const prototype: TracedExperiment = {
  id: 'pattern-prototype',
  title: 'Prototype: copies without a constructor',
  group: 'creational',
  story:
    'A server is dear to set up, so it is set up once and copied from then on. The registry copies deeply: a part that knows better how to be copied is asked for it, and everything else is copied as it is. No constructor runs for a copy, and a change of one copy reaches no other.',
  watch: [
    'The constructor runs once, for the original.',
    'Each copy asks the clock part for its own copy.',
    'The second copy has the port that was asked for; the first keeps its own.',
  ],
  participants: { client: 'Client', prototypes: 'Prototypes', server: 'Server', clock: 'Clock' },
  types: {
    Prototypes: { kind: 'class', has: ['Server'] },
    Server: { kind: 'class', has: ['Clock'] },
    Clock: { kind: 'class' },
  },
  run(trace) {
    const clockAt = (ticks: number): object => {
      const copy = (): object => clockAt(0)
      return trace.between('prototypes', 'clock', new Copied(ticks, copy))
    }
    const setUp = (): { port: number; clock: object } => ({ port: 80, clock: clockAt(9) })
    const newServer = trace.creating('client', 'server', setUp)
    const original = newServer()
    const register = (): Prototypes<{ server: typeof original }> =>
      new Prototypes({ server: original })
    const made = trace.creating('client', 'prototypes', register)()
    const prototypes = trace.between('client', 'prototypes', made)
    const one = prototypes.make('server')
    const two = prototypes.make('server', { port: 81 })
    trace.between('client', 'server', { ports: () => [one.port, two.port] }).ports()
  },
  calls: `
    client -> new server(): server
    client -> new prototypes()
      prototypes -> clock.[cloneOf](function): clock
    client <- prototypes: prototypes
    client -> prototypes.make('server')
      prototypes -> clock.[cloneOf](function): clock
    client <- prototypes: { port: 80, clock: clock }
    client -> prototypes.make('server', { port: 81 })
      prototypes -> clock.[cloneOf](function): clock
    client <- prototypes: { port: 81, clock: clock }
    client -> server.ports(): [80, 81]
  `,
}

class Copied {
  readonly ticks: number
  readonly #copy: () => object

  constructor(ticks: number, copy: () => object) {
    this.ticks = ticks
    this.#copy = copy
  }

  [cloneOf](): object {
    return this.#copy()
  }
}

interface Job {
  readonly name: string
  readonly command: string
  readonly retries: number
}

const builder: TracedExperiment = {
  id: 'pattern-builder',
  title: 'Builder: stages that know what is missing',
  group: 'creational',
  story:
    'A job needs a name and a command before it can be built, and may have retries. Every stage has the one method that is due, so a forgotten field does not compile. Each step gives a new builder and leaves the old one as it was: one half of a job is the start of many.',
  watch: [
    'The stages come in order: name, command, and then all fields at once.',
    'Two jobs grow from one stage, and neither sees the other.',
    'Whoever comes without types is held to the same order.',
  ],
  participants: { client: 'Client', start: 'Stage: name', named: 'Stage: command', final: 'Final' },
  types: {
    'Stage: name': { kind: 'object' },
    'Stage: command': { kind: 'object' },
    Final: { kind: 'object' },
  },
  run(trace) {
    const jobs = stagedBuilder<Job>()(['name', 'command'], { retries: 0 })
    const start = trace.between('client', 'start', jobs.start())
    const named = trace.between('client', 'named', start.name('nightly'))
    trace.between('client', 'final', named.command('backup')).build()
    const retried = trace.between('client', 'final', named.command('sync')).retries(3)
    trace.between('client', 'final', retried).build()
    refused(() => (named as unknown as { build(): Job }).build())
  },
  calls: `
    client -> start.name('nightly'): object
    client -> named.command('backup'): object
    client -> final.build(): { retries: 0, name: 'nightly', command: 'backup…
    client -> named.command('sync'): object
    client -> final.retries(3): object
    client -> final.build(): { retries: 3, name: 'nightly', command: 'sync' }
    client -> named.build() ! BuilderError: 'command' is due before build
  `,
}

/**
 * How things come to be.
 *
 * @example
 * ```ts
 * import { experiments } from '@lockstep/patterns/lab'
 *
 * if (!experiments.some(({ group }) => group === 'creational')) throw new Error('none')
 * ```
 */
export const creational: readonly TracedExperiment[] = [
  simpleFactory,
  factoryMethod,
  abstractFactory,
  lazySingleton,
  onceSingleton,
  guardedSingleton,
  prototype,
  builder,
]
