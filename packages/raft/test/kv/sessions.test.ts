import { expect, it } from 'vitest'
import type { StoreValue } from '../../src/kv/operation.ts'
import { Sessions } from '../../src/kv/sessions.ts'
import { asIndex } from '../../src/term.ts'

it('keeps what operations came to in their order, each once, until the client has it', () => {
  const sessions = new Sessions({ sessionsMax: 2, sessionTimeoutMs: 100, sessionWindow: 8 })
  const client = asIndex(1)
  const value = (revision: number): StoreValue => ({ type: 'compact', revision })
  const kept = (): unknown => sessions.get(client)?.results
  sessions.open(client, 0)
  for (const seq of [3, 1, 2, 3]) sessions.record({ client, seq, received: 0 }, value(seq), 1)
  expect(kept()).toEqual([1, 2, 3].map((seq) => ({ seq, value: value(seq) })))
  const saved = sessions.save()
  sessions.record({ client, seq: 4, received: 2 }, value(4), 2)
  expect(kept()).toEqual([3, 4].map((seq) => ({ seq, value: value(seq) })))
  sessions.restore(saved)
  expect(kept()).toEqual([1, 2, 3].map((seq) => ({ seq, value: value(seq) })))
})
