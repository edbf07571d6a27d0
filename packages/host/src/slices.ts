import { plain } from './codec.ts'

/**
 * The bytes of the plain codec, in pieces that cost about as much as `bytesMax` bytes each, so that whoever
 * encodes something large can let others work in between. Joined, the pieces are one document.
 *
 * A piece is larger only where a single text or key is. Every piece names its own shapes of
 * objects, so that a reader that goes through them in order understands each.
 */
export function* encodeInSlices(value: unknown, bytesMax: number): Generator<Uint8Array> {
  if (weightOf(value, bytesMax) > bytesMax) yield* cut(value, bytesMax)
  else yield plain.encode(value)
}

/** What is too heavy for one slice. */
function* cut(value: unknown, bytesMax: number): Generator<Uint8Array> {
  if (Array.isArray(value)) yield* slicesOfArray(value, bytesMax)
  else if (isPlain(value)) {
    const entries = Object.entries(value)
    yield header(0xdf, entries.length)
    for (const [key, field] of entries) {
      yield plain.encode(key)
      yield* encodeInSlices(field, bytesMax)
    }
  } else yield plain.encode(value)
}

/** Elements that are small together go together; one that is not is cut in turn. */
function* slicesOfArray(elements: readonly unknown[], bytesMax: number): Generator<Uint8Array> {
  yield header(0xdd, elements.length)
  let run: unknown[] = []
  let weight = 0
  for (const element of elements) {
    const more = weightOf(element, bytesMax)
    if (weight + more > bytesMax && run.length > 0) {
      yield withoutHeader(plain.encode(run))
      run = []
      weight = 0
    }
    if (more > bytesMax) yield* cut(element, bytesMax)
    else {
      run.push(element)
      weight += more
    }
  }
  if (run.length > 0) yield withoutHeader(plain.encode(run))
}

/** About how many bytes a value takes; it stops counting above `max`. */
function weightOf(value: unknown, max: number): number {
  if (typeof value === 'string') return 5 + value.length
  if (value instanceof Uint8Array) return 5 + value.length
  let weight = 5
  if (Array.isArray(value)) {
    for (const element of value) {
      weight += weightOf(element, max - weight)
      if (weight > max) break
    }
  } else if (isPlain(value)) {
    for (const key in value) {
      weight += key.length + weightOf(value[key], max - weight)
      if (weight > max) break
    }
  }
  return weight
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  )
}

/** The header of an array (0xdd) or a map (0xdf) of so many elements. */
function header(type: number, length: number): Uint8Array {
  const bytes = new Uint8Array(5)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, type)
  view.setUint32(1, length)
  return bytes
}

/** An encoded array without what says that it is one. */
function withoutHeader(bytes: Uint8Array): Uint8Array {
  const [type] = bytes
  return bytes.subarray(type === 0xdd ? 5 : type === 0xdc ? 3 : 1)
}
