/** All that is asked of Redis. `nodeRedis` and `ioRedis` make one out of the client that a program uses anyway. */
export interface RedisCommands {
  /**
   * Runs a Lua script (`EVAL`), which nothing interrupts. It answers with a list of texts. When it
   * rejects, the script may have run or not.
   */
  eval(
    script: string,
    keys: readonly string[],
    values: readonly string[],
  ): Promise<readonly string[]>
}

/** What is used of a client or pool of `redis` (node-redis). */
export interface NodeRedisClient {
  eval(
    script: string,
    options: { readonly keys: string[]; readonly arguments: string[] },
  ): Promise<unknown>
}

/** A Redis behind a client of `redis` (node-redis). */
export function nodeRedis(client: NodeRedisClient): RedisCommands {
  return {
    eval: async (script, keys, values) =>
      texts(await client.eval(script, { keys: [...keys], arguments: [...values] })),
  }
}

/** What is used of a client of `ioredis`. */
export interface IoRedisClient {
  eval(script: string, keys: number, ...keysAndValues: string[]): Promise<unknown>
}

/**
 * A Redis behind a client of `ioredis`. By its defaults it holds commands back while there is no
 * connection; give it `maxRetriesPerRequest` and `commandTimeout`, or callers wait for long.
 */
export function ioRedis(client: IoRedisClient): RedisCommands {
  return {
    eval: async (script, keys, values) =>
      texts(await client.eval(script, keys.length, ...keys, ...values)),
  }
}

function texts(answer: unknown): readonly string[] {
  return Array.isArray(answer) ? answer.map(String) : [String(answer)]
}
