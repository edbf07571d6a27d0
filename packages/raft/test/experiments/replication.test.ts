import type { NodeId } from '@lockstep/process'
import { execute, type Execution, run } from '@lockstep/sim'
import { describe, expect, it } from 'vitest'
import { RaftNode } from '../../src/index.ts'
import { experiments, raftLab } from '../../src/lab.ts'
import { asIndex } from '../../src/term.ts'

type Moment = Pick<Execution<unknown, unknown, unknown>, 'states'>

function scenarioOf(name: string) {
  const found = experiments.find(({ id }) => id === name)
  if (found === undefined) throw new Error(`no experiment ${name}`)
  return found.scenario
}

/** Looks at an experiment just before so many milliseconds. */
async function at<Seen>(name: string, ms: number, look: (moment: Moment) => Seen): Promise<Seen> {
  const execution = execute(raftLab, scenarioOf(name), {})
  let seen = look(execution)
  for (let ended = false; !ended && execution.now < ms * 1000; ) {
    seen = look(execution)
    ended = await execution.advance({ steps: execution.steps + 1 })
  }
  return seen
}

function nodeOf(moment: Moment, id: NodeId): RaftNode | undefined {
  const process = moment.states().find((state) => state.id === id)?.process
  return process instanceof RaftNode ? process : undefined
}

/** The terms of a node's entries; what is down has none. */
function termsOf(moment: Moment, id: NodeId): string | undefined {
  const log = nodeOf(moment, id)?.raft.log
  if (log === undefined) return undefined
  return Array.from({ length: log.last }, (_, i) => log.termAt(asIndex(i + 1))).join('')
}

const logs = (moment: Moment) =>
  ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'].map((id) => termsOf(moment, id))

describe('figure 7', () => {
  it('begins with the logs of the paper: entries that are missing, and entries of one or two terms that nobody else has', async () => {
    expect(await at('raft-figure-7', 1644, logs)).toEqual([
      '111444555666',
      '11144455566',
      '1114',
      undefined,
      '11144455566677',
      '11144444',
      '11122233333',
    ])
    expect(await at('raft-figure-7', 1380, (moment) => termsOf(moment, 'n4'))).toBe('1114445556666')
  })

  it('ends with the leader’s log everywhere, fifteen milliseconds after the election for whoever is there', async () => {
    const [leader, ...followers] = await at('raft-figure-7', 1674, logs)
    expect(leader).toBe('1114445556668')
    expect(followers).toEqual([leader, leader, undefined, '11144455566677', leader, leader])
    const [last, ...others] = await at('raft-figure-7', 2500, logs)
    expect(last).toMatch(/^1114445556668+$/)
    expect(others).toEqual(others.map(() => last))
  })

  it('takes one rejection a follower, and none of who has all that the leader has', async () => {
    const { trace } = await run(raftLab, scenarioOf('raft-figure-7'))
    const marks = [...trace.events()].filter(({ at: since, kind }) => {
      return kind === 'mark' && since > 1_658_000
    })
    const rejections = marks.filter(({ name }) => name === 'rejected an append')
    expect(rejections.map(({ node }) => node)).toEqual(['n2', 'n3', 'n6', 'n7'])
    const cuts = marks.filter(({ name }) => name === 'truncated its log')
    expect(cuts.map(({ node }) => node)).toEqual(['n6', 'n7', 'n4', 'n5'])
  })
})

describe('a full window', () => {
  const progress = (moment: Moment) => {
    const leader = nodeOf(moment, 'n1')?.raft
    const follower = leader?.followers.find(({ id }) => id === 'n3')
    return {
      commit: leader?.commit,
      match: follower?.match,
      next: follower?.next,
      flights: follower?.flights,
    }
  }

  it('lets nothing out until an answer comes, while the other follower’s goes on', async () => {
    const full = { match: 20, next: 25, flights: 4 }
    expect(await at('raft-full-window', 408, progress)).toEqual({ commit: 21, ...full })
    expect(await at('raft-full-window', 487, progress)).toEqual({ commit: 35, ...full })
  })

  it('is followed by one append of all that came up meanwhile', async () => {
    const after = { match: 21, next: 38, flights: 4 }
    expect(await at('raft-full-window', 488, progress)).toMatchObject(after)
    expect(await at('raft-full-window', 568, progress)).toMatchObject(after)
  })

  it('empties as soon as the disk is well, and the follower is as far as the other one', async () => {
    expect(await at('raft-full-window', 800, progress)).toMatchObject({ match: 52, flights: 4 })
    expect(await at('raft-full-window', 834, progress)).toMatchObject({ commit: 93, match: 93 })
    expect(await at('raft-full-window', 1500, progress)).toMatchObject({ flights: 0 })
  })
})
