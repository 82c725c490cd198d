/**
 * The built gallery behind its own server (see setup.ts), in a real Chromium, for the end-to-end tests. Every page gets a fresh context: no
 * storage, no grants.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright'
import { afterAll, beforeAll, inject } from 'vitest'
import { findChromium } from '../../src/build/engines.mjs'

const SHOTS = fileURLToPath(new URL('../../test-results/gallery/', import.meta.url))

const ACTION_TIMEOUT_MS = 15_000

export interface GalleryPage {
  readonly page: Page
  /** What the browser reported as errors, uncaught exceptions included. */
  readonly errors: string[]
  close(): Promise<void>
}

export interface Gallery {
  readonly url: string
  open(hash?: string, options?: BrowserContextOptions): Promise<GalleryPage>
}

/** For the tests of the block that calls it. */
export function useGallery(): Gallery {
  let browser: Browser | undefined
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  const url = inject('gallery')
  return {
    url,
    open: async (hash = '', options = {}) => {
      if (browser === undefined) throw new Error('The gallery is open only while a test runs.')
      return openPage(browser, `${url}${hash}`, options)
    },
  }
}

/** The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const { path, tried } = findChromium()
  if (path === undefined) throw new Error(`No Chromium: looked for ${tried.join(', ')}.`)
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

async function openPage(browser: Browser, url: string, options: BrowserContextOptions): Promise<GalleryPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(ACTION_TIMEOUT_MS)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.goto(url)
  await page.locator('#content[aria-busy="false"]').waitFor()
  return { page, errors, close: () => context.close() }
}

/** Rule and element of every violation axe finds in the page as it is. Half a megabyte of script: a page takes it once. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(await readFile(axe, 'utf8'))
  const run: unknown = await page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", ")))',
  )
  return Array.isArray(run) ? run.map(String) : ['axe did not run']
}

export async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
}
