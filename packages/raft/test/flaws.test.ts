import { describe, expect, it } from 'vitest'
import { flaws, paper, rulesWith } from '../src/index.ts'

describe('a flaw', () => {
  it.each(flaws)('$name breaks one rule and leaves the others', ({ name }) => {
    const broken = rulesWith([name])
    const rules = Object.keys(paper) as (keyof typeof paper)[]
    expect(rules.filter((rule) => broken[rule] !== paper[rule])).toHaveLength(1)
  })

  it('joins another one', () => {
    const broken = rulesWith(['vote-twice', 'stale-read'])
    expect(broken.mayVoteFor('n2', 'n1')).toBe(true)
    expect(broken.mayReadAlone()).toBe(true)
  })

  it('of an unknown name is refused with the names there are', () => {
    expect(() => rulesWith(['sloth'])).toThrow(/no flaw 'sloth'; it has vote-twice, /)
  })

  it('has a name of its own and says where its rule is written down', () => {
    expect(new Set(flaws.map(({ name }) => name)).size).toBe(flaws.length)
    for (const { text } of flaws) expect(text).toMatch(/§|figure|etcd/)
  })
})

it('without flaws the rules are the paper’s', () => {
  expect(rulesWith([])).toBe(paper)
})
