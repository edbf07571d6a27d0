// Not the package's main module: that one loads an extractor in C++, whose texts are slices of one text of the
// whole document. Such a slice keeps all of it alive, and takes seven times as long to compare as a text of its own.
import type { Shapes } from '@lockstep/process'
import { addExtension, Packr, RESERVE_START_SPACE } from 'msgpackr/pack'
import * as v from 'valibot'
import { HostError } from './host-error.ts'

/** A value within another one that was encoded by itself. It is decoded as that, so whoever reads it decodes it in turn. */
export class Encoded {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

addExtension({
  Class: Encoded,
  type: 1,
  pack: ({ bytes }: Encoded) => bytes,
  unpack: (bytes: Uint8Array) => new Encoded(bytes),
})

/** A reader becomes code, so a key is a plain name, and there are not too many. */
const key = v.pipe(v.string(), v.regex(/^(?!__proto__$)[A-Za-z_$][\w$]{0,63}$/))
const shape = v.pipe(
  v.array(key),
  v.minLength(1),
  v.maxLength(32),
  v.check((keys) => new Set(keys).size === keys.length, 'a key is in it twice'),
)

/** So many fit, with as many others, into the numbers of one byte. */
const shapesMax = 32
const shapesTextMax = 4_000

/** Refuses what are no shapes, or too many. */
export const ShapesSchema: v.GenericSchema<Shapes> = v.pipe(
  v.array(shape),
  v.maxLength(shapesMax),
  v.check(
    (shapes) => JSON.stringify(shapes).length <= shapesTextMax,
    `they take more than ${shapesTextMax} characters`,
  ),
)

/**
 * Plain data as msgpack. An object of a shape that both sides know is told by the number of that
 * shape; any other shape is named within the document, once, at the first object that has it.
 *
 * Shapes that a document names are learned anew from every document, at the cost of dozens of values,
 * and the objects that are read first look different to the engine from the others: everything that
 * touches them later is slower. So the few shapes that most objects have are agreed on beforehand.
 */
export class Codec {
  readonly shapes: Shapes
  readonly #packr: Packr

  constructor(shapes: Shapes) {
    this.shapes = shapes
    const agreed = {
      // Asked for them, msgpackr puts them back after a document that names another shape by the same number.
      getStructures: () => shapes.map((keys) => [...keys]),
      shouldShareStructure: () => false,
      maxSharedStructures: shapesMax,
      maxOwnStructures: shapesMax,
    }
    this.#packr = new Packr({ mapsAsObjects: true, ...(shapes.length === 0 ? {} : agreed) })
  }

  /** The bytes belong to the caller. */
  encode(value: unknown): Uint8Array {
    return this.#packr.pack(value)
  }

  /** The same behind so many bytes, at most 255, that hold anything: room for a header, so that both leave in one piece. */
  encodeBehind(room: number, value: unknown): Uint8Array {
    return this.#packr.pack(value, RESERVE_START_SPACE | room)
  }

  /** What `encode` was given. Throws an `Error` on bytes that are no msgpack. */
  decode(bytes: Uint8Array): unknown {
    return this.#packr.unpack(bytes)
  }
}

/** Names every shape within the document: what a stranger has to understand, or what is read once. */
export const plain: Codec = new Codec([])

/** Every node and client of one build uses the same; who claims to use another one each time is not remembered. */
const knownMax = 16
const known = new Map<string, Codec>([['[]', plain]])

/**
 * The codec of some shapes; equal shapes get the same one. Throws a `HostError` with code `bad-shapes`
 * for what are none.
 */
export function codecOf(shapes: Shapes = []): Codec {
  const name = JSON.stringify(shapes)
  const before = known.get(name)
  if (before !== undefined) return before
  const checked = v.safeParse(ShapesSchema, shapes)
  if (!checked.success) {
    const text = `give at most 32 shapes, each a list of at most 32 different keys that are plain names: ${v.summarize(checked.issues)}`
    throw new HostError('bad-shapes', text)
  }
  const codec = new Codec(checked.output)
  if (known.size < knownMax) known.set(name, codec)
  return codec
}
