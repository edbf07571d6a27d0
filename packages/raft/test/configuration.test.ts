import type { NodeId } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changed,
  type Configuration,
  configurationOf,
  groupsOf,
  isVoter,
  leave,
  type MembershipChange,
  type MembershipStep,
  membersOf,
  noConfiguration,
  votersOf,
} from '../src/configuration.ts'
import { hasQuorum } from '../src/quorum.ts'
import { steps } from './membership/script.ts'
import { mutant } from './mutant.ts'

const ids = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'] as const
const types = ['add-voter', 'add-learner', 'promote', 'demote', 'remove'] as const

const step: fc.Arbitrary<MembershipStep> = fc.record({
  type: fc.constantFrom(...types),
  id: fc.constantFrom(...ids),
})
const change: fc.Arbitrary<MembershipChange> = fc.record({
  steps: fc.uniqueArray(step, { selector: ({ id }) => id, minLength: 1, maxLength: 4 }),
  mode: fc.constantFrom('auto', 'simple', 'joint'),
})
/** A configuration that is not joint. */
const settled: fc.Arbitrary<Configuration> = fc
  .shuffledSubarray([...ids], { minLength: 1 })
  .chain((some) =>
    fc.integer({ min: 1, max: some.length }).map((voters) => ({
      ...configurationOf(some.slice(0, voters)),
      learners: some.slice(voters),
    })),
  )

/** '(1 2 3)&&(1) learners 4': as etcd's tests write it. */
function text(configuration: Configuration): string {
  const list = (some: readonly NodeId[]): string => some.map((id) => id.slice(1)).join(' ')
  const { voters, outgoing, learners } = configuration
  const halves = outgoing.length === 0 ? '' : `&&(${list(outgoing)})`
  return `(${list(voters)})${halves}${learners.length === 0 ? '' : ` learners ${list(learners)}`}`
}

function outcome(
  from: Configuration,
  words: string,
  mode: MembershipChange['mode'] = 'auto',
): string {
  const to = changed(from, { steps: steps(words), mode })
  return 'code' in to ? to.code : text(to)
}

/** Every set of voters of a configuration that can decide alone. */
function quorums(configuration: Configuration): NodeId[][] {
  const all = votersOf(configuration)
  const sets = Array.from({ length: 2 ** all.length }, (_, bits) =>
    all.filter((_id, i) => (bits & (1 << i)) !== 0),
  )
  return sets.filter((set) => hasQuorum(groupsOf(configuration), (id) => set.includes(id)))
}

function overlap(one: Configuration, other: Configuration): boolean {
  const those = quorums(other)
  return quorums(one).every((set) => those.every((its) => its.some((id) => set.includes(id))))
}

type Change = typeof changed

/** No two configurations that follow one another can decide apart: that is what keeps a change safe. */
function overlaps(apply: Change): fc.IProperty<[Configuration, MembershipChange]> {
  return fc.property(settled, change, (from, asked) => {
    const to = apply(from, asked)
    if ('code' in to) return
    expect(overlap(from, to)).toBe(true)
    expect(overlap(to, leave(to))).toBe(true)
  })
}

describe('a change', () => {
  it('leads to a configuration whose every quorum shares a node with every quorum before', () => {
    fc.assert(overlaps(changed))
  })

  it.each<[string, Change]>([
    [
      'two voters change at once',
      (from, { steps: asked }) => {
        const to = changed(from, { steps: asked, mode: 'joint' })
        return 'code' in to ? to : leave(to)
      },
    ],
    [
      'the outgoing voters lose their say',
      (from, asked) => {
        const to = changed(from, asked)
        return 'code' in to ? to : { ...to, outgoing: to.outgoing.slice(1) }
      },
    ],
  ])('does not when %s', (_, apply) => {
    expect(fc.check(overlaps(apply), mutant).failed).toBe(true)
  })

  it('does what its steps say to those that it names, and nothing to the others', () => {
    fc.assert(
      fc.property(settled, change, (from, asked) => {
        const joint = changed(from, asked)
        if ('code' in joint) return
        const to = leave(joint)
        for (const id of ids) {
          const named = asked.steps.find((one) => one.id === id)?.type
          const votes = named === 'add-voter' || named === 'promote'
          const learns = named === 'add-learner' || named === 'demote'
          expect(to.voters.includes(id)).toBe(
            named === undefined ? from.voters.includes(id) : votes,
          )
          expect(to.learners.includes(id)).toBe(
            named === undefined ? from.learners.includes(id) : learns,
          )
        }
      }),
    )
  })

  it('(45) is simple where one voter changes at most, joint where more do or where it is asked for', () => {
    const one = configurationOf(['n1'])
    expect(outcome(one, 'v2')).toBe('(1 2)')
    expect(outcome(one, 'v2 v3')).toBe('(1 2 3)&&(1)')
    expect(outcome(one, 'v2', 'joint')).toBe('(1 2)&&(1)')
    expect(outcome(one, 'l2 l3 l4 l5')).toBe('(1) learners 2 3 4 5')
    expect(outcome(one, 'l2 l3 l4 l5', 'simple')).toBe('(1) learners 2 3 4 5')
  })

  it.each([
    ['r1', 'no-voters'],
    ['r1 v5', 'several-voters'],
    ['v3 v4', 'several-voters'],
    ['v3 r1 l5', 'several-voters'],
    ['v3 l3', 'named-twice'],
    ['v1', 'already-a-member'],
    ['l2', 'already-a-member'],
    ['v2', 'already-a-member'],
    ['p1', 'already-a-member'],
    ['d2', 'already-a-member'],
    ['p3', 'unknown-node'],
    ['d3', 'unknown-node'],
    ['r3', 'unknown-node'],
  ])('(45) of one voter and one learner by %s is refused as %s', (words, code) => {
    const from = { ...configurationOf(['n1']), learners: ['n2'] }
    expect(outcome(from, words, 'simple')).toBe(code)
  })

  it('(45) is refused when it has no steps, and while another one is joint', () => {
    expect(changed(configurationOf(['n1']), { steps: [] })).toMatchObject({ code: 'no-steps' })
    const joint = { ...configurationOf(['n1', 'n2']), outgoing: ['n1'] }
    expect(outcome(joint, 'v3', 'joint')).toBe('change-under-way')
    expect(outcome(joint, 'l3')).toBe('change-under-way')
  })

  it('(45) to nobody is refused in every mode', () => {
    const two = configurationOf(['n1', 'n2'])
    expect(outcome(two, 'r1 r2', 'joint')).toBe('no-voters')
    expect(outcome(two, 'd1 d2')).toBe('no-voters')
  })

  it('carries the addresses of its members, and forgets those of others once it is left', () => {
    const from = configurationOf(['n1'])
    const address = (id: NodeId): MembershipStep => ({ type: 'add-voter', id, address: `at ${id}` })
    const two = changed(from, { steps: [address('n2')] }) as Configuration
    expect(two.addresses).toEqual([{ id: 'n2', address: 'at n2' }])
    const exchange: MembershipStep[] = [{ type: 'remove', id: 'n2' }, address('n3')]
    const joint = changed(two, { steps: exchange }) as Configuration
    expect(joint.addresses.map(({ id }) => id)).toEqual(['n2', 'n3'])
    expect(leave(joint).addresses.map(({ id }) => id)).toEqual(['n3'])
  })
})

describe('a joint configuration', () => {
  const joint = { ...configurationOf(['n1', 'n2']), outgoing: ['n2', 'n3'], learners: ['n3', 'n4'] }

  it('has the voters of both sides, each once, and a demoted one votes until it is left', () => {
    expect(votersOf(joint)).toEqual(['n1', 'n2', 'n3'])
    expect(membersOf(joint)).toEqual(['n1', 'n2', 'n3', 'n4'])
    expect(isVoter(joint, 'n3')).toBe(true)
    expect(isVoter(leave(joint), 'n3')).toBe(false)
    expect(isVoter(joint, 'n4')).toBe(false)
    expect(groupsOf(joint)).toEqual([joint.voters, joint.outgoing])
  })

  it('is left for its new voters and its learners', () => {
    expect(text(leave(joint))).toBe('(1 2) learners 3 4')
  })
})

describe('no configuration', () => {
  it('has no members and no quorum', () => {
    expect(membersOf(noConfiguration)).toEqual([])
    expect(hasQuorum(groupsOf(noConfiguration), () => true)).toBe(false)
  })
})
