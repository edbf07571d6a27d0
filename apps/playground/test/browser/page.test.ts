import { run } from '@lockstep/sim'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { areas } from '../../src/areas.ts'
import { findChromium, Playground } from './browser.ts'

const [{ lab, experiments }] = areas as [(typeof areas)[number]]
const experiment = experiments.find(({ id }) => id === 'raft-election')
const leader = '[data-node][data-role="leader"][data-state="up"]'

/** Opens an experiment and waits until its run is complete. Returns its trace hash. */
async function opened(page: Page, id: string): Promise<string> {
  await page.locator(`[data-experiment="${id}"]`).click()
  return completed(page)
}

async function completed(page: Page, except = ''): Promise<string> {
  const hash = page.getByTestId('trace-hash')
  // A run that is opened again takes its hash away for a moment: what is read is looked at once more.
  for (;;) {
    await hash.filter({ hasText: /^[0-9a-f]{16}$/, hasNotText: except || /^-$/ }).waitFor()
    const text = (await hash.textContent()) ?? ''
    if (/^[0-9a-f]{16}$/.test(text) && text !== except) return text
  }
}

/** Walks forward through the run until something is there to see. */
async function walkUntil(page: Page, selector: string): Promise<void> {
  const scrubber = page.getByTestId('scrubber')
  await scrubber.focus()
  while ((await page.locator(selector).count()) === 0) {
    const [now, most] = await Promise.all([
      scrubber.getAttribute('aria-valuenow'),
      scrubber.getAttribute('aria-valuemax'),
    ])
    if (now === most) throw new Error(`the run ended without ${selector}`)
    await page.keyboard.press('PageUp')
    const moved = scrubber.and(page.locator(`:not([aria-valuenow="${now}"])`))
    // A key that is pressed while the run is opened once more is lost: it is pressed again.
    await moved.waitFor({ timeout: 3_000 }).catch(() => scrubber.focus())
  }
}

/** Crashes the leader that is there to see by a click. Returns its name. */
async function crashLeader(page: Page): Promise<string> {
  const node = (await page.locator(leader).getAttribute('data-node')) ?? ''
  await page.locator(leader).click({ button: 'right' })
  await page.getByRole('menuitem', { name: `Crash ${node}` }).click()
  return node
}

describe.skipIf(!findChromium())('the page', () => {
  let playground: Playground

  beforeAll(async () => {
    playground = await Playground.start()
  })

  afterAll(() => playground.end())

  test('shows an election, takes a crash by a click, shows the next leader, writes a key and judges', async () => {
    const { page, errors } = await playground.open()
    const before = await opened(page, 'raft-election')
    await walkUntil(page, leader)
    const first = await crashLeader(page)
    await completed(page, before)
    await walkUntil(page, `${leader}:not([data-node="${first}"])`)
    await page.locator(`[data-node="${first}"][data-state="down"]`).waitFor()

    await page.getByTestId('console-input').fill('put browser 42')
    await page.getByTestId('console-run').click()
    await page.getByTestId('console-output').getByText('put browser = 42').waitFor()
    const chip = page.getByTestId('verdict-chip')
    await chip.and(page.locator('[data-verdict="holds"]')).waitFor()
    expect(await chip.getAttribute('title')).toMatch(/\w/)
    expect(errors).toEqual([])
    await page.close()
  })

  test('takes a change back and does it again by its buttons', async () => {
    const { page, errors } = await playground.open()
    const before = await opened(page, 'raft-election')
    await walkUntil(page, leader)
    await crashLeader(page)
    const crashed = await completed(page, before)
    const hash = page.getByTestId('trace-hash')
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await hash.filter({ hasText: before }).waitFor()
    await page.getByRole('button', { name: 'Redo', exact: true }).click()
    await hash.filter({ hasText: crashed }).waitFor()
    expect(errors).toEqual([])
    await page.close()
  })

  test('goes live: processes in place of a simulation, with the same crash by the same click', async () => {
    const { page, errors } = await playground.open()
    await opened(page, 'raft-leader-crash')
    await page.getByTestId('go-live').click()
    await page.locator(leader).waitFor()
    const first = await crashLeader(page)
    await page.locator(`[data-node="${first}"][data-state="down"]`).waitFor()
    await page.locator(`${leader}:not([data-node="${first}"])`).waitFor()
    await page.getByTestId('console-input').fill('put browser 42')
    await page.getByTestId('console-run').click()
    await page.getByTestId('console-output').getByText('put browser = 42').waitFor()
    await page.locator('[data-testid="verdict-chip"][data-verdict="holds"]').waitFor()
    expect(errors).toEqual([])
    await page.close()
  })

  test('runs a scenario by itself, in a worker, to the very trace that Node has', async () => {
    if (experiment === undefined) throw new Error('there is no such experiment')
    const { page, errors } = await playground.open('?session=worker')
    const { traceHash } = await run(lab, experiment.scenario)
    await opened(page, experiment.id)
    await page.getByTestId('trace-hash').filter({ hasText: traceHash }).waitFor()
    expect(errors).toEqual([])
    await page.close()
  })
})
