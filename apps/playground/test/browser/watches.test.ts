import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChromium, Playground } from './browser.ts'

describe.skipIf(!findChromium())('a watch on the page', () => {
  let playground: Playground

  beforeAll(async () => {
    playground = await Playground.start()
  })

  afterAll(() => playground.end())

  test('shows its value as time moves, stops the player, outlives a reload, and says what is wrong', async () => {
    const { page, errors } = await playground.open('?experiment=raft-election')
    const hash = page.getByTestId('trace-hash').filter({ hasText: /^[0-9a-f]{16}$/ })
    await hash.waitFor()
    const input = page.getByTestId('watch-input')
    const value = page.getByTestId('watch-value')
    const leads = "nodes.![value.role].?[#this == 'leader'].length == 1"
    await input.fill(leads)
    await page.getByTestId('watch-add').click()
    await value.filter({ hasText: 'false' }).waitFor()
    await page.getByRole('button', { name: `Stop where it becomes true: ${leads}` }).click()

    await page.getByTestId('clock').click()
    await page.keyboard.press('.')
    await value.filter({ hasText: 'true' }).waitFor()
    const stopped = await page.getByTestId('clock').textContent()
    await page.locator('[data-role="leader"]').waitFor()
    await page.keyboard.press('ArrowLeft')
    await value.filter({ hasText: 'false' }).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press(',')
    expect(await page.getByTestId('clock').textContent()).toBe(stopped)

    await page.keyboard.press('Home')
    await page.getByTestId('play-button').click()
    await page.getByText(`Stopped: ${leads}`).waitFor()
    expect(await page.getByTestId('clock').textContent()).toBe(stopped)

    await input.fill('nodes.n1.term >')
    await input.press('Enter')
    await page.getByTestId('watch-problem').filter({ hasText: 'column 16' }).waitFor()

    await page.reload()
    await hash.waitFor()
    await value.filter({ hasText: 'false' }).waitFor()
    expect(await page.getByTestId('watches').locator('code').textContent()).toBe(leads)
    expect(errors).toEqual([])
    await page.close()
  })
})
