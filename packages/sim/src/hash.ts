/** A running 64-bit hash over numbers: two independent lanes of 32 bits. */
export class Hash {
  #a = 0x243f6a88
  #b = 0x85a308d3

  /** Takes an integer; of larger ones than 2^53 nothing is promised. */
  add(value: number): void {
    const low = value | 0
    const mixed = value === low ? low : low ^ Math.imul((value / 0x1_0000_0000) | 0, 0x27d4eb2f)
    this.#a = Math.imul(this.#a ^ mixed, 0x85ebca6b)
    this.#a ^= this.#a >>> 13
    this.#b = Math.imul((this.#b << 5) ^ (this.#b >>> 27) ^ mixed, 0xc2b2ae35)
  }

  /** Takes the four integers of a trace's row. */
  row(first: number, second: number, third: number, fourth: number): void {
    this.add(first)
    this.add(second)
    this.add(third)
    this.add(fourth)
  }

  text(value: string): void {
    this.add(value.length)
    for (let i = 0; i < value.length; i++) this.add(value.charCodeAt(i))
  }

  /** Takes plain data, whatever the order of its keys. */
  data(value: unknown): void {
    if (typeof value === 'string') this.text(value)
    else if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) this.add(value)
      else this.text(String(value))
    } else if (Array.isArray(value)) {
      this.add(value.length)
      for (const item of value) this.data(item)
    } else if (typeof value === 'object' && value !== null) {
      const keys = Object.keys(value).sort()
      for (const key of keys) {
        this.text(key)
        this.data((value as Readonly<Record<string, unknown>>)[key])
      }
    } else this.text(String(value))
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, '0')
    return hex(this.#a) + hex(this.#b)
  }
}
