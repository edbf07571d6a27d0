import { runToEnd } from './run-to-end.ts'

/** Whether this process may do everything, and so must not be what a careful server runs as. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** The numbers of a user of this machine. Rejects when there is none of that name. */
export async function userNamed(name: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((which) => runToEnd('id', [which, name])))
  return { uid: Number(uid), gid: Number(gid) }
}
