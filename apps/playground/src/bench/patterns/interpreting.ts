import { Expression } from '@lockstep/patterns/behavioral/interpreter/expression'
import jexl from 'jexl'
import type { Contest } from './contest.ts'
import type { Contender } from '../rounds.ts'

const world = {
  nodes: { n1: { role: 'leader', term: 4 }, n2: { role: 'follower', term: 3 } },
  log: [{ term: 1 }, { term: 3 }, { term: 4 }],
}
const condition = "nodes.n1.role == 'leader' && nodes.n1.term > 3 && log[2].term + 1 == 5"

interface Compiled {
  readonly evaluate: () => unknown
}

function evaluating(name: string, { evaluate }: Compiled): Contender {
  return {
    name,
    run: (times) => {
      let value: unknown
      for (let time = 0; time < times; time += 1) value = evaluate()
      return value
    },
  }
}

function reading(name: string, compile: (text: string) => Compiled): Contender {
  return {
    name,
    run: (times) => {
      let read = compile(condition)
      for (let time = 1; time < times; time += 1) read = compile(condition)
      return read.evaluate()
    },
  }
}

const ours = (text: string): Compiled => {
  const expression = new Expression(text)
  return { evaluate: () => expression.evaluate(world) }
}
const theirs = (text: string): Compiled => {
  const expression = jexl.compile(text)
  return { evaluate: () => expression.evalSync(world) }
}

export const interpretingContests: readonly Contest[] = [
  {
    component: 'Expression',
    work: 'evaluate a condition that was read',
    ours: evaluating('Expression', ours(condition)),
    peers: [evaluating('jexl', theirs(condition))],
  },
  {
    component: 'Expression',
    work: 'read a condition',
    ours: reading('Expression', ours),
    peers: [reading('jexl', theirs)],
  },
]
