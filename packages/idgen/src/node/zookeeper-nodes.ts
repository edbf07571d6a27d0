import type { ZooKeeperNodes } from '@lockstep/idgen'

type Done = (error: unknown) => void

/** What is used of a connected client of `node-zookeeper-client`. */
export interface NodeZooKeeperClient {
  getSessionTimeout(): number
  create(path: string, mode: number, done: (error: unknown, path: string) => void): void
  mkdirp(path: string, done: Done): void
  getChildren(path: string, done: (error: unknown, children: string[]) => void): void
  exists(path: string, done: (error: unknown, stat: unknown) => void): void
  remove(path: string, done: Done): void
  getData(path: string, done: (error: unknown, data: Buffer | undefined) => void): void
  transaction(): NodeZooKeeperTransaction
}

/** What is used of a transaction of `node-zookeeper-client`. */
export interface NodeZooKeeperTransaction {
  check(path: string): unknown
  setData(path: string, data: Buffer): unknown
  commit(done: Done): void
}

const ephemeralSequential = 3
const noNode = -101
const sessionExpired = -112

const codeOf = (error: unknown): unknown =>
  (error as { readonly getCode?: () => number }).getCode?.()

/** A ZooKeeper behind a connected client of `node-zookeeper-client`. */
export function zooKeeperNodes(client: NodeZooKeeperClient): ZooKeeperNodes {
  const asked = <T>(ask: (done: (error: unknown, answer?: T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      ask((error, answer) => {
        if (error instanceof Error || codeOf(error ?? {}) !== undefined) reject(error)
        else resolve(answer as T)
      })
    })
  return {
    sessionMs: () => client.getSessionTimeout(),
    createEphemeralSequential: (path) =>
      asked((done) => client.create(path, ephemeralSequential, done)),
    ensure: (path) => asked((done) => client.mkdirp(path, done)),
    children: (path) => asked((done) => client.getChildren(path, done)),
    exists: (path) =>
      asked<unknown>((done) => client.exists(path, done)).then(
        (stat) => stat !== null && stat !== undefined,
        (error: unknown) => {
          if (codeOf(error) === sessionExpired) return false
          throw error
        },
      ),
    remove: (path) => asked((done) => client.remove(path, done)),
    read: async (path) => {
      const data = await asked<Buffer | undefined>((done) => client.getData(path, done))
      return data?.toString() ?? ''
    },
    writeIf: async (guard, path, text) => {
      const transaction = client.transaction()
      transaction.check(guard)
      transaction.setData(path, Buffer.from(text))
      try {
        await asked((done) => transaction.commit(done))
        return true
      } catch (error) {
        if (codeOf(error) === noNode || codeOf(error) === sessionExpired) return false
        throw error
      }
    },
  }
}
