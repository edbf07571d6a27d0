import { HostError } from '../host-error.ts'

/** What an operation of the disk threw, as a `HostError` of code `disk-full` or `disk-failed`. */
export function diskError(error: unknown): HostError {
  if (error instanceof HostError) return error
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
    return new HostError('disk-full', `the disk is full: ${text}`, { cause: error })
  return new HostError('disk-failed', `the disk failed: ${text}`, { cause: error })
}
