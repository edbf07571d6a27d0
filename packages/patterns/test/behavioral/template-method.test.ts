import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Procedure, SkeletonReplaced, StepsFailed } from '../../src/behavioral/template-method.ts'

const steps = ['acquire', 'prepare', 'perform', 'succeeded', 'failed', 'release'] as const
type StepName = (typeof steps)[number]

interface Plan {
  readonly throwing: readonly StepName[]
  readonly late: readonly StepName[]
}

/** Any subclass: each step may throw, at once or later. */
class Any extends Procedure<string, string, string> {
  readonly trace: StepName[] = []
  readonly #plan: Plan

  constructor(plan: Plan) {
    super()
    this.#plan = plan
  }

  #step<T>(name: StepName, value: T): T | Promise<T> {
    this.trace.push(name)
    if (this.#plan.late.includes(name)) return Promise.resolve().then(() => this.#end(name, value))
    return this.#end(name, value)
  }

  #end<T>(name: StepName, value: T): T {
    if (this.#plan.throwing.includes(name)) throw new Error(name)
    return value
  }

  protected acquire(input: string): string | Promise<string> {
    return this.#step('acquire', `${input} resource`)
  }
  protected override prepare(): void | Promise<void> {
    return this.#step('prepare', undefined)
  }
  protected perform(resource: string): string | Promise<string> {
    return this.#step('perform', `${resource} output`)
  }
  protected override succeeded(): void | Promise<void> {
    return this.#step('succeeded', undefined)
  }
  protected override failed(): void | Promise<void> {
    return this.#step('failed', undefined)
  }
  protected release(): void | Promise<void> {
    return this.#step('release', undefined)
  }
}

/** What has to happen, and what has to come of it. */
function expected({ throwing }: Plan): { trace: StepName[]; outcome: string } {
  if (throwing.includes('acquire')) return { trace: ['acquire'], outcome: 'acquire' }
  const work = (['prepare', 'perform', 'succeeded'] as const).slice()
  const broken = work.findIndex((step) => throwing.includes(step))
  const done = broken === -1 ? work : work.slice(0, broken + 1)
  const settled: StepName[] = broken === -1 ? ['release'] : ['failed', 'release']
  const errors = [...done, ...settled].filter((step) => throwing.includes(step))
  return {
    trace: ['acquire', ...done, ...settled],
    outcome: errors.join(' ') || 'in resource output',
  }
}

type Run = (procedure: Any) => Promise<string>

async function keepsItsOrder(run: Run): Promise<boolean> {
  const property = fc.asyncProperty(
    fc.record({ throwing: fc.subarray([...steps]), late: fc.subarray([...steps]) }),
    async (plan) => {
      const procedure = new Any(plan)
      const outcome = await run(procedure).catch((error: Error) =>
        error instanceof StepsFailed
          ? error.errors.map(({ message }: Error) => message).join(' ')
          : error.message,
      )
      expect({ trace: procedure.trace, outcome }).toEqual(expected(plan))
    },
  )
  return !(await fc.check(property, { numRuns: 400 })).failed
}

/** The skeleton with a mistake, run on the steps of a procedure. */
function mistaken(mistake: 'no finally' | 'hides errors' | 'release first'): Run {
  return async (procedure) => {
    const step = (name: string, ...args: unknown[]): unknown =>
      Reflect.apply(Reflect.get(procedure, name) as () => unknown, procedure, args)
    const resource = await step('acquire', 'in')
    if (mistake === 'release first') await step('release', resource)
    try {
      await step('prepare', resource)
      const output = await step('perform', resource)
      await step('succeeded', resource)
      if (mistake !== 'no finally') return output as string
      await step('release', resource)
      return output as string
    } catch (error) {
      await step('failed', resource, error)
      throw error
    } finally {
      if (mistake === 'hides errors') await step('release', resource)
    }
  }
}

describe('a procedure', () => {
  test('keeps its order whatever its steps do, and always gives back what it took', async () => {
    expect(await keepsItsOrder((procedure) => procedure.run('in'))).toBe(true)
  })

  test.each(['no finally', 'hides errors', 'release first'] as const)(
    'with the mistake "%s" is noticed',
    async (mistake) => {
      expect(await keepsItsOrder(mistaken(mistake))).toBe(false)
    },
  )

  test('cannot be given another order, by a method, a field or an assignment', () => {
    class ByMethod extends Any {
      override async run(input: string): Promise<string> {
        return input
      }
    }
    class ByField extends Any {
      override run = async (input: string): Promise<string> => input
    }
    class Below extends ByMethod {}
    const plan: Plan = { throwing: [], late: [] }
    expect(() => new ByMethod(plan)).toThrow(SkeletonReplaced)
    expect(() => new Below(plan)).toThrow(SkeletonReplaced)
    expect(() => new ByField(plan)).toThrow(TypeError)
    const procedure = new Any(plan)
    expect(() => Object.assign(procedure, { run: null })).toThrow(TypeError)
  })
})
