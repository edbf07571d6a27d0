import { Registry } from '../../creational/simple-factory.ts'
import { view } from '../../principles/interface-segregation.ts'
import { assertSubstitutable, type Operation } from '../../principles/liskov-substitution.ts'
import { adapt } from '../../structural/adapter.ts'
import type { TracedExperiment } from '../experiment.ts'
import { refused } from './refused.ts'

const openClosed: TracedExperiment = {
  id: 'pattern-open-closed',
  title: 'Open–closed: a new format, with and without an edit',
  group: 'principles',
  story:
    'An exporter is asked for a format that it did not know when it was written. With a switch inside, it refuses, and the next step is an edit of code that worked. With a registry, the format comes from outside: the exporter that did not change makes what it never heard of.',
  watch: [
    'Before: the exporter makes text, and refuses lines.',
    'After: the same call is answered by the format that was added.',
  ],
  participants: { client: 'Client', exporter: 'Exporter', registry: 'Registry', lines: 'Lines' },
  types: {
    Exporter: { kind: 'class', has: ['Registry'] },
    Registry: { kind: 'class' },
    Format: { kind: 'interface' },
    Lines: { kind: 'class', implements: ['Format'] },
  },
  run(trace) {
    trace.scene('before: the exporter knows all formats')
    const closed = {
      write(format: string): string {
        if (format === 'text') return 'a b'
        throw new RangeError(`no format ${format}`)
      },
    }
    const before = trace.between('client', 'exporter', closed)
    before.write('text')
    refused(() => before.write('lines'))
    trace.scene('after: formats are registered')
    const make = trace.creating('registry', 'lines', () => ({ write: () => 'a/b' }))
    const formats = trace.between('exporter', 'registry', Registry.empty.add('lines', make))
    const open = {
      write: (format: 'lines') =>
        trace.between('exporter', 'lines', formats.create(format)).write(),
    }
    trace.between('client', 'exporter', open).write('lines')
  },
  calls: `
    == before: the exporter knows all formats ==
    client -> exporter.write('text'): 'a b'
    client -> exporter.write('lines') ! RangeError: no format lines
    == after: formats are registered ==
    client -> exporter.write('lines')
      exporter -> registry.create('lines')
        registry -> new lines(): lines
      exporter <- registry: lines
      exporter -> lines.write(): 'a/b'
    client <- exporter: 'a/b'
  `,
}

const dependencyInversion: TracedExperiment = {
  id: 'pattern-dependency-inversion',
  title: 'Dependency inversion: the report asks for what it needs',
  group: 'principles',
  story:
    'A report that speaks SQL depends on a database, and cannot be run without one. Turned around, it says in its own words what it needs, an orders port, and the database is adapted to that. Policy and detail both depend on the port; the arrow from one to the other is gone.',
  watch: [
    'Before: the report talks to the database in the words of the database.',
    'After: the report talks to its port, and the adapter translates.',
  ],
  participants: { report: 'Report', port: 'Adapter', database: 'Database' },
  types: {
    Report: { kind: 'class', has: ['Orders'] },
    Orders: { kind: 'interface' },
    Adapter: { kind: 'object', implements: ['Orders'], has: ['Database'] },
    Database: { kind: 'class' },
  },
  run(trace) {
    const database = { query: (_sql: string): readonly number[] => [3, 4] }
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
    trace.scene('before: policy knows detail')
    sum(trace.between('report', 'database', database).query('SELECT cents FROM orders'))
    trace.scene('after: both know the port')
    const seen = trace.between('port', 'database', database)
    const orders = adapt({ all: () => seen.query('SELECT cents FROM orders') }, { amounts: 'all' })
    sum(trace.between('report', 'port', orders).amounts())
  },
  calls: `
    == before: policy knows detail ==
    report -> database.query('SELECT cents FROM orders'): [3, 4]
    == after: both know the port ==
    report -> port.amounts()
      port -> database.query('SELECT cents FROM orders'): [3, 4]
    report <- port: [3, 4]
  `,
}

const singleResponsibility: TracedExperiment = {
  id: 'pattern-single-responsibility',
  title: 'Single responsibility: a basket that prints',
  group: 'principles',
  story:
    'A basket that totals and prints changes for two reasons: prices, and paper. Its methods fall into two clusters that share nothing. Taken apart, the basket says what is in it and the receipt says how it is written down, and a change of one leaves the other as it was.',
  watch: [
    'Before: one object is asked for both, and holds the printer.',
    'After: the basket does not know that there is a printer.',
  ],
  participants: { shop: 'Shop', basket: 'Basket', receipt: 'Receipt', printer: 'Printer' },
  types: {
    Basket: { kind: 'class' },
    Receipt: { kind: 'class', has: ['Printer'] },
    Printer: { kind: 'class' },
  },
  run(trace) {
    const items = [3, 4]
    const total = (): number => items.reduce((a, b) => a + b, 0)
    const paper = { print: (_line: string): void => undefined }
    trace.scene('before: one class, two reasons to change')
    const byBasket = trace.between('basket', 'printer', paper)
    const both = { total, print: () => byBasket.print(`${total()}`) }
    const before = trace.between('shop', 'basket', both)
    before.total()
    before.print()
    trace.scene('after: one reason each')
    const byReceipt = trace.between('receipt', 'printer', paper)
    const basket = trace.between('shop', 'basket', { total })
    const receipt = { print: (sum: number) => byReceipt.print(`${sum}`) }
    trace.between('shop', 'receipt', receipt).print(basket.total())
  },
  calls: `
    == before: one class, two reasons to change ==
    shop -> basket.total(): 7
    shop -> basket.print()
      basket -> printer.print('7')
    shop <- basket
    == after: one reason each ==
    shop -> basket.total(): 7
    shop -> receipt.print(7)
      receipt -> printer.print('7')
    shop <- receipt
  `,
}

const interfaceSegregation: TracedExperiment = {
  id: 'pattern-interface-segregation',
  title: 'Interface segregation: a guest and a big machine',
  group: 'principles',
  story:
    'A machine prints, scans and can be reset. A guest only prints. Handed the whole machine, the guest can do all of it, by mistake too. Handed a view of one member, there is nothing else to call: not in the type, and not at run time.',
  watch: [
    'Before: the guest resets the machine.',
    'After: the view passes print on, and has no reset.',
  ],
  participants: { guest: 'Guest', view: 'view', machine: 'Machine' },
  types: {
    Printing: { kind: 'interface' },
    view: { kind: 'object', implements: ['Printing'], has: ['Machine'] },
    Machine: { kind: 'class', implements: ['Printing'] },
  },
  run(trace) {
    const machine = {
      print: (page: string): string => `${page} on paper`,
      scan: (): string => 'scanned',
      reset: (): string => 'all settings lost',
    }
    trace.scene('before: the whole machine')
    const whole = trace.between('guest', 'machine', machine)
    whole.print('a')
    whole.reset()
    trace.scene('after: a view of it')
    const printing = view(trace.between('view', 'machine', machine), ['print'])
    trace.between('guest', 'view', printing).print('a')
    const has = (member: string): boolean => member in printing
    trace.calling('guest', 'view', has, 'has')('reset')
  },
  calls: `
    == before: the whole machine ==
    guest -> machine.print('a'): 'a on paper'
    guest -> machine.reset(): 'all settings lost'
    == after: a view of it ==
    guest -> view.print('a')
      view -> machine.print('a'): 'a on paper'
    guest <- view: 'a on paper'
    guest -> view.has('reset'): false
  `,
}

const lawOfDemeter: TracedExperiment = {
  id: 'pattern-law-of-demeter',
  title: 'Law of Demeter: the city of an order',
  group: 'principles',
  story:
    'A shop wants to know where an order goes. It can ask the order for its customer, the customer for an address and the address for its city; then it knows how all three are built. Or it asks the order, and each asks the one it knows: one step from friend to friend.',
  watch: [
    'Before: three arrows start at the shop, two of them to strangers.',
    'After: one arrow starts at the shop; the rest is a chain of friends.',
  ],
  participants: { shop: 'Shop', order: 'Order', customer: 'Customer', address: 'Address' },
  types: {
    Order: { kind: 'class', has: ['Customer'] },
    Customer: { kind: 'class', has: ['Address'] },
    Address: { kind: 'class' },
  },
  run(trace) {
    const address = { city: () => 'Oslo' }
    trace.scene('before: through strangers')
    const customer = { address: () => trace.between('shop', 'address', address) }
    const order = { customer: () => trace.between('shop', 'customer', customer) }
    trace.between('shop', 'order', order).customer().address().city()
    trace.scene('after: from friend to friend')
    const itsAddress = trace.between('customer', 'address', address)
    const friend = { city: () => itsAddress.city() }
    const itsCustomer = trace.between('order', 'customer', friend)
    trace.between('shop', 'order', { city: () => itsCustomer.city() }).city()
  },
  calls: `
    == before: through strangers ==
    shop -> order.customer(): customer
    shop -> customer.address(): address
    shop -> address.city(): 'Oslo'
    == after: from friend to friend ==
    shop -> order.city()
      order -> customer.city()
        customer -> address.city(): 'Oslo'
      order <- customer: 'Oslo'
    shop <- order: 'Oslo'
  `,
}

class Rectangle {
  protected width = 1
  protected height = 1

  widen(width: number): void {
    this.width = width
  }

  raise(height: number): void {
    this.height = height
  }

  area(): number {
    return this.width * this.height
  }
}

class Square extends Rectangle {
  override widen(side: number): void {
    this.width = side
    this.height = side
  }

  override raise(side: number): void {
    this.widen(side)
  }
}

class Logged extends Rectangle {
  readonly areas: number[] = []

  override area(): number {
    this.areas.push(super.area())
    return super.area()
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

const program: readonly Operation<Size, Rectangle>[] = [
  {
    name: 'widen(2)',
    call: (shape) => shape.widen(2),
    ensures: () => true,
    after: ({ height }) => ({ width: 2, height }),
  },
  {
    name: 'raise(3)',
    call: (shape) => shape.raise(3),
    ensures: () => true,
    after: ({ width }) => ({ width, height: 3 }),
  },
  {
    name: 'area()',
    call: (shape) => shape.area(),
    ensures: ({ width, height }, answer) => answer === width * height,
  },
]

const liskovSubstitution: TracedExperiment = {
  id: 'pattern-liskov-substitution',
  title: 'Liskov substitution: a square is no rectangle',
  group: 'principles',
  story:
    'Clients of a rectangle rely on width and height being apart. The contract says so as a program, and runs it on the rectangle and then on what claims to be one. The square keeps its sides equal, so an area comes out that was never promised. A subtype that adds and does not change passes.',
  watch: [
    'The rectangle of 2 by 3 has 6; the square has 9, and the contract says whose fault it is.',
    'The subtype that keeps a record answers as its base does.',
  ],
  participants: {
    contract: 'assertSubstitutable',
    base: 'Rectangle',
    square: 'Square',
    logged: 'LoggedRectangle',
  },
  types: {
    assertSubstitutable: { kind: 'function' },
    Rectangle: { kind: 'class' },
    Square: { kind: 'class', extends: 'Rectangle' },
    LoggedRectangle: { kind: 'class', extends: 'Rectangle' },
  },
  run(trace) {
    const start: Size = { width: 1, height: 1 }
    const judge = (name: string, subtype: Rectangle): void =>
      assertSubstitutable(
        { start },
        () => trace.between('contract', 'base', new Rectangle()),
        () => trace.between('contract', name, subtype),
        program,
      )
    trace.scene('before: a square')
    refused(() => judge('square', new Square()))
    trace.scene('after: a rectangle with a record')
    judge('logged', new Logged())
  },
  calls: `
    == before: a square ==
    contract -> base.widen(2)
    contract -> base.raise(3)
    contract -> base.area(): 6
    contract -> square.widen(2)
    contract -> square.raise(3)
    contract -> square.area(): 9
    == after: a rectangle with a record ==
    contract -> base.widen(2)
    contract -> base.raise(3)
    contract -> base.area(): 6
    contract -> logged.widen(2)
    contract -> logged.raise(3)
    contract -> logged.area(): 6
  `,
}

const compositeReuse: TracedExperiment = {
  id: 'pattern-composite-reuse',
  title: 'Composite reuse: who counts twice',
  group: 'principles',
  story:
    'A list adds many by adding one after the other. A subclass that counts in both methods counts each of them twice, since it stands in the way of what the list says to itself. An object that holds the list sees only what comes from outside, and counts right, however the list does its work.',
  watch: [
    'Before: addAll is counted, and then each add within it.',
    'After: the list adds on its own, and the counter hears one call.',
  ],
  participants: { client: 'Client', counting: 'Counting', list: 'List' },
  types: { Counting: { kind: 'class', has: ['List'] }, List: { kind: 'class' } },
  run(trace) {
    class List {
      readonly items: string[] = []
      add(item: string): void {
        this.items.push(item)
      }
      addAll(items: readonly string[]): void {
        for (const item of items) this.add(item)
      }
    }
    trace.scene('before: is a list')
    class CountingList extends List {
      count = 0
      override add(item: string): void {
        this.count += 1
        trace.calling('counting', 'list', (one: string) => super.add(one), 'add')(item)
      }
      override addAll(items: readonly string[]): void {
        this.count += items.length
        trace.calling(
          'counting',
          'list',
          (all: readonly string[]) => super.addAll(all),
          'addAll',
        )(items)
      }
      counted(): number {
        return this.count
      }
    }
    const isOne = trace.hooks('list', 'counting', new CountingList(), ['add'])
    const before = trace.between('client', 'counting', isOne)
    before.addAll(['a', 'b'])
    before.counted()
    trace.scene('after: has a list')
    const list = trace.between('counting', 'list', new List())
    let count = 0
    const hasOne = {
      addAll(items: readonly string[]): void {
        count += items.length
        list.addAll(items)
      },
      counted: () => count,
    }
    const after = trace.between('client', 'counting', hasOne)
    after.addAll(['a', 'b'])
    after.counted()
  },
  calls: `
    == before: is a list ==
    client -> counting.addAll(['a', 'b'])
      counting -> list.addAll(['a', 'b'])
        list -> counting.add('a')
          counting -> list.add('a')
        list <- counting
        list -> counting.add('b')
          counting -> list.add('b')
        list <- counting
      counting <- list
    client <- counting
    client -> counting.counted(): 4
    == after: has a list ==
    client -> counting.addAll(['a', 'b'])
      counting -> list.addAll(['a', 'b'])
    client <- counting
    client -> counting.counted(): 2
  `,
}

/**
 * The seven principles, each before and after.
 *
 * @example
 * ```ts
 * import { experiments } from '@lockstep/patterns/lab'
 *
 * if (experiments.filter(({ group }) => group === 'principles').length !== 7) throw new Error('not all')
 * ```
 */
export const principles: readonly TracedExperiment[] = [
  singleResponsibility,
  openClosed,
  liskovSubstitution,
  interfaceSegregation,
  dependencyInversion,
  lawOfDemeter,
  compositeReuse,
]
