import { Uniqueness } from '@lockstep/check'
import { inRounds, median, type RoundOptions } from '../rounds.ts'
import { type IdContender, idContenders } from './contenders.ts'

/** How quick one generator is, and what it gives twice. */
export interface IdRateRow {
  readonly makes: string
  readonly generator: string
  /** Ids for a second of the processor's time: what they cost. */
  readonly perCpuSecond: number
  /** Ids for a second on the wall: less where the generator waits, or where others work on the machine. */
  readonly perSecond: number
  /** Of so many ids in one burst by the real clock, how many were given before. */
  readonly duplicates: number
  readonly burst: number
}

export interface IdRateOptions extends RoundOptions {
  /** How many ids of each generator are looked at for duplicates. */
  readonly burst: number
}

/** Times all generators in the same rounds, and counts what they give twice. Medians of the rounds. */
export async function benchIds(options: IdRateOptions): Promise<readonly IdRateRow[]> {
  const contenders = idContenders()
  const spent = await inRounds(contenders, options)
  return contenders.map((contender, at) => {
    const rounds = spent[at] ?? []
    const ids = contender.idsATime ?? 1
    return {
      makes: contender.makes,
      generator: contender.name,
      perCpuSecond: rate(rounds.map(({ times, processorMs }) => (times * ids) / processorMs)),
      perSecond: rate(rounds.map(({ times, wallMs }) => (times * ids) / wallMs)),
      duplicates: duplicatesOf(contender, options.burst),
      burst: options.burst,
    }
  })
}

function rate(perMs: readonly number[]): number {
  return Number((median(perMs) * 1000).toPrecision(3))
}

/** How many of so many ids, one directly after the other, were given before. */
export function duplicatesOf(contender: Pick<IdContender, 'name' | 'next'>, burst: number): number {
  const ids = Array.from({ length: burst }, () => contender.next())
  const unique = new Uniqueness()
  unique.add(contender.name, ids as readonly bigint[] | readonly string[])
  return unique.duplicates()
}
