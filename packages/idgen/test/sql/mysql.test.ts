import { expect, test } from 'vitest'
import { mysqlDatabase } from '../../src/sql/mysql.ts'

/** Answers what it is told to, one after the other, and counts the statements. */
function clientOf(answers: (unknown[] | { readonly code: string })[]) {
  let asked = 0
  const query = async (): Promise<readonly [unknown]> => {
    const answer = answers[asked++ % answers.length]
    if (Array.isArray(answer)) return [answer]
    throw Object.assign(new Error('refused'), answer)
  }
  return { query, asked: () => asked }
}

const deadlock = { code: 'ER_LOCK_DEADLOCK' }

test('a statement that was undone for the sake of another is run again', async () => {
  const client = clientOf([deadlock, deadlock, [{ one: 1 }]])
  const { rows } = await mysqlDatabase(client).query('select 1 as one')
  expect(rows).toEqual([{ one: 1 }])
  expect(client.asked()).toBe(3)
})

test('a server that undoes every statement is believed in the end', async () => {
  const client = clientOf([deadlock])
  await expect(mysqlDatabase(client).query('select 1')).rejects.toMatchObject(deadlock)
  expect(client.asked()).toBe(1_000)
})

test('a statement that may have been carried out is not run again', async () => {
  const lost = { code: 'PROTOCOL_CONNECTION_LOST' }
  const client = clientOf([lost])
  await expect(mysqlDatabase(client).query('select 1')).rejects.toMatchObject(lost)
  expect(client.asked()).toBe(1)
})
