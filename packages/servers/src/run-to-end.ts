import { execFile } from 'node:child_process'

/** Runs a program and resolves with what it printed; rejects with what it said when it fails. */
export function runToEnd(
  file: string,
  args: readonly string[],
  user: { readonly uid?: number; readonly gid?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, user, (error, output, errors) => {
      if (error === null) resolve(output)
      else reject(new Error(`${error.message}\n${output}${errors}`, { cause: error }))
    })
  })
}
