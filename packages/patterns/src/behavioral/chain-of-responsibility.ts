/**
 * Chain of responsibility: each link may answer a request, or hand it on and look at the answer.
 *
 * ```text
 * request ──▶ link 1 ──▶ link 2 ──▶ link 3
 * answer  ◀── link 1 ◀── link 2 ◀──┘
 * ```
 *
 * Intent: cross-cutting steps (log, authorise, cache, retry) around a handler, each written alone.
 * On the way in the links run in order, on the way out in reverse, and errors unwind the same way:
 * a link sees them as a rejection of `next`.
 *
 * When not to use it: if every step always runs and none looks at the answer; then it is a list of
 * functions. If the choice is by the kind of request, take a map.
 *
 * Lockstep has the idea in `apps/playground/src/server/server.ts`: headers, method, static files
 * and 'not found', each answers or hands on.
 */

/** Answers a request. */
export type Handler<Request, Answer> = (request: Request) => Promise<Answer>

/**
 * One step of a chain. It answers, or calls `next` once and answers with what comes back, or throws.
 * It may hand on another request than it got.
 */
export type Link<Request, Answer> = (
  request: Request,
  next: Handler<Request, Answer>,
) => Promise<Answer> | Answer

/**
 * A chain was used wrongly: `next-twice` if a link called `next` again (the rest of the chain would
 * have run twice), `unhandled` if no link answered.
 *
 * @example
 * ```ts
 * import { chain, ChainError, handler } from '@lockstep/patterns/behavioral/chain-of-responsibility'
 *
 * const empty = handler(chain<string, number>())
 * await empty('x').then(
 *   () => Promise.reject(new Error('nobody can have answered')),
 *   (error: unknown) => {
 *     if (!(error instanceof ChainError) || error.code !== 'unhandled') throw error
 *   },
 * )
 * ```
 */
export class ChainError extends Error {
  override readonly name = 'ChainError'
  readonly code: 'next-twice' | 'unhandled'

  constructor(code: ChainError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Several links as one. Chains of chains behave as one chain of all their links, and the empty chain
 * hands everything on.
 *
 * @example
 * ```ts
 * import { chain, handler } from '@lockstep/patterns/behavioral/chain-of-responsibility'
 *
 * const handle = handler(
 *   chain<string, string>(
 *     async (request, next) => `<${await next(request)}>`,
 *     (request, next) => (request === '' ? 'nothing' : next(request.trim())),
 *     (request) => request.toUpperCase(),
 *   ),
 * )
 * const answers = [await handle(' a '), await handle('')]
 * if (answers.join() !== '<A>,<nothing>') throw new Error(answers.join())
 * ```
 */
export function chain<Request, Answer>(
  ...links: readonly Link<Request, Answer>[]
): Link<Request, Answer> {
  return (request, end) => {
    const run = (index: number, current: Request): Promise<Answer> => {
      const link = links[index]
      if (link === undefined) return end(current)
      let called = false
      const next: Handler<Request, Answer> = (handedOn) => {
        if (called) return Promise.reject(nextTwice(index))
        called = true
        return run(index + 1, handedOn)
      }
      try {
        return Promise.resolve(link(current, next))
      } catch (error) {
        return Promise.reject(error)
      }
    }
    return run(0, request)
  }
}

function nextTwice(index: number): ChainError {
  return new ChainError('next-twice', `link ${index} called next a second time`)
}

/**
 * A chain as a handler. What no link answers is rejected as `unhandled`.
 *
 * @example
 * ```ts
 * import { handler } from '@lockstep/patterns/behavioral/chain-of-responsibility'
 *
 * const double = handler<number, number>((request) => request * 2)
 * if ((await double(4)) !== 8) throw new Error('4 doubled is 8')
 * ```
 */
export function handler<Request, Answer>(link: Link<Request, Answer>): Handler<Request, Answer> {
  const whole = chain(link)
  return (request) =>
    Promise.resolve(
      whole(request, () =>
        Promise.reject(new ChainError('unhandled', 'no link of the chain answered')),
      ),
    )
}
