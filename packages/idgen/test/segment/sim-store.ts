import type { Clock } from '../../src/clock.ts'
import { IdError } from '../../src/id-error.ts'
import type { Segment, SegmentStore } from '../../src/segment/segment-store.ts'

/** A store on virtual time, which can be slow, down, or lose the answer to what it did. */
export class SimStore implements SegmentStore {
  isDown = false
  losesAnswers = false
  latencyMs: number
  /** How often a segment was asked for. */
  asked = 0
  /** What was loaded, in order, for every tag. */
  readonly loaded: Segment[] = []
  readonly #clock: Clock
  readonly #rows: Map<string, { maxId: bigint; step: number }>

  constructor(clock: Clock, latencyMs: number, steps: Readonly<Record<string, number>>) {
    this.#clock = clock
    this.latencyMs = latencyMs
    const rows = Object.entries(steps)
    this.#rows = new Map(rows.map(([tag, step]) => [tag, { maxId: 1n, step }]))
  }

  setStep(tag: string, step: number): void {
    this.#rows.set(tag, { maxId: this.#rows.get(tag)?.maxId ?? 1n, step })
  }

  remove(tag: string): void {
    this.#rows.delete(tag)
  }

  async tags(): Promise<ReadonlyMap<string, number>> {
    await this.#clock.sleep(this.latencyMs)
    if (this.isDown) throw new IdError('unavailable', 'the store is down')
    return new Map(Array.from(this.#rows, ([tag, { step }]) => [tag, step]))
  }

  async load(tag: string, size?: number): Promise<Segment> {
    this.asked++
    await this.#clock.sleep(this.latencyMs / 2)
    if (this.isDown) throw new IdError('unavailable', 'the store is down')
    const row = this.#rows.get(tag)
    if (row === undefined) throw new IdError('no-such-sequence', `there is no tag '${tag}'`)
    const first = row.maxId
    row.maxId = first + BigInt(size ?? row.step)
    const segment = { first, end: row.maxId, step: row.step }
    await this.#clock.sleep(this.latencyMs / 2)
    if (this.losesAnswers) throw new IdError('unavailable', 'the answer was lost')
    this.loaded.push(segment)
    return segment
  }
}
