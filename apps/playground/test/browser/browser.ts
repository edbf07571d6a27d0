import { existsSync } from 'node:fs'
import { isAvailable } from '@lockstep/servers'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Started, startLockstep } from '../command.ts'

const executablePath = '/usr/bin/chromium'

/** Whether there is a browser. Without one the tests are skipped, unless they are required. */
export function findChromium(): boolean {
  return isAvailable('chromium', existsSync(executablePath), "Debian's chromium brings it.")
}

/** The served playground and a browser that looks at it. */
export class Playground {
  readonly url: string
  readonly #command: Started
  readonly #browser: Browser

  private constructor(url: string, command: Started, browser: Browser) {
    this.url = url
    this.#command = command
    this.#browser = browser
  }

  /** Serves the page by the command itself. It must be built. */
  static async start(): Promise<Playground> {
    const command = startLockstep(['play', '--port', '0'])
    const said = await command.line('Lockstep is at ')
    const browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    return new Playground(said.replace('Lockstep is at ', ''), command, browser)
  }

  /** Opens the page. What goes wrong on it is gathered in `errors`. */
  async open(query = ''): Promise<{ readonly page: Page; readonly errors: readonly string[] }> {
    const page = await this.#browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(30_000)
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
    })
    await page.goto(`${this.url}${query}`)
    return { page, errors }
  }

  async end(): Promise<void> {
    await this.#browser.close()
    this.#command.child.kill('SIGTERM')
    await this.#command.finished
  }
}
