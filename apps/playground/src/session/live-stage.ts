import type { NodeState } from '@lockstep/host'
import type { NodeId } from '@lockstep/process'
import type { Lab } from '@lockstep/sim'
import type { Cluster } from '../cluster/cluster.ts'
import type { NodeView, SummaryChange } from './protocol.ts'
import { SummaryWatch } from './summary-watch.ts'

interface Seen {
  /** Microseconds since 1970. */
  readonly at: number
  readonly node: NodeId
  readonly view: unknown
}

/** Looks at the nodes of a live cluster: after they did something, and when the page asks. */
export class LiveStage {
  readonly #cluster: Cluster
  readonly #lab: Lab
  readonly #startedAt: number
  readonly #watch: SummaryWatch
  readonly #looking = new Set<NodeId>()
  #seen: Seen[] = []
  #ended = false

  constructor(cluster: Cluster, lab: Lab, startedAt: number) {
    this.#cluster = cluster
    this.#lab = lab
    this.#startedAt = startedAt
    this.#watch = new SummaryWatch(lab.views)
    for (const id of cluster.nodes) this.changed(id)
  }

  /** A node did something: look at it, one look at a time. */
  changed(id: NodeId): void {
    if (this.#looking.has(id) || this.#ended) return
    this.#looking.add(id)
    void this.#look(id).finally(() => this.#looking.delete(id))
  }

  end(): void {
    this.#ended = true
  }

  /** The changes that were seen before an instant; they hold from `row` on. */
  take(until: number, row: number): readonly SummaryChange[] {
    const due = this.#seen.filter(({ at }) => at < until)
    this.#seen = this.#seen.filter(({ at }) => at >= until)
    for (const { node, view } of due) this.#watch.look(node, view, row)
    return this.#watch.take(0)
  }

  /** All nodes in full. */
  async views(): Promise<readonly NodeView[]> {
    return Promise.all(
      this.#cluster.status().map(async ({ id, standing, incarnation }) => {
        const state = await this.#ask(id)
        const view = state?.view
        return {
          id,
          state: standing === 'starting' ? ('down' as const) : standing,
          incarnation: incarnation ?? 0,
          clockOffsetMs: Math.round(state?.clockOffsetMs ?? 0),
          timers: (state?.timers ?? []).map(({ name, armedAt, dueAt }) => ({
            name,
            armedAt: armedAt - this.#startedAt,
            dueAt: dueAt - this.#startedAt,
          })),
          unsynced: state?.unsynced ?? 0,
          log: view === undefined ? [] : (this.#lab.views.log?.(view) ?? []),
          view,
        }
      }),
    )
  }

  async #look(id: NodeId): Promise<void> {
    const state = await this.#ask(id)
    if (state === undefined) return
    const at = Math.floor((performance.timeOrigin + performance.now()) * 1000)
    this.#seen.push({ at, node: id, view: state.view })
  }

  /** A node that goes down while it is asked gives no answer. */
  async #ask(id: NodeId): Promise<NodeState | undefined> {
    return this.#cluster
      .control(id)
      ?.look()
      .catch(() => undefined)
  }
}
