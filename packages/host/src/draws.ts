/** Draws by label: the k-th draw of a label is a pure function of seed, name, label and k. */
export class Draws {
  readonly #seed: number
  readonly #name: string
  readonly #streams = new Map<string, { readonly base: number; taken: number }>()

  constructor(seed: number, name: string) {
    this.#seed = seed
    this.#name = name
  }

  /** A number in [0, 1). */
  next(label: string): number {
    let stream = this.#streams.get(label)
    if (stream === undefined) {
      stream = { base: hash(this.#seed, `${this.#name}/${label}`), taken: 0 }
      this.#streams.set(label, stream)
    }
    return spread(stream.base + Math.imul(stream.taken++, 0x9e3779b9)) / 2 ** 32
  }
}

/** FNV-1a over the characters, from a seed. */
function hash(seed: number, text: string): number {
  let value = seed ^ 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return spread(value)
}

/** A bijection on 32 bits in which every input bit reaches every output bit. */
function spread(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 0
}
