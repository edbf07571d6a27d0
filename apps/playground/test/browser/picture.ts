import { resolve } from 'node:path'
import { Playground } from './browser.ts'

/** Draws the README's picture anew: `npm run picture`. */
const playground = await Playground.start()
try {
  const { page } = await playground.open('?experiment=raft-figure-8')
  await page
    .getByTestId('trace-hash')
    .filter({ hasText: /^[0-9a-f]{16}$/ })
    .waitFor()
  await page.keyboard.press('g')
  await page.locator('[data-role="leader"][data-state="up"]').nth(1).waitFor()
  await page.mouse.move(0, 0)
  await page.screenshot({ path: resolve(import.meta.dirname, '../../../../docs/playground.png') })
} finally {
  await playground.end()
}
