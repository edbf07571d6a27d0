import type { HistoryEvent, NodeId, Recorder } from '@lockstep/process'
import type { Script } from './script.ts'
import { rows } from './trace.ts'
import type { SimWorld } from './world.ts'

/** Notes what the clients of a run see, in its history and in its trace. */
export class HistoryLog {
  readonly events: HistoryEvent[] = []
  readonly #world: SimWorld
  #operations = 0

  constructor(world: SimWorld) {
    this.#world = world
  }

  /** How many operations were invoked. */
  get operations(): number {
    return this.#operations
  }

  /**
   * The recorder of one client. An operation that begins while another one is open, or after one
   * whose outcome is unknown, goes under a name of its own: `c1`, `c1.2`, …
   */
  recorder(script: Script): Recorder {
    let names = 1
    const free: NodeId[] = [script.id]
    const clients = new Map<number, NodeId>()
    const end = (type: 'ok' | 'fail' | 'info', id: number, said: unknown): void => {
      const client = clients.get(id)
      if (client === undefined) throw new Error(`operation ${id} is not open`)
      clients.delete(id)
      if (type !== 'info') free.push(client)
      const at = this.#world.now
      this.events.push(
        type === 'ok'
          ? { type, at, client, id, value: said }
          : { type, at, client, id, why: String(said) },
      )
      this.#note(type, script, id, said)
    }
    return {
      invoke: (op) => {
        const id = this.#operations++
        const client = free.pop() ?? `${script.id}.${++names}`
        clients.set(id, client)
        this.events.push({ type: 'invoke', at: this.#world.now, client, id, op })
        this.#note('invoke', script, id, op)
        return id
      },
      ok: (id, value) => end('ok', id, value),
      fail: (id, why) => end('fail', id, why),
      info: (id, why) => end('info', id, why),
    }
  }

  #note(kind: 'invoke' | 'ok' | 'fail' | 'info', script: Script, id: number, data: unknown): void {
    const world = this.#world
    world.trace.add(world.now, world.steps, rows[kind], script.index, -1, world.cause, '', id, data)
  }
}
