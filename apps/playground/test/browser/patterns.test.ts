import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tracedAreas } from '../../src/areas.ts'
import { findChromium, Playground } from './browser.ts'

const experiments = tracedAreas.flatMap((area) => area.experiments)
const holds = '[data-testid="verdict-chip"][data-verdict="holds"]'
const current = '[data-testid="call-list"] [aria-current="step"]'

/** The text of the current call once the cursor stands at a step. */
async function callAt(page: Page, step: number): Promise<string> {
  await page
    .locator(current)
    .filter({ hasText: new RegExp(`^${step}\\D`) })
    .waitFor()
  return (await page.locator(`${current} code`).textContent()) ?? ''
}

describe.skipIf(!findChromium())('a pattern on the page', () => {
  let playground: Playground

  beforeAll(async () => {
    playground = await Playground.start()
  })

  afterAll(() => playground.end())

  test('is opened by its link, walked through by keys, scrubber and clicks, and shared', async () => {
    const { page, errors } = await playground.open('?experiment=pattern-strategy')
    await page.locator(holds).waitFor()
    await page.getByText('There are two ways to pack').waitFor()
    await page
      .getByRole('list', { name: 'Relations' })
      .getByText('StrategySelector has Candidate')
      .waitFor()
    expect(await page.locator(current).count()).toBe(0)

    await page.keyboard.press('ArrowRight')
    expect(await callAt(page, 1)).toBe('client → selector.select(5000)')
    await page.keyboard.press('ArrowRight')
    expect(await callAt(page, 2)).toBe('selector → deflate.supports(5000): true')
    await page.keyboard.press('ArrowLeft')
    expect(await callAt(page, 1)).toBe('client → selector.select(5000)')

    const scrubber = page.getByTestId('scrubber')
    await scrubber.focus()
    await page.keyboard.press('End')
    expect(await callAt(page, 9)).toBe("client → store.pack(10): '10 by store'")
    expect(await scrubber.getAttribute('aria-valuetext')).toBe('9 of 9')
    await page.locator('[data-step="3"]').click()
    expect(await callAt(page, 4)).toBe("client → deflate.pack(5000): '5000 by deflate'")
    await page.locator('.step.now').getByText('pack(5000)').waitFor()

    await page.getByRole('button', { name: 'Share' }).click()
    await page.getByRole('menuitem', { name: 'Copy link to this experiment' }).waitFor()
    await page.keyboard.press('Escape')
    expect(errors).toEqual([])
    await page.close()
  })

  test('stands in the list beside the simulations, and either takes the place of the other', async () => {
    const { page, errors } = await playground.open('?experiment=pattern-proxy')
    await page.getByTestId('sequence').waitFor()
    await page.getByText('Raft: a replicated').click()
    await page.locator('[data-experiment="raft-election"]').click()
    await page
      .getByTestId('trace-hash')
      .filter({ hasText: /^[0-9a-f]{16}$/ })
      .waitFor()
    expect(await page.getByTestId('sequence').count()).toBe(0)
    await page.getByText('Principles').click()
    await page.locator('[data-experiment="pattern-law-of-demeter"]').click()
    await page.getByTestId('sequence').waitFor()
    await page.reload()
    await page.getByTestId('sequence').waitFor()
    expect(errors).toEqual([])
    await page.close()
  })

  test('makes the same calls in a worker of the page as in Node, every one of them', async () => {
    const { page, errors } = await playground.open('?session=worker')
    await page.getByTestId('verdict-chip').waitFor()
    for (const { id, title } of experiments) {
      await page
        .locator(`[data-experiment="${id}"]`)
        .evaluate((card) => card.dispatchEvent(new Event('click', { bubbles: true })))
      await page.locator('h1', { hasText: title }).waitFor()
      await page.getByTestId('sequence').waitFor()
      await page.locator('[data-testid="verdict-chip"]:not([data-verdict="none"])').waitFor()
      const text = await page.getByTestId('verdict-chip').getAttribute('title')
      expect([id, text]).toEqual([id, expect.stringMatching(/^All \d+ lines/)])
    }
    expect(errors).toEqual([])
    await page.close()
  })
})
