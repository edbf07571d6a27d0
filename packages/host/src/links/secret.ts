/**
 * Two ends of a link show each other that they know one secret, which itself never goes over it.
 *
 * ```text
 *   dialler                                          listener
 *   hello, with a nonce                    ───────▶
 *                                          ◀───────  challenge, with a nonce
 *   HMAC(secret, 'dialler' and all facts)  ───────▶
 *                                          ◀───────  welcome, HMAC(secret, 'listener' and all facts)
 * ```
 *
 * The facts are the wire's version, the role, the cluster, both names and both nonces. So a proof
 * that was overheard is of no use later (the nonces are drawn for one link), nor on the way back (the
 * side is in it), nor under another name or in another cluster. The dialler proves first: a node
 * that anybody can reach gives nobody something to try passwords on.
 *
 * It says who is at the other end when a link begins, and no more: nothing is encrypted, and whoever
 * sits on the way can read the frames that follow, and change them.
 */
import {
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import * as v from 'valibot'
import { HostError } from '../host-error.ts'
import {
  type Challenge,
  ChallengeSchema,
  type Hello,
  type Proof,
  ProofSchema,
  type Welcome,
} from './wire.ts'

/** Which end of a link something is said by. */
type Side = 'dialler' | 'listener'

/** What both ends of a link have to agree on. */
interface Facts {
  readonly version: number
  readonly role: Hello['role']
  readonly cluster: string
  /** The name of whoever dials; control has none. */
  readonly dialler: string
  readonly listener: string
  readonly diallerNonce: string
  readonly listenerNonce: string
}

/** The decisions that keep a secret's proofs from being of use to anybody else; tests break them one by one. */
export interface SecretRules {
  /** A number that is used once, and that nobody can foresee. */
  nonce(): string
  /** What one side signs: text that no other side, link, name or cluster ever signs. */
  signed(side: Side, facts: Facts): string
}

const nonceBytes = 24

/** The rules as they stand. */
export const secretRules: SecretRules = {
  nonce: () => randomBytes(nonceBytes).toString('base64url'),
  // JSON, since the ends of names that are merely strung together could be moved.
  signed: (side, facts) =>
    JSON.stringify([
      'lockstep link',
      side,
      facts.version,
      facts.role,
      facts.cluster,
      facts.dialler,
      facts.listener,
      facts.diallerNonce,
      facts.listenerNonce,
    ]),
}

/** The secret in a form that no log prints. Throws a `HostError` with code `bad-secret` for an empty one. */
export function secretKey(secret: string | undefined): KeyObject | undefined {
  if (secret === undefined) return undefined
  if (secret !== '') return createSecretKey(secret, 'utf8')
  throw new HostError(
    'bad-secret',
    'the secret is empty: give one that cannot be guessed, such as 32 random bytes in hex, or leave it out',
  )
}

function proofOf(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** Takes as long whichever byte is the first that differs. */
function isSame(expected: string, given: string | undefined): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given ?? '')]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The dialler's side of one link. Without a secret it greets and asks for nothing. */
export class DiallerHandshake {
  readonly hello: Hello
  readonly #key: KeyObject | undefined
  readonly #rules: SecretRules
  #facts: Facts | undefined

  constructor(hello: Hello, key: KeyObject | undefined, rules: SecretRules = secretRules) {
    this.hello = key === undefined ? hello : { ...hello, nonce: rules.nonce() }
    this.#key = key
    this.#rules = rules
  }

  /** The answer to a challenge, once; `undefined` to what is none, or none that this side waits for. */
  answer(frame: unknown): Proof | undefined {
    const { hello } = this
    if (this.#key === undefined || this.#facts !== undefined) return undefined
    if (!v.is(ChallengeSchema, frame)) return undefined
    if (hello.role !== 'control' && frame.id !== hello.to) return undefined
    this.#facts = factsOf(hello, frame)
    return { type: 'proof', proof: proofOf(this.#key, this.#rules.signed('dialler', this.#facts)) }
  }

  /** Whether a welcome comes from somebody who knows the secret, if there is one. */
  isProven({ proof }: Welcome): boolean {
    if (this.#key === undefined) return true
    if (this.#facts === undefined) return false
    return isSame(proofOf(this.#key, this.#rules.signed('listener', this.#facts)), proof)
  }
}

/** The listener's side of one link, after a hello with a nonce. */
export class ListenerHandshake {
  readonly challenge: Challenge
  readonly #key: KeyObject
  readonly #rules: SecretRules
  readonly #facts: Facts

  constructor(id: string, hello: Hello, key: KeyObject, rules: SecretRules = secretRules) {
    this.challenge = { type: 'challenge', id, nonce: rules.nonce() }
    this.#key = key
    this.#rules = rules
    this.#facts = factsOf(hello, this.challenge)
  }

  /** Whether a frame proves that the dialler knows the secret. */
  takes(frame: unknown): boolean {
    const expected = proofOf(this.#key, this.#rules.signed('dialler', this.#facts))
    return v.is(ProofSchema, frame) && isSame(expected, frame.proof)
  }

  /** The proof of this side, for who has proven itself. */
  get proof(): string {
    return proofOf(this.#key, this.#rules.signed('listener', this.#facts))
  }
}

function factsOf(hello: Hello, challenge: Challenge): Facts {
  return {
    version: hello.version,
    role: hello.role,
    cluster: hello.cluster,
    dialler: hello.role === 'control' ? '' : hello.id,
    listener: challenge.id,
    diallerNonce: hello.nonce ?? '',
    listenerNonce: challenge.nonce,
  }
}

/** What is said where a proof is missing, by its code. */
export const secretTexts = {
  'secret-needed':
    'this node has a secret: give whoever connects the same one, by --secret-file or the option `secret`',
  'no-secret':
    'this node was given no secret, and whoever connects wants one proven: start the node with the same --secret-file, or connect without',
  'wrong-secret':
    "the proof does not fit this node's secret: give both ends the same file by --secret-file",
  unproven:
    'no proof of the secret came in time: the other end is slow, or knows no secret; try again, or give it the same --secret-file',
} as const

/** What a dialler says of a welcome that proves nothing. */
export const unprovenWelcome =
  'what answers did not prove that it knows the secret, so nothing was sent to it: start it with the same --secret-file, and make sure that the address is right'
