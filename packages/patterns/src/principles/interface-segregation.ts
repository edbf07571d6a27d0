/**
 * Interface segregation: nobody depends on members that they do not use.
 *
 * ```text
 * wide: list, read, write, sync ── view(wide, ['list', 'read']) ──▶ who only reads
 * ```
 *
 * `view` hands a client the members that it needs and nothing else, at run time too, so that a wide
 * object can be passed on without passing on its power. `rolesOf` takes who uses what and says
 * which small interfaces a wide one is made of.
 *
 * Not for data: a record of fields has no clients to protect from one another. And where all
 * clients use all members there is one role, however many members it has.
 *
 * Lockstep uses it in `test/principles.test.ts`: a process sees a `Context` and never the world
 * behind it; the write-ahead log sees `Files` and no file system; `Clock`, `Random` and `Port` are
 * one role each.
 */

/**
 * The members of `target` that are named, and no others, read-only and frozen.
 *
 * Methods run on the target itself, so private fields work and later changes are seen; they can be
 * passed on without it. Fields and accessors are read through. O(keys) to make.
 *
 * @throws {TypeError} on assignment, and for a key that the target does not have.
 * @example
 * ```ts
 * import { view } from '@lockstep/patterns/principles/interface-segregation'
 *
 * const visitors = new Set(['ann'])
 * const readable = view(visitors, ['has', 'size'])
 * visitors.add('bob')
 * if (!readable.has('bob') || readable.size !== 2) throw new Error('a view shows what is')
 * if ('clear' in readable) throw new Error('a view shows no more')
 * ```
 */
export function view<Target extends object, const Key extends keyof Target>(
  target: Target,
  keys: readonly Key[],
): Readonly<Pick<Target, Key>> {
  const seen = {}
  for (const key of keys) Object.defineProperty(seen, key, forwarded(target, key))
  return Object.freeze(seen) as Readonly<Pick<Target, Key>>
}

function forwarded<Target extends object>(target: Target, key: keyof Target): PropertyDescriptor {
  const found = descriptorOf(target, key)
  if (found === undefined) throw new TypeError(`no member ${String(key)} to show`)
  if (typeof found.value !== 'function') return { get: () => target[key], enumerable: true }
  const call = (...args: unknown[]): unknown => {
    const method = target[key]
    if (typeof method !== 'function') throw new TypeError(`${String(key)} is no method any more`)
    return Reflect.apply(method, target, args)
  }
  return { value: call, enumerable: true }
}

/** The nearest one on the prototype chain; getters are not run. */
function descriptorOf(target: object, key: PropertyKey): PropertyDescriptor | undefined {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, key)
    if (found !== undefined) return found
  }
  return undefined
}

/** Who uses which members of an interface. */
export interface MemberUse {
  readonly client: string
  readonly members: readonly string[]
}

/** Members that the same clients use: an interface of its own. */
export interface Role {
  readonly members: readonly string[]
  readonly clients: readonly string[]
}

/** What a wide interface is made of. */
export interface Segregation {
  /** Disjoint. What a client uses is a union of roles, and there is no smaller set of such roles. */
  readonly roles: readonly Role[]
  /** Members without a client. */
  readonly unused: readonly string[]
}

/**
 * Splits an interface into roles by who uses what. Names that are no members are passed over.
 *
 * O(members times clients).
 *
 * @example
 * ```ts
 * import { rolesOf } from '@lockstep/patterns/principles/interface-segregation'
 *
 * const { roles, unused } = rolesOf(['print', 'scan', 'fax'], [
 *   { client: 'report', members: ['print'] },
 *   { client: 'archive', members: ['scan'] },
 * ])
 * if (roles.length !== 2 || unused[0] !== 'fax') throw new Error('two roles, and nobody faxes')
 * ```
 */
export function rolesOf(members: readonly string[], uses: readonly MemberUse[]): Segregation {
  const used = uses.map((use) => ({ client: use.client, members: new Set(use.members) }))
  const roles = new Map<string, { members: string[]; clients: string[] }>()
  const unused: string[] = []
  for (const member of new Set(members)) {
    const users = used.filter((use) => use.members.has(member))
    const clients = [...new Set(users.map(({ client }) => client))].sort()
    if (clients.length === 0) {
      unused.push(member)
      continue
    }
    const signature = JSON.stringify(clients)
    const role = roles.get(signature) ?? { members: [], clients }
    role.members.push(member)
    roles.set(signature, role)
  }
  return { roles: [...roles.values()], unused }
}
