import type { NodeId } from '@lockstep/process'
import type { Views } from '@lockstep/sim'
import type { SummaryChange } from './protocol.ts'

/** Notices when what the stage shows of a node changes. */
export class SummaryWatch {
  readonly #views: Views<unknown, unknown>
  readonly #last = new Map<NodeId, string>()
  #changes: SummaryChange[] = []

  constructor(views: Views<unknown, unknown>) {
    this.#views = views
  }

  /** Looks at a node's view after what happened at a row. */
  look(node: NodeId, view: unknown, row: number): void {
    const summary = this.#views.summary(view)
    const text = JSON.stringify(summary)
    if (this.#last.get(node) === text) return
    this.#last.set(node, text)
    this.#changes.push({ row, node, summary })
  }

  /** The changes since the last time, from a row on. */
  take(fromRow: number): readonly SummaryChange[] {
    const taken = this.#changes
    this.#changes = []
    return taken.filter(({ row }) => row >= fromRow)
  }
}
