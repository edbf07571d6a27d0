import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeId } from '@lockstep/process'
import * as v from 'valibot'

const schema = v.strictObject({
  v: v.literal(1),
  cluster: v.string(),
  lab: v.string(),
  pid: v.number(),
  size: v.number(),
  nodes: v.array(v.strictObject({ id: v.string(), pid: v.number(), url: v.string() })),
})

/** What a running cluster says about itself in its directory, for whoever wants to talk to it. */
export interface ClusterFile {
  readonly v: 1
  readonly cluster: string
  readonly lab: string
  /** The process that supervises the nodes. */
  readonly pid: number
  /** How many nodes belong to it; those that run are listed. */
  readonly size: number
  readonly nodes: readonly { readonly id: NodeId; readonly pid: number; readonly url: string }[]
}

const nameOf = (directory: string): string => join(directory, 'cluster.json')

/** Replaces the file as a whole: a reader never sees half of it. */
export async function writeClusterFile(directory: string, file: ClusterFile): Promise<void> {
  const aside = `${nameOf(directory)}.${process.pid}.new`
  await writeFile(aside, `${JSON.stringify(file, null, 2)}\n`)
  await rename(aside, nameOf(directory))
}

export async function removeClusterFile(directory: string): Promise<void> {
  await rm(nameOf(directory), { force: true })
}

/** The file of a directory, or `undefined` when no cluster runs there. Throws when it is damaged. */
export async function readClusterFile(directory: string): Promise<ClusterFile | undefined> {
  let text: string
  try {
    text = await readFile(nameOf(directory), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const damaged = `${nameOf(directory)} is damaged. Stop the cluster, remove the file, and start it again.`
  try {
    const result = v.safeParse(schema, JSON.parse(text))
    if (result.success) return result.output
  } catch {
    throw new Error(damaged)
  }
  throw new Error(damaged)
}

/** Whether a process of that id runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
