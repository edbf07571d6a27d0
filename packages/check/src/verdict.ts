import type { Verdict } from '@lockstep/process'
import type { Evidence } from './evidence.ts'
import { evidenceText } from './evidence-text.ts'
import type { Model } from './model.ts'
import type { PartitionResult } from './result.ts'

/** The name of this judge. */
const by = 'linearizability'

/** The verdict on a history, from what is known about its partitions. */
export function verdictOf<Op, Value, State>(
  model: Model<Op, Value, State>,
  partitions: readonly PartitionResult[],
  evidence: Evidence<Op, Value> | undefined,
): Verdict {
  const noun = model.partition?.noun
  if (evidence !== undefined) {
    const text = `${nameOf(noun, evidence.partition)}${evidenceText(model, evidence)}`
    const operations = [...evidence.core, ...evidence.context]
      .sort((a, b) => a.calledAt - b.calledAt)
      .map(({ id }) => id)
    return { is: 'violated', by, text: `Not linearizable: ${text}`, operations }
  }
  const unknown = partitions.filter(({ answer }) => answer === 'unknown')
  const [first] = unknown
  if (first !== undefined) {
    const name = nameOf(noun, first.name)
    const text = `Unknown: ${name}${counted(first.operations, 'operation')}, and ${first.reason}`
    return { is: 'unknown', by, text: `${text}${others(noun, partitions.length, unknown.length)}` }
  }
  const operations = partitions.reduce((sum, partition) => sum + partition.operations, 0)
  const parts = noun === undefined ? '' : ` on ${counted(partitions.length, noun)}`
  return { is: 'holds', text: `Linearizable: ${counted(operations, 'operation')}${parts}` }
}

/** '1 step', '20,000 steps'. */
export function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}

function nameOf(noun: string | undefined, name: string | undefined): string {
  return noun === undefined || name === undefined ? '' : `${noun} ${name}: `
}

function others(noun: string | undefined, all: number, unknown: number): string {
  if (noun === undefined || all === 1) return ''
  const legal = all - unknown
  return `; ${legal} of ${counted(all, noun)} ${legal === 1 ? 'is' : 'are'} linearizable`
}
