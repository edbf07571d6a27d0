/**
 * Randomness by name: the k-th draw of a stream is a pure function of the seed, the stream's name
 * and k. Nobody's draw shifts when somebody else draws more, when a node is added, or when an
 * accident is switched off, and every single draw can be forced by its name on replay.
 */
export class Draws {
  readonly #seed: number
  readonly #forced = new Map<string, Map<number, number>>()
  readonly #streams = new Map<string, Stream>()

  /** `forced` maps names such as `loss n3>n1#8` to the number that the draw shall give. */
  constructor(seed: number, forced: Readonly<Record<string, number>> = {}) {
    this.#seed = seed >>> 0
    for (const [name, value] of Object.entries(forced)) {
      const cut = name.lastIndexOf('#')
      const stream = name.slice(0, cut)
      const draws = this.#forced.get(stream) ?? new Map<number, number>()
      draws.set(Number(name.slice(cut + 1)), value)
      this.#forced.set(stream, draws)
    }
  }

  /** The stream of that name; the same object each time. */
  stream(name: string): Stream {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      stream = new Stream(name, mixName(this.#seed, name), this.#forced.get(name))
      this.#streams.set(name, stream)
    }
    return stream
  }

  /** The next draw of the stream of that name. */
  next(name: string): number {
    return this.stream(name).next()
  }
}

/** One named sequence of draws. */
export class Stream {
  readonly name: string
  readonly #base: number
  readonly #forced: ReadonlyMap<number, number> | undefined
  #count = 0

  constructor(name: string, base: number, forced: ReadonlyMap<number, number> | undefined) {
    this.name = name
    this.#base = base
    this.#forced = forced
  }

  /** How many draws were taken; the next one is called `name#count`. */
  get count(): number {
    return this.#count
  }

  /** A number in [0, 1). */
  next(): number {
    const k = this.#count++
    return this.#forced?.get(k) ?? finish(this.#base + Math.imul(k, 0x9e3779b9)) / 0x1_0000_0000
  }

  /** True with that probability. A draw forced to 0 is always a hit, even where the chance is none. */
  chance(probability: number): boolean {
    if (this.#forced === undefined && probability === 0) {
      this.#count++
      return false
    }
    const drawn = this.next()
    return drawn < probability || (drawn === 0 && this.#forced?.get(this.#count - 1) === 0)
  }
}

function mixName(seed: number, name: string): number {
  let hash = seed ^ 0x811c9dc5
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  }
  return finish(hash)
}

/** Spreads 32 bits over 32 bits: a bijection of full avalanche. */
function finish(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 0
}
