import type { Message, NodeId, Shapes } from '@lockstep/process'
import * as v from 'valibot'
import { type Codec, plain, ShapesSchema } from '../codec.ts'

/**
 * What goes over a link, as binary WebSocket messages in msgpack.
 *
 * The side that dials says `Hello`; the other answers `Welcome`, or `Refused` and closes. Where a
 * secret is set, a `Challenge` and a `Proof` stand between the two (secret.ts). After that
 * a link carries frames: arrays of `[number, message]`, where `number` is the sender's count of its
 * messages, in the shapes that its hello or welcome named. What is bundled in a message stands in it as an extension of type 1, whose bytes are a
 * document of their own. From a node to a node a link carries frames one way only; a client gets its replies on
 * the link that it dialled. On a control link requests and answers follow instead
 * (control/protocol.ts).
 */
export const wireVersion = 3

/** The code with which a node that ends in good order closes its connections. */
export const goodbyeCode = 1001

/** The path that peers and clients dial, and the one for control. */
export const linkPath = '/link'
export const controlPath = '/control'

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const nonce = v.pipe(v.string(), v.minLength(16), v.maxLength(100))
const proof = v.pipe(v.string(), v.maxLength(100))

/** The first frame of whoever dials. */
export type Hello =
  | {
      readonly type: 'hello'
      readonly version: number
      readonly role: 'peer' | 'client'
      readonly cluster: string
      readonly id: NodeId
      /** Whom the dialler wants to reach: an address may have passed on to somebody else. */
      readonly to: NodeId
      /** The shapes by which the dialler's frames are encoded. */
      readonly shapes?: Shapes
      /** Drawn for this link alone, by a dialler that has a secret. */
      readonly nonce?: string
    }
  | {
      readonly type: 'hello'
      readonly version: number
      readonly role: 'control'
      readonly cluster: string
      readonly nonce?: string
    }

/** Refuses what is no hello. */
export const HelloSchema: v.GenericSchema<Hello> = v.variant('role', [
  v.object({
    type: v.literal('hello'),
    version: v.number(),
    role: v.picklist(['peer', 'client']),
    cluster: name,
    id: name,
    to: name,
    shapes: v.exactOptional(ShapesSchema),
    nonce: v.exactOptional(nonce),
  }),
  v.object({
    type: v.literal('hello'),
    version: v.number(),
    role: v.literal('control'),
    cluster: name,
    nonce: v.exactOptional(nonce),
  }),
])

/** The answer of a node that has a secret to a hello that fits; the dialler proves that it knows it too. */
export interface Challenge {
  readonly type: 'challenge'
  readonly id: NodeId
  /** Drawn for this link alone. */
  readonly nonce: string
}

/** Refuses what is no challenge. */
export const ChallengeSchema: v.GenericSchema<Challenge> = v.object({
  type: v.literal('challenge'),
  id: name,
  nonce,
})

/** The answer to a challenge. */
export interface Proof {
  readonly type: 'proof'
  readonly proof: string
}

/** Refuses what is no proof. */
export const ProofSchema: v.GenericSchema<Proof> = v.object({ type: v.literal('proof'), proof })

/** The answer to a hello that is accepted. */
export interface Welcome {
  readonly type: 'welcome'
  readonly id: NodeId
  readonly incarnation: number
  /** The shapes by which the frames to a client are encoded. */
  readonly shapes?: Shapes
  /** Of a node that has a secret: that it knows it. */
  readonly proof?: string
}

/** Refuses what is no welcome. */
export const WelcomeSchema: v.GenericSchema<Welcome> = v.object({
  type: v.literal('welcome'),
  id: v.string(),
  incarnation: v.number(),
  shapes: v.exactOptional(ShapesSchema),
  proof: v.exactOptional(proof),
})

/** Why a link is refused; `text` says how to mend it. The link is closed behind it. */
export type RefusalCode =
  | 'malformed'
  | 'too-large'
  | 'wrong-version'
  | 'wrong-cluster'
  | 'wrong-node'
  | 'wrong-role'
  | 'id-taken'
  | 'too-many-links'
  | 'secret-needed'
  | 'no-secret'
  | 'wrong-secret'
  | 'unproven'

/** The last frame on a link that is refused. */
export interface Refused {
  readonly type: 'refused'
  readonly code: RefusalCode
  readonly text: string
}

/** A refusal as it arrives; whoever refuses may know codes that this side does not. */
export const RefusedSchema: v.GenericSchema<Omit<Refused, 'code'> & { readonly code: string }> =
  v.object({ type: v.literal('refused'), code: v.string(), text: v.string() })

/** A message with its sender's number. */
export type Numbered = readonly [number: number, message: Message]

/** What the bytes say, or `undefined` when they are no msgpack. */
export function tryDecode(bytes: Uint8Array, codec: Codec = plain): unknown {
  try {
    return codec.decode(bytes)
  } catch {
    return undefined
  }
}

/** The messages of a frame, or in a few words why it is none. By hand, since every message passes here. */
export function readMessages(frame: unknown): readonly Numbered[] | string {
  if (!Array.isArray(frame)) return 'a frame is an array'
  for (const item of frame) {
    if (!Array.isArray(item) || item.length !== 2)
      return 'a frame holds pairs of number and message'
    const [number, message]: readonly unknown[] = item
    if (!Number.isSafeInteger(number)) return 'the number of a message is a whole number'
    if (typeof message !== 'object' || message === null) return 'a message is an object'
    if (!('type' in message) || typeof message.type !== 'string')
      return 'a message has a string as its type'
  }
  return frame as readonly Numbered[]
}
