import type { Files, SyncedFile } from '../../src/wal/files.ts'

/** Numbers in [0, 1). */
export type Chance = () => number

interface Inode {
  /** What a read sees. */
  content: Uint8Array
  /** What a crash leaves. */
  durable: Uint8Array
}

interface Running {
  readonly inode: Inode
  readonly bytes: Uint8Array
  readonly at: number
}

type NameChange =
  | { readonly kind: 'link'; readonly name: string; readonly inode: Inode }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly inode: Inode }
  | { readonly kind: 'remove'; readonly name: string }

const sectorBytes = 512

/**
 * A directory in memory that can lose power. Then every write under way leaves any of its sectors
 * and not the others, and any of the changes to names since the last sync of the directory are gone.
 */
export class CrashFiles implements Files {
  readonly #chance: Chance
  #names = new Map<string, Inode>()
  #durableNames = new Map<string, Inode>()
  #changes: NameChange[] = []
  readonly #running = new Set<Running>()

  constructor(chance: Chance) {
    this.#chance = chance
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.#names.keys()])
  }

  read(name: string): Promise<Uint8Array> {
    return Promise.resolve(this.#inode(name).content.slice())
  }

  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const inode = { content: new Uint8Array(), durable: new Uint8Array() }
    this.#change({ kind: 'link', name, inode })
    await this.#write(inode, parts, 0)
  }

  async truncate(name: string, length: number): Promise<void> {
    const inode = this.#inode(name)
    await this.#turns()
    inode.content = inode.content.slice(0, length)
    inode.durable = inode.durable.slice(0, length)
  }

  open(name: string): Promise<SyncedFile> {
    const inode = this.#inode(name)
    return Promise.resolve({
      write: (parts, at) => this.#write(inode, parts, at),
      close: () => Promise.resolve(),
    })
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#turns()
    this.#change({ kind: 'rename', from, to, inode: this.#inode(from) })
  }

  async remove(name: string): Promise<void> {
    await this.#turns()
    this.#change({ kind: 'remove', name })
  }

  async syncDirectory(): Promise<void> {
    const count = this.#changes.length
    await this.#turns()
    for (const change of this.#changes.splice(0, count)) apply(this.#durableNames, change)
  }

  /** What is found when the power comes back. Whoever still writes to this one writes to nowhere. */
  crash(): CrashFiles {
    const after = new CrashFiles(this.#chance)
    const left = new Map<Inode, Inode>()
    const names = new Map(this.#durableNames)
    for (const change of this.#changes) if (this.#chance() < 0.5) apply(names, change)
    for (const [name, inode] of names) {
      const copy = left.get(inode) ?? this.#leftOf(inode)
      left.set(inode, copy)
      after.#names.set(name, copy)
    }
    after.#durableNames = new Map(after.#names)
    return after
  }

  /** Changes the bytes of a file behind everybody's back. */
  damage(name: string, change: (bytes: Uint8Array) => Uint8Array): void {
    const inode = this.#inode(name)
    inode.content = change(inode.content.slice())
    inode.durable = inode.content
  }

  #leftOf(inode: Inode): Inode {
    let bytes = inode.durable
    for (const running of this.#running) {
      if (running.inode !== inode) continue
      for (let from = 0; from < running.bytes.length; from += sectorBytes) {
        if (this.#chance() < 0.5) continue
        const sector = running.bytes.subarray(from, from + sectorBytes)
        bytes = written(bytes, sector, running.at + from)
      }
    }
    return { content: bytes, durable: bytes }
  }

  #inode(name: string): Inode {
    const inode = this.#names.get(name)
    if (inode === undefined) throw new Error(`there is no ${name}`)
    return inode
  }

  #change(change: NameChange): void {
    apply(this.#names, change)
    this.#changes.push(change)
  }

  async #write(inode: Inode, parts: readonly Uint8Array[], at: number): Promise<void> {
    const running = { inode, bytes: Buffer.concat(parts), at }
    this.#running.add(running)
    inode.content = written(inode.content, running.bytes, at)
    await this.#turns()
    this.#running.delete(running)
    inode.durable = written(inode.durable, running.bytes, at)
  }

  /** One turn of the event loop to four. */
  async #turns(): Promise<void> {
    for (let turns = 1 + Math.floor(this.#chance() * 4); turns > 0; turns--) await turn()
  }
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function apply(names: Map<string, Inode>, change: NameChange): void {
  if (change.kind === 'link') names.set(change.name, change.inode)
  else if (change.kind === 'remove') names.delete(change.name)
  else {
    names.delete(change.from)
    names.set(change.to, change.inode)
  }
}

function written(bytes: Uint8Array, part: Uint8Array, at: number): Uint8Array {
  const result = new Uint8Array(Math.max(bytes.length, at + part.length))
  result.set(bytes)
  result.set(part, at)
  return result
}
