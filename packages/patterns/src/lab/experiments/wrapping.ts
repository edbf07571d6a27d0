import { adapt, type Callback, promising } from '../../structural/adapter.ts'
import { type Async, cached, compose, decorate, retrying } from '../../structural/decorator.ts'
import { Loader } from '../../structural/delegate.ts'
import { type Connection, type SqlOperations, SqlTemplate } from '../../structural/facade.ts'
import { guarded, type InvocationHandler, proxied, remote } from '../../structural/proxy.ts'
import { subclassProxy } from '../../structural/subclass-proxy.ts'
import type { TracedExperiment } from '../experiment.ts'
import { refused, rejected } from './refused.ts'

const proxy: TracedExperiment = {
  id: 'pattern-proxy',
  title: 'Proxy: a guard before an object elsewhere',
  group: 'structural',
  story:
    'Two stand-ins are nested: the guard lets named methods through, and the remote one has no object at all and sends every call away. Each has the interface of the report, so the client cannot tell how far away it is. The order of the two decides what is paid for: a call that is refused is never sent.',
  watch: [
    'The call that is refused stops at the guard; nothing is sent.',
    'A call that is let through passes both, and its answer comes back as a promise.',
  ],
  participants: { client: 'Client', guard: 'guarded', remote: 'remote', report: 'Report' },
  types: {
    Reporting: { kind: 'interface' },
    guarded: { kind: 'object', implements: ['Reporting'], has: ['remote'] },
    remote: { kind: 'object', implements: ['Reporting'] },
    Report: { kind: 'class', implements: ['Reporting'] },
  },
  async run(trace) {
    const report = trace.between('remote', 'report', {
      pages: (chapter: number): number => chapter * 3,
      shred: (): void => undefined,
    })
    const there = remote<typeof report>(async (method, parameters) =>
      method === 'pages' ? report.pages(Number(parameters[0])) : report.shred(),
    )
    const guard = guarded(trace.between('guard', 'remote', there), (method) => method === 'pages')
    const client = trace.between('client', 'guard', guard)
    refused(() => client.shred())
    await client.pages(2)
  },
  calls: `
    client -> guard.shred() ! AccessError: shred is not allowed here
    client -> guard.pages(2)
      guard -> remote.pages(2)
        remote -> report.pages(2): 6
      guard <- remote: 6
    client <- guard: 6
  `,
}

class Greeter {
  greet(): string {
    return `hello ${this.name()}`
  }

  name(): string {
    return 'Ada'
  }
}

const subclassStyle: TracedExperiment = {
  id: 'pattern-proxy-subclass',
  title: 'Proxy, two styles: what an object says to itself',
  group: 'structural',
  story:
    'greet calls name on the same object. A proxy that stands before the object sees what comes from outside and nothing else: the inner call goes past it. A proxy that is a subclass is the object, and sees the inner call as well. That is why aspects on a method that is called from within work with one and not with the other.',
  watch: [
    'Before the object: one call is seen, greet.',
    'As a subclass: greet is seen, and name within it.',
  ],
  participants: { client: 'Client', proxy: 'Handler', greeter: 'Greeter' },
  types: { Handler: { kind: 'function', has: ['Greeter'] }, Greeter: { kind: 'class' } },
  run(trace) {
    let inside = 0
    const handler: InvocationHandler = ({ method, proceed }) => {
      const go = trace.calling('proxy', 'greeter', proceed, String(method))
      const seen = inside === 0 ? go : trace.calling('greeter', 'proxy', go, String(method))
      inside += 1
      try {
        return seen()
      } finally {
        inside -= 1
      }
    }
    trace.scene('a proxy before the object')
    trace.between('client', 'proxy', proxied(new Greeter(), handler)).greet()
    trace.scene('a proxy that is a subclass')
    const Watched = subclassProxy(Greeter, handler)
    trace.between('client', 'proxy', new Watched()).greet()
  },
  calls: `
    == a proxy before the object ==
    client -> proxy.greet()
      proxy -> greeter.greet(): 'hello Ada'
    client <- proxy: 'hello Ada'
    == a proxy that is a subclass ==
    client -> proxy.greet()
      proxy -> greeter.greet()
        greeter -> proxy.name()
          proxy -> greeter.name(): 'Ada'
        greeter <- proxy: 'Ada'
      proxy <- greeter: 'hello Ada'
    client <- proxy: 'hello Ada'
  `,
}

const facade: TracedExperiment = {
  id: 'pattern-facade',
  title: 'Facade: one call, and the driver is closed again',
  group: 'structural',
  story:
    'To change one row in a transaction, a driver wants eight calls in the right order, the last of them whatever happened before. The template makes them: the client says what it wants and never holds a connection. When the statement fails, the same facade rolls back, closes and gives back.',
  watch: [
    'The client makes one call, and one within it.',
    'The connection is given back as the last thing, both times.',
    'After the failure there is a rollback in the place of the commit.',
  ],
  participants: {
    client: 'Client',
    template: 'SqlTemplate',
    connection: 'Connection',
    statement: 'Statement',
  },
  types: {
    SqlTemplate: { kind: 'class', has: ['Connection'] },
    Connection: { kind: 'interface' },
    Statement: { kind: 'interface' },
  },
  async run(trace) {
    let broken = false
    const driver: Connection = {
      prepare: async () => trace.between('template', 'statement', statement),
      begin: async () => undefined,
      commit: async () => undefined,
      rollback: async () => undefined,
      release: async () => undefined,
    }
    const statement = {
      run: async () => {
        if (broken) throw new RangeError('no such table')
        return 1
      },
      rows: async () => [],
      close: async () => undefined,
    }
    const connection = trace.between('template', 'connection', driver)
    const template = trace.between('client', 'template', new SqlTemplate(async () => connection))
    const work = (sql: SqlOperations): Promise<number> =>
      trace.between('client', 'template', sql).update('DELETE')
    const transfer = trace.calling('template', 'client', work, 'work')
    trace.scene('it goes well')
    await template.transaction(transfer)
    trace.scene('it fails')
    broken = true
    await rejected(template.transaction(transfer))
  },
  calls: `
    == it goes well ==
    client -> template.transaction(function)
      template -> connection.begin()
      template -> client.work(object)
        client -> template.update('DELETE')
          template -> connection.prepare('DELETE'): statement
          template -> statement.run([]): 1
          template -> statement.close()
        client <- template: 1
      template <- client: 1
      template -> connection.commit()
      template -> connection.release()
    client <- template: 1
    == it fails ==
    client -> template.transaction(function)
      template -> connection.begin()
      template -> client.work(object)
        client -> template.update('DELETE')
          template -> connection.prepare('DELETE'): statement
          template -> statement.run([]) ! RangeError: no such table
          template -> statement.close()
        client <- template ! RangeError: no such table
      template <- client ! RangeError: no such table
      template -> connection.rollback()
      template -> connection.release()
    client <- template ! RangeError: no such table
  `,
}

const decorator: TracedExperiment = {
  id: 'pattern-decorator',
  title: 'Decorator: retries around a cache around a fetch',
  group: 'structural',
  story:
    'fetch fails now and then. Two wrappers are put around it, and each has the type of what it wraps: the cache keeps a result for each key, and the retry calls again after a failure. The order is the meaning: with the retry outside, a failure that the cache forgot is fetched anew.',
  watch: [
    'The first attempt fails all the way down; the retry tries again at once.',
    'The second request for the same key ends at the cache.',
    'fetch itself knows of none of this.',
  ],
  participants: { client: 'Client', retrying: 'retrying', cached: 'cached', fetch: 'fetch' },
  types: {
    retrying: { kind: 'function', has: ['cached'] },
    cached: { kind: 'function', has: ['fetch'] },
    fetch: { kind: 'function' },
  },
  async run(trace) {
    let attempts = 0
    const fetch = async (page: string): Promise<number> => {
      attempts += 1
      if (attempts === 1) throw new RangeError('no answer')
      return page.length
    }
    const seen = (by: string, of: string) => (inner: Async<[string], number>) =>
      trace.calling(by, of, inner)
    const wrapper = compose(
      seen('client', 'retrying'),
      retrying<[string], number>({ attemptsMax: 3 }),
      seen('retrying', 'cached'),
      cached<[string], number>((page) => page),
      seen('cached', 'fetch'),
    )
    const get = decorate(fetch, wrapper)
    await get('index')
    await get('index')
  },
  calls: `
    client -> retrying('index')
      retrying -> cached('index')
        cached -> fetch('index') ! RangeError: no answer
      retrying <- cached ! RangeError: no answer
      retrying -> cached('index')
        cached -> fetch('index'): 5
      retrying <- cached: 5
    client <- retrying: 5
    client -> retrying('index')
      retrying -> cached('index'): 5
    client <- retrying: 5
  `,
}

const adapter: TracedExperiment = {
  id: 'pattern-adapter',
  title: 'Adapter: a store that is a map, a promise that is a callback',
  group: 'structural',
  story:
    'The client wants a store that reads and writes, and there is a map that gets and sets. The adapter gives the map the names that are expected and nothing else. The second one adapts a shape of time: a function that calls back becomes one that gives a promise, and errors stay errors.',
  watch: [
    'Every call of the client is one call of what was there, under its own name.',
    'The callback of the old function is what settles the new promise.',
    'An error comes out where errors come out in the new shape.',
  ],
  participants: { client: 'Client', adapter: 'adapt', map: 'Map', old: 'halve' },
  types: {
    adapt: { kind: 'object', has: ['Map', 'halve'] },
    Map: { kind: 'class' },
    halve: { kind: 'function' },
  },
  async run(trace) {
    const map = trace.between('adapter', 'map', new Map<string, number>())
    const store = trace.between('client', 'adapter', adapt(map, { read: 'get', write: 'set' }))
    trace.scene('other names')
    store.write('a', 1)
    store.read('a')
    trace.scene('another shape of time')
    const halve = (n: number, done: Callback<number>): void =>
      n % 2 === 0 ? done(null, n / 2) : done(new RangeError('odd'))
    const half = trace.calling(
      'client',
      'adapter',
      promising(trace.calling('adapter', 'old', halve)),
      'half',
    )
    await half(4)
    await rejected(half(3))
  },
  calls: `
    == other names ==
    client -> adapter.write('a', 1)
      adapter -> map.set('a', 1): map
    client <- adapter: map
    client -> adapter.read('a')
      adapter -> map.get('a'): 1
    client <- adapter: 1
    == another shape of time ==
    client -> adapter.half(4)
      adapter -> old(4, function)
    client <- adapter: 2
    client -> adapter.half(3)
      adapter -> old(3, function)
    client <- adapter ! RangeError: odd
  `,
}

const delegate: TracedExperiment = {
  id: 'pattern-delegate',
  title: 'Delegate: parent first, as class loaders do it',
  group: 'structural',
  story:
    'A plugin asks the loader above it before it looks for itself. So nothing that the core has can be replaced from below, and each name is defined once for all who ask. What the core has not, the plugin defines and remembers.',
  watch: [
    'text comes from the core, though the plugin could define it.',
    'table is asked for above first, and then defined below.',
    'The second time nobody is asked: it is remembered.',
  ],
  participants: { app: 'App', plugin: 'Loader', core: 'Loader', names: 'Definitions' },
  types: { Loader: { kind: 'class', has: ['Definitions'] }, Definitions: { kind: 'object' } },
  run(trace) {
    const of = (loader: string, has: (name: string) => boolean) => {
      const define = (name: string): object | undefined =>
        has(name) ? trace.called(`${name} of ${loader}`, {}) : undefined
      return trace.calling(loader, 'names', define, 'define')
    }
    const core = new Loader<object>(of('core', (name) => name === 'text'))
    const child = new Loader<object>(
      of('plugin', () => true),
      trace.between('plugin', 'core', core),
    )
    const plugin = trace.between('app', 'plugin', child)
    for (const name of ['text', 'table', 'table']) plugin.load(name)
  },
  calls: `
    app -> plugin.load('text')
      plugin -> core.find('text')
        core -> names.define('text'): text of core
      plugin <- core: text of core
    app <- plugin: text of core
    app -> plugin.load('table')
      plugin -> core.find('table')
        core -> names.define('table')
      plugin <- core
      plugin -> names.define('table'): table of plugin
    app <- plugin: table of plugin
    app -> plugin.load('table'): table of plugin
  `,
}

/**
 * Structural patterns that stand before something else.
 *
 * @example
 * ```ts
 * import { experiments } from '@lockstep/patterns/lab'
 *
 * if (!experiments.some(({ id }) => id === 'pattern-proxy')) throw new Error('not there')
 * ```
 */
export const wrapping: readonly TracedExperiment[] = [
  proxy,
  subclassStyle,
  facade,
  decorator,
  adapter,
  delegate,
]
