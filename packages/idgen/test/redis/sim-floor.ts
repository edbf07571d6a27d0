import type { FloorEra, RedisFloor } from '../../src/redis/redis-floor.ts'

/** A floor that loses nothing, with a moment between being asked and doing it. */
export class SimFloor implements RedisFloor {
  #era = 0
  #bound = 0n

  async begin(_name: string): Promise<FloorEra> {
    await Promise.resolve()
    return { era: ++this.#era, bound: this.#bound }
  }

  async raise(_name: string, era: number, bound: bigint): Promise<boolean> {
    await Promise.resolve()
    if (era !== this.#era) return false
    if (bound > this.#bound) this.#bound = bound
    return true
  }
}
