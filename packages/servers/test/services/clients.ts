import { createConnection } from 'mysql2/promise'
import { createClient as createZooKeeperClient } from 'node-zookeeper-client'
import { Client as PostgresClient } from 'pg'
import { createClient } from 'redis'
import type { ServerKind } from '../../src/index.ts'

/** A name and a value, as each server keeps them. */
export interface Client {
  write(name: string, value: string): Promise<void>
  read(name: string): Promise<string | undefined>
  close(): Promise<void>
}

type Open = (url: string) => Promise<Client>

const table = 'create table if not exists pairs (name varchar(64) primary key, value varchar(64))'

const postgres: Open = async (url) => {
  const client = new PostgresClient({ connectionString: url })
  // The server is killed while the client is connected.
  client.on('error', () => {})
  await client.connect()
  await client.query(table)
  const upsert =
    'insert into pairs values ($1, $2) on conflict (name) do update set value = excluded.value'
  return {
    write: async (name, value) => void (await client.query(upsert, [name, value])),
    read: async (name) => {
      const answer = await client.query('select value from pairs where name = $1', [name])
      return (answer.rows as { value: string }[])[0]?.value
    },
    close: () => client.end().catch(() => {}),
  }
}

const mariadb: Open = async (url) => {
  const client = await createConnection(url)
  client.on('error', () => {})
  await client.query(table)
  return {
    write: async (name, value) =>
      void (await client.query('replace into pairs values (?, ?)', [name, value])),
    read: async (name) => {
      const [rows] = await client.query('select value from pairs where name = ?', [name])
      return (rows as { value: string }[])[0]?.value
    },
    close: async () => client.destroy(),
  }
}

const redis: Open = async (url) => {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  return {
    write: async (name, value) => void (await client.set(name, value)),
    read: async (name) => (await client.get(name)) ?? undefined,
    close: async () => {
      if (client.isOpen) client.destroy()
    },
  }
}

const zooKeeper: Open = async (url) => {
  const client = createZooKeeperClient(url, { sessionTimeout: 5_000, retries: 0 })
  await new Promise<void>((resolve) => {
    client.once('connected', resolve)
    client.connect()
  })
  return {
    write: (name, value) =>
      new Promise((resolve, reject) => {
        const settle = (error: unknown): void =>
          error instanceof Error ? reject(error) : resolve()
        client.exists(`/${name}`, (error, stat) => {
          if (error) reject(error)
          else if (stat) client.setData(`/${name}`, Buffer.from(value), settle)
          else client.create(`/${name}`, Buffer.from(value), settle)
        })
      }),
    read: (name) =>
      new Promise((resolve, reject) => {
        client.getData(`/${name}`, (error, data) => {
          if (error) reject(error)
          else resolve(data.toString())
        })
      }),
    close: async () => client.close(),
  }
}

const etcd: Open = async (url) => {
  const encoded = (text: string): string => Buffer.from(text).toString('base64')
  const call = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${url}/v3/kv/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    return answer.json()
  }
  return {
    write: async (name, value) =>
      void (await call('put', { key: encoded(name), value: encoded(value) })),
    read: async (name) => {
      const { kvs = [] } = (await call('range', { key: encoded(name) })) as {
        kvs?: { value: string }[]
      }
      return kvs[0] === undefined ? undefined : Buffer.from(kvs[0].value, 'base64').toString()
    },
    close: async () => {},
  }
}

/** Connects to a server of each kind. */
export const clients: Readonly<Record<ServerKind, Open>> = {
  postgres,
  mariadb,
  redis,
  zookeeper: zooKeeper,
  etcd,
}
