import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium, Playground } from './browser.ts'

const leader = '[data-node][data-role="leader"][data-state="up"]'

describe.skipIf(!findChromium())('the members of a live cluster', () => {
  let playground: Playground

  beforeAll(async () => {
    playground = await Playground.start()
  })

  afterAll(() => playground.end())

  test('come and go by keyboard and by menu, and a removal that would cost the majority is refused', async () => {
    const { page, errors } = await playground.open('?experiment=raft-transfer')
    await page.getByTestId('go-live').click()
    await page.locator(leader).waitFor()
    const add = page.getByTestId('add-node')
    const newcomer = page.locator('[data-node="n4"]')
    expect(await page.locator('[data-node]').count()).toBe(3)

    await add.focus()
    expect(await add.textContent()).toBe('Add n4')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Adding n4…' }).waitFor()
    await page.getByText('n4 runs, has caught up, and votes.').waitFor()
    await newcomer.and(page.locator('[data-role="follower"][data-state="up"]')).waitFor()
    expect(await newcomer.getAttribute('aria-label')).toMatch(/^n4, follower, term \d+$/)
    await page.getByRole('button', { name: 'Add n5' }).waitFor()
    expect(await add.and(page.locator(':focus')).count()).toBe(1)

    await newcomer.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Remove n4' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('n4 is no member any more').waitFor()
    await newcomer.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Add n4' }).waitFor()

    await page.locator('[data-node="n2"]').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Crash n2' }).click()
    await page.locator('[data-node="n2"][data-state="down"]').waitFor()
    await page.locator(leader).waitFor()
    await page.locator('[data-node="n3"]').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Remove n3' }).click()
    await page.getByText('Without n3 too few voters would run to commit anything').waitFor()
    expect(await page.locator('[data-node]').count()).toBe(3)
    await page.locator('[data-testid="verdict-chip"][data-verdict="holds"]').waitFor()
    expect(errors).toEqual([])
    await page.close()
  })
})
