import { platformTurn } from '@lockstep/sim'
import { describe, expect, test } from 'vitest'

/** Settles a promise only after a chain of that many others. */
async function after(links: number, note: () => void): Promise<void> {
  for (let link = 0; link < links; link++) await Promise.resolve()
  note()
}

describe('one turn', () => {
  test.for([
    ['setImmediate', { setImmediate }],
    ['a message channel', { MessageChannel }],
  ] as const)('by %s lets every settled promise run its course', async ([, platform]) => {
    const turn = platformTurn(platform as Parameters<typeof platformTurn>[0])
    for (const links of [1, 10, 1000]) {
      let done = false
      void after(links, () => {
        done = true
      })
      await turn()
      expect(done).toBe(true)
    }
  })

  test('without either is refused', () => {
    expect(() => platformTurn({})).toThrow('neither')
  })
})
