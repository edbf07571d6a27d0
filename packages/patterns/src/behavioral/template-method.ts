/**
 * Template method: a procedure whose order stands, and whose steps are filled in by a subclass.
 *
 * ```text
 * run: acquire ▶ prepare ▶ perform ▶ succeeded or failed ▶ release
 *        △          △         △              △               △
 *        └──────────┴─── filled in by a subclass ────────────┘
 * ```
 *
 * Intent: work on something that must be given back. `run` takes the resource, prepares it, does the
 * work, settles it well or badly, and gives it back, always and in this order. A subclass says what
 * each step means and cannot change the order.
 *
 * When not to use it: if the steps come from different places, hand functions to a function. With
 * one step to fill in, a callback is enough.
 *
 * Lockstep has the idea in `packages/sim/src/execution.ts`: faults, heal, quiet, final reads,
 * judgement, in this order; a lab fills them in.
 */

/**
 * A subclass replaces `run`; it may only fill in the steps.
 *
 * @example
 * ```ts
 * import { Procedure, SkeletonReplaced } from '@lockstep/patterns/behavioral/template-method'
 *
 * class Shortcut extends Procedure<number, null, number> {
 *   override async run(input: number): Promise<number> {
 *     return input
 *   }
 *   protected acquire = (): null => null
 *   protected perform = (): number => 0
 *   protected release = (): void => undefined
 * }
 * try {
 *   new Shortcut()
 *   throw new RangeError('it was made')
 * } catch (error) {
 *   if (!(error instanceof SkeletonReplaced)) throw error
 * }
 * ```
 */
export class SkeletonReplaced extends TypeError {
  override readonly name = 'SkeletonReplaced'
}

/**
 * More than one step failed. `errors` has them in order: the work's, the settling's, the release's.
 *
 * @example
 * ```ts
 * import { StepsFailed } from '@lockstep/patterns/behavioral/template-method'
 *
 * const error = new StepsFailed([new Error('no answer'), new Error('no connection')])
 * if (!error.message.startsWith('Error: no answer')) throw error
 * ```
 */
export class StepsFailed extends AggregateError {
  override readonly name = 'StepsFailed'

  constructor(errors: readonly unknown[]) {
    super(errors, errors.map(String).join(', and then '))
  }
}

/**
 * Work on a resource, to be filled in. The steps, each of which may be asynchronous:
 *
 * `acquire`, `prepare`, `perform`, `succeeded`, `release`; and once anything between `acquire` and
 * `release` has failed: `failed`, `release`.
 *
 * @example
 * ```ts
 * import { Procedure } from '@lockstep/patterns/behavioral/template-method'
 *
 * const steps: string[] = []
 * class Transaction extends Procedure<string, { readonly id: number }, number> {
 *   protected acquire(): { readonly id: number } {
 *     return { id: 7 }
 *   }
 *   protected perform({ id }: { readonly id: number }, sql: string): number {
 *     steps.push(sql)
 *     return id
 *   }
 *   protected override succeeded(): void {
 *     steps.push('commit')
 *   }
 *   protected override failed(): void {
 *     steps.push('rollback')
 *   }
 *   protected release(): void {
 *     steps.push('close')
 *   }
 * }
 * const id = await new Transaction().run('select')
 * if (id !== 7 || steps.join() !== 'select,commit,close') throw new Error(steps.join())
 * ```
 */
export abstract class Procedure<Input, Resource, Output> {
  /** @throws {SkeletonReplaced} if a subclass has a `run` of its own. */
  constructor() {
    for (
      let prototype = new.target.prototype as object;
      prototype !== Procedure.prototype;
      prototype = Object.getPrototypeOf(prototype) as object
    ) {
      if (!Object.hasOwn(prototype, 'run')) continue
      throw new SkeletonReplaced(`${new.target.name} has its own run; fill in the steps instead`)
    }
    /** A field of that name in a subclass is a TypeError of the language from here on. */
    Object.defineProperty(this, 'run', { value: (input: Input) => this.#run(input) })
  }

  /** Takes the resource. If it fails, nothing else happens. */
  protected abstract acquire(input: Input): Resource | Promise<Resource>
  /** Does the work. */
  protected abstract perform(resource: Resource, input: Input): Output | Promise<Output>
  /** Gives the resource back. It is called exactly once for each resource. */
  protected abstract release(resource: Resource): void | Promise<void>

  /** Makes the resource ready for the work. Nothing by default. */
  protected prepare(_resource: Resource, _input: Input): void | Promise<void> {}
  /** Settles work that went well. If it fails, the work has failed. Nothing by default. */
  protected succeeded(_resource: Resource, _output: Output): void | Promise<void> {}
  /** Settles work that failed. Nothing by default. */
  protected failed(_resource: Resource, _error: unknown): void | Promise<void> {}

  /** Runs the procedure. Rejects with what a step threw, or with `StepsFailed` for several. */
  run(input: Input): Promise<Output> {
    return this.#run(input)
  }

  async #run(input: Input): Promise<Output> {
    const resource = await this.acquire(input)
    const errors: unknown[] = []
    const attempt = async (step: () => void | Promise<void>): Promise<void> => {
      try {
        await step()
      } catch (error) {
        errors.push(error)
      }
    }
    let result: { readonly output: Output } | undefined
    await attempt(async () => {
      await this.prepare(resource, input)
      const output = await this.perform(resource, input)
      await this.succeeded(resource, output)
      result = { output }
    })
    if (result === undefined) await attempt(() => this.failed(resource, errors[0]))
    await attempt(() => this.release(resource))
    if (errors.length > 1) throw new StepsFailed(errors)
    if (errors.length > 0 || result === undefined) throw errors[0]
    return result.output
  }
}
