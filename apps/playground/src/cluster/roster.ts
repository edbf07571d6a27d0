import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeId } from '@lockstep/process'
import * as v from 'valibot'

const schema = v.strictObject({
  v: v.literal(1),
  founders: v.number(),
  nodes: v.array(v.strictObject({ id: v.string(), joins: v.boolean() })),
})

/** Which nodes a cluster has, once some came or went; it outlives the cluster's processes. */
export interface Roster {
  readonly v: 1
  /** How many nodes founded it. */
  readonly founders: number
  /** `joins` tells a node that came later from a founder, which starts with the founders' configuration. */
  readonly nodes: readonly { readonly id: NodeId; readonly joins: boolean }[]
}

const nameOf = (directory: string): string => join(directory, 'roster.json')

/** Replaces the roster as a whole: a reader never sees half of it. */
export async function writeRoster(directory: string, roster: Roster): Promise<void> {
  const aside = `${nameOf(directory)}.${process.pid}.new`
  await writeFile(aside, `${JSON.stringify(roster, null, 2)}\n`)
  await rename(aside, nameOf(directory))
}

/** The roster of a directory, or `undefined` where no node ever came or went. Throws when it is damaged. */
export async function readRoster(directory: string): Promise<Roster | undefined> {
  let text: string
  try {
    text = await readFile(nameOf(directory), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const damaged = `${nameOf(directory)} is damaged. Write into it which nodes there are, or choose another directory.`
  try {
    const result = v.safeParse(schema, JSON.parse(text))
    if (result.success) return result.output
  } catch {
    throw new Error(damaged)
  }
  throw new Error(damaged)
}
