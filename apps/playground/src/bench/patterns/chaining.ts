import { chain, handler } from '@lockstep/patterns/behavioral/chain-of-responsibility'
import compose from 'koa-compose'
import type { Contest } from './contest.ts'

interface Request {
  readonly steps: number[]
}

const links = 5

const ours = handler(
  chain<Request, void>(
    ...Array.from({ length: links }, (_, number) => {
      return async (request: Request, next: (request: Request) => Promise<void>) => {
        request.steps.push(number)
        await next(request)
        request.steps.push(-number)
      }
    }),
    () => undefined,
  ),
)

const koa = compose<Request>(
  Array.from({ length: links }, (_, number) => async (request, next) => {
    request.steps.push(number)
    await next()
    request.steps.push(-number)
  }),
)

async function passing(
  handle: (request: Request) => Promise<void>,
  times: number,
): Promise<unknown> {
  let steps: number[] = []
  for (let time = 0; time < times; time += 1) {
    steps = []
    await handle({ steps })
  }
  return steps
}

export const chainingContests: readonly Contest[] = [
  {
    component: 'chain',
    work: 'pass five links and come back',
    ours: { name: 'chain', run: (times) => passing(ours, times) },
    peers: [{ name: 'koa-compose', run: (times) => passing(koa, times) }],
  },
]
