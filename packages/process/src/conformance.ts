import type { Context, NodeId } from './context.ts'
import type { Build, Message, Process, Saved } from './process.ts'

/** A world as the conformance cases drive it. */
export interface WorldUnderTest {
  /** Starts a process of that id: on a fresh disk the first time, on what its disk kept later on. */
  start(id: NodeId, build: Build): Promise<void>
  /** Ends a process without warning; what was not synced may be lost. */
  kill(id: NodeId): Promise<void>
  /** Asks a process to finish, and ends it in good order once it has. */
  stop(id: NodeId): Promise<void>
  /** Lets the world run until `done` says so; rejects when that will not come. */
  until(done: () => boolean): Promise<void>
}

/** One thing that the contract promises, to be run in a fresh world. Rejects where it is broken. */
export interface ConformanceCase {
  readonly name: string
  readonly run: (world: WorldUnderTest) => Promise<void>
}

/** What every world promises its processes; the doc comments of `Context` and `Process` as tests. */
export const conformance: readonly ConformanceCase[] = [
  { name: 'a process starts first of all, on an empty disk, as incarnation 1', run: startsFirst },
  { name: 'a message arrives, and says who sent it', run: delivers },
  { name: 'a message to an unknown id is dropped, and the next one arrives', run: dropsUnknown },
  { name: 'a message to oneself comes back later, and never re-enters', run: neverReenters },
  { name: 'appends stand at consecutive positions, and synced only grows', run: appends },
  { name: 'sendOnceSynced leaves when all before it is durable', run: holdsBack },
  { name: 'a timer that is set again fires once, and a cleared one never', run: timers },
  { name: 'steps are flushed before time passes, and only steps', run: flushes },
  { name: 'a restart finds what was synced, and goes on behind it', run: restarts },
  { name: 'a snapshot replaces the log before it', run: snapshots },
  { name: 'a snapshot that compacts the log is written beside it', run: compacts },
  { name: 'a stop waits until the process has finished', run: stopsFinished },
  { name: 'a stop keeps what was written, and sends what waited for that', run: stopsDurably },
  { name: 'a process that has nothing to finish is stopped at once', run: stopsAtOnce },
  { name: 'a process that ends hangs up on whom it sent to', run: hangsUp },
  { name: 'clocks and draws give what they promise', run: clocks },
]

/** A process that notes what happens and does what the case tells it to. */
class Probe implements Process {
  readonly context: Context
  readonly seen: string[] = []
  readonly syncs: number[] = []
  /** How many events each flush came after. */
  readonly flushed: number[] = []
  readonly saved: Saved<unknown, unknown>[] = []
  step: (event: string) => void = () => undefined
  /** Tells the world that this process has finished. Called at once where nobody took it away. */
  finished: () => void = () => undefined
  finishesAtOnce = true

  constructor(context: Context) {
    this.context = context
  }

  start(saved: Saved<unknown, unknown>): void {
    this.saved.push(saved)
    this.#note('start')
  }

  receive(from: NodeId, message: Message): void {
    this.#note(`${from}: ${message.type}`)
  }

  timeout(timer: string): void {
    this.#note(`timeout ${timer}`)
  }

  hungUp(peer: NodeId): void {
    this.#note(`hang-up of ${peer}`)
  }

  synced(position: number): void {
    this.syncs.push(position)
    this.#note('synced')
  }

  flush(): void {
    this.flushed.push(this.seen.length)
  }

  stop(finished: () => void): void {
    this.finished = finished
    this.#note('stop')
    if (this.finishesAtOnce) finished()
  }

  view(): unknown {
    return this.seen
  }

  #note(event: string): void {
    this.seen.push(event)
    this.step(event)
  }
}

/** Starts a probe whose steps do what `step` says, from the first on. */
async function probe(
  world: WorldUnderTest,
  id: NodeId,
  step: (probe: Probe, event: string) => void = () => undefined,
): Promise<Probe> {
  let made: Probe | undefined
  await world.start(id, (context) => {
    const fresh = new Probe(context)
    fresh.step = (event) => step(fresh, event)
    made = fresh
    return fresh
  })
  await world.until(() => made?.seen[0] === 'start')
  if (made === undefined) throw new Error(`${id} was not built`)
  return made
}

function hold(claim: boolean, text: string): void {
  if (!claim) throw new Error(text)
}

function same(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)]
  hold(a === b, `${what}: expected ${b}, found ${a}`)
}

async function startsFirst(world: WorldUnderTest): Promise<void> {
  const { context, saved, seen } = await probe(world, 'n1')
  same([seen[0], context.id, context.incarnation], ['start', 'n1', 1], 'the first start')
  same(saved, [{ first: 0, entries: [] }], 'a fresh disk')
}

async function delivers(world: WorldUnderTest): Promise<void> {
  const n2 = await probe(world, 'n2')
  const n1 = await probe(world, 'n1', ({ context }, event) => {
    if (event === 'start') context.setTimer('go', 1)
    if (event === 'timeout go') {
      context.send('n2', { type: 'Hello' })
      context.setTimer('go', 50)
    }
  })
  await world.until(() => n2.seen.includes('n1: Hello'))
  same(n1.saved.length, 1, 'starts of n1')
}

async function dropsUnknown(world: WorldUnderTest): Promise<void> {
  const n1 = await probe(world, 'n1', ({ context }, event) => {
    if (event !== 'start') return
    context.send('n9', { type: 'Lost' })
    context.send('n1', { type: 'Found' })
  })
  await world.until(() => n1.seen.includes('n1: Found'))
}

async function neverReenters(world: WorldUnderTest): Promise<void> {
  const order: string[] = []
  const { seen } = await probe(world, 'n1', ({ context }, event) => {
    order.push(`begin ${event}`)
    if (event === 'start') context.send('n1', { type: 'First' })
    if (event === 'n1: First') context.send('n1', { type: 'Second' })
    order.push(`end ${event}`)
  })
  await world.until(() => seen.includes('n1: Second'))
  const events = ['start', 'n1: First', 'n1: Second']
  same(
    order,
    events.flatMap((event) => [`begin ${event}`, `end ${event}`]),
    'the order of steps',
  )
}

async function appends(world: WorldUnderTest): Promise<void> {
  const positions: number[] = []
  const { syncs } = await probe(world, 'n1', ({ context }, event) => {
    if (event === 'start' || event === 'timeout more') {
      for (let k = 0; k < 5; k++) positions.push(context.append({ k }))
      if (event === 'start') context.setTimer('more', 5)
    }
  })
  await world.until(() => syncs.at(-1) === 9)
  same(positions, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'positions')
  hold(
    syncs.every((position, index) => position >= (syncs[index - 1] ?? 0)),
    `synced went back: ${syncs.join(', ')}`,
  )
}

async function holdsBack(world: WorldUnderTest): Promise<void> {
  let durable = -1
  let durableAtArrival: number | undefined
  await probe(world, 'n2', (_probe, event) => {
    if (event === 'n1: Held') durableAtArrival ??= durable
  })
  const n1 = await probe(world, 'n1', ({ context, syncs }, event) => {
    durable = syncs.at(-1) ?? -1
    if (event === 'start') context.setTimer('go', 1)
    if (event === 'timeout go') {
      context.append('entry')
      context.sendOnceSynced('n2', { type: 'Held' })
      context.setTimer('go', 50)
    }
  })
  await world.until(() => durableAtArrival !== undefined)
  hold((durableAtArrival ?? -1) >= 0, 'a held message left before its append was durable')
  hold(n1.seen.includes('synced'), 'synced was never called')
}

async function timers(world: WorldUnderTest): Promise<void> {
  const { seen } = await probe(world, 'n1', ({ context }, event) => {
    if (event !== 'start') return
    context.setTimer('twice', 5)
    context.setTimer('cleared', 5)
    context.setTimer('twice', 10)
    context.clearTimer('cleared')
    context.clearTimer('never set')
    context.setTimer('last', 60)
  })
  await world.until(() => seen.includes('timeout last'))
  same(seen, ['start', 'timeout twice', 'timeout last'], 'what fired')
}

async function flushes(world: WorldUnderTest): Promise<void> {
  const after = new Map([
    ['start', 'first'],
    ['timeout first', 'second'],
    ['timeout second', 'third'],
  ])
  const { seen, flushed } = await probe(world, 'n1', ({ context }, event) => {
    const timer = after.get(event)
    if (timer !== undefined) context.setTimer(timer, 5)
  })
  await world.until(() => seen.includes('timeout third'))
  same(flushed.slice(0, 3), [1, 2, 3], 'after how many steps each flush came')
}

async function restarts(world: WorldUnderTest): Promise<void> {
  const before = await probe(world, 'n1', ({ context }, event) => {
    if (event !== 'start') return
    context.append('a')
    context.append('b')
    context.setTimer('of a past life', 30)
  })
  await world.until(() => before.syncs.at(-1) === 1)
  await world.kill('n1')
  const position: number[] = []
  const after = await probe(world, 'n1', ({ context }, event) => {
    if (event !== 'start') return
    position.push(context.append('c'))
    context.setTimer('later', 60)
  })
  await world.until(() => after.seen.includes('timeout later'))
  same(after.saved, [{ first: 0, entries: ['a', 'b'] }], 'what the disk kept')
  same(position, [2], 'the next position')
  same(after.context.incarnation, 2, 'the incarnation')
  hold(!after.seen.includes('timeout of a past life'), 'a timer outlived its incarnation')
}

async function snapshots(world: WorldUnderTest): Promise<void> {
  const before = await probe(world, 'n1', ({ context }, event) => {
    if (event !== 'start') return
    for (const entry of ['a', 'b', 'c']) context.append(entry)
    context.saveSnapshot({ upTo: 'b' }, 2)
    context.append('d')
  })
  await world.until(() => before.syncs.at(-1) === 3)
  await world.kill('n1')
  const { saved } = await probe(world, 'n1')
  same(saved, [{ snapshot: { upTo: 'b' }, first: 2, entries: ['c', 'd'] }], 'what the disk kept')
}

const compactingLives = 20

/** The log goes on beside the snapshot, which is there after some while, and replaces only what is before it. */
async function compacts(world: WorldUnderTest): Promise<void> {
  for (let life = 0; life < compactingLives; life++) {
    const { saved, syncs } = await probe(world, 'n1', ({ context, seen }, event) => {
      if (event === 'start') {
        context.append('a')
        context.append('b')
        context.compact({ upTo: 'a' }, 1)
      }
      const isLast = seen.filter((each) => each === event).length > 5
      if (event !== 'start' && (event !== 'timeout more' || isLast)) return
      context.append('more')
      context.setTimer('more', 5)
    })
    const [found] = saved
    const before = found?.entries.length ?? 0
    if (found?.snapshot !== undefined) {
      same(found.snapshot, { upTo: 'a' }, 'the snapshot that the disk kept')
      same(found.first, 1, 'where the log begins behind it')
      same(found.entries[0], 'b', 'what stands behind it')
      return
    }
    same(found?.first, 0, 'where the log begins without a snapshot')
    await world.until(() => (syncs.at(-1) ?? 0) >= before + 7)
    await world.kill('n1')
  }
  throw new Error('a snapshot that compacts the log never was durable')
}

/** A pair of which n1 has reached n2, and then does what `step` says. */
async function connected(
  world: WorldUnderTest,
  step: (probe: Probe, event: string) => void,
): Promise<{ readonly n1: Probe; readonly n2: Probe }> {
  const n2 = await probe(world, 'n2')
  const n1 = await probe(world, 'n1', (one, event) => {
    if (event === 'start' || event === 'timeout hello') {
      one.context.send('n2', { type: 'Hello' })
      one.context.setTimer('hello', 10)
    } else step(one, event)
  })
  await world.until(() => n2.seen.includes('n1: Hello'))
  return { n1, n2 }
}

async function stopsFinished(world: WorldUnderTest): Promise<void> {
  const { n1, n2 } = await connected(world, (one, event) => {
    if (event === 'stop') {
      one.finishesAtOnce = false
      one.context.setTimer('hand over', 30)
    } else if (event === 'timeout hand over') {
      one.context.send('n2', { type: 'Yours' })
      one.finished()
    }
  })
  await world.stop('n1')
  const steps = n1.seen.filter((event) => event === 'stop' || event === 'timeout hand over')
  same(steps, ['stop', 'timeout hand over'], 'the steps of n1')
  await world.until(() => n2.seen.includes('n1: Yours'))
}

async function stopsDurably(world: WorldUnderTest): Promise<void> {
  const { n2 } = await connected(world, ({ context }, event) => {
    if (event !== 'stop') return
    for (const entry of ['a', 'b', 'c']) context.append(entry)
    context.sendOnceSynced('n2', { type: 'Held' })
  })
  await world.stop('n1')
  await world.until(() => n2.seen.includes('n1: Held'))
  const { saved } = await probe(world, 'n1')
  same(saved, [{ first: 0, entries: ['a', 'b', 'c'] }], 'what the disk kept')
}

async function stopsAtOnce(world: WorldUnderTest): Promise<void> {
  await world.start('n1', (context) => ({
    start: () => void context.append('a'),
    receive: () => undefined,
    timeout: () => undefined,
    view: () => undefined,
  }))
  await world.stop('n1')
  const { saved, context } = await probe(world, 'n1')
  same(saved, [{ first: 0, entries: ['a'] }], 'what the disk kept')
  same(context.incarnation, 2, 'the incarnation')
}

async function hangsUp(world: WorldUnderTest): Promise<void> {
  const { n2 } = await connected(world, () => undefined)
  hold(!n2.seen.includes('hang-up of n1'), 'a peer that runs has hung up')
  await world.kill('n1')
  await world.until(() => n2.seen.includes('hang-up of n1'))
}

async function clocks(world: WorldUnderTest): Promise<void> {
  let elapsed = -1
  const { context, seen } = await probe(world, 'n1', (one, event) => {
    if (event === 'start') one.context.setTimer('tick', 20)
    if (event === 'timeout tick') elapsed = one.context.elapsed()
  })
  await world.until(() => seen.includes('timeout tick'))
  hold(elapsed >= 19, `a timer of 20 ms fired after ${elapsed} ms`)
  hold(Number.isInteger(elapsed) && Number.isInteger(context.wall()), 'clocks read whole numbers')
  const draws = Array.from({ length: 20 }, () => context.random('draw'))
  hold(
    draws.every((drawn) => drawn >= 0 && drawn < 1),
    'a draw is not in [0, 1)',
  )
  hold(new Set(draws).size > 10, 'draws of one label repeat')
}
