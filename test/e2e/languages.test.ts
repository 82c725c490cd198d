/** The guests in other languages, used as a visitor uses them; those that are not built are skipped, with the command that builds them. */
import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { builtFile, GUESTS, howToBuild } from '../../demo/guests/list.mjs'
import { answer } from './answer.ts'
import { axeViolations, shoot, useGallery } from './gallery.ts'

/** What each says when its first run is done. */
const AT_REST: ReadonlyMap<string, RegExp> = new Map([
  ['photo', /^86400 pixels, average colour [\d, ]+\.$/],
  ['site', /^200, \d+ characters\.$/],
  ['redact', /^Names and words 3, addresses 1, links 1, numbers 1; 6 in all since it was started\.$/],
  ['codec', /^Every pixel came back\. Chunks: /],
  ['sudoku', /^\d\d digits and one solution\. 81 calls read the board/],
  ['maze', /^A way of \d+ cells, after looking at \d+ of 384\.$/],
  ['palette', /^3 colours, \d of them readable on white\.$/],
  ['gofmt', /^Formatted\.$/],
  ['units', /^7 kinds of units are known\.$/],
  ['cron', /^The next 8 times, in UTC\.$/],
])

function missing(name: string): string | undefined {
  return builtFile(name) === undefined ? `not built: ${howToBuild(name)}` : undefined
}

async function settle(page: Page, name: string): Promise<string> {
  const status = page.getByRole('article').locator('.tool > .status')
  await status.filter({ hasText: AT_REST.get(name) ?? /./ }).waitFor({ timeout: 30_000 })
  return status.innerText()
}

/** Is every colour of the second canvas the opposite of the first's? */
async function isInverted(page: Page): Promise<boolean> {
  return page.locator('figure canvas').evaluateAll((canvases: HTMLCanvasElement[]) => {
    const [before, after] = canvases.map((canvas) => canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data)
    return before?.every((value, at) => after?.[at] === (at % 4 === 3 ? value : 255 - value)) ?? false
  })
}

describe('gallery languages', { timeout: 90_000 }, () => {
  const gallery = useGallery()

  test.each(GUESTS)('$name, in $language, runs and shows its size and times', async ({ name }) => {
    const { page, errors, close } = await gallery.open(`#${name}`)
    const reason = missing(name)
    if (reason === undefined) {
      await settle(page, name)
      const figures = await page.locator('.guest > .figures').innerText()
      expect(figures).toMatch(/Size\n[\d.]+ [KM]iB/)
      for (const figure of ['Installed in', 'Started in', 'Last call']) expect(figures).toMatch(new RegExp(`${figure}\\n[\\d.]+ m?s`))
    } else await page.getByRole('region', { name: 'Command that builds it' }).getByText(howToBuild(name)).waitFor()

    expect(await page.getByRole('link', { name: 'Languages' }).getAttribute('aria-current')).toBe('page')
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1440, 360]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        expect(await axeViolations(page)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
        await shoot(page, `${name}-${colorScheme}-${width}`)
      }
    }
    expect(errors.filter((text) => !text.includes('about:srcdoc'))).toEqual([])
    await close()
  })

  test('a guest that is not built says what builds it', async () => {
    const { page, close } = await gallery.open()
    await page.route('**/guests.json', (route) => route.fulfill({ json: [{ name: 'gofmt', how: 'npm run build:guests -- --only gofmt' }] }))

    await page.getByRole('link', { name: /^Languages/ }).first().press('Enter')
    await page.getByRole('link', { name: /gofmt, in Go.*not built here/s }).press('Enter')

    await page.getByRole('region', { name: 'Command that builds it' }).getByText('npm run build:guests -- --only gofmt').waitFor()
    await close()
  })

  test('the darkroom inverts every colour, and takes every setting of its form', async () => {
    const { page, close } = await gallery.open('#photo')
    await settle(page, 'photo')

    await page.getByRole('combobox', { name: 'Filter' }).selectOption('invert')

    await expect.poll(() => isInverted(page)).toBe(true)
    for (const filter of ['sharpen', 'edges', 'sepia', 'posterize', 'pixelate', 'grayscale']) {
      await page.getByRole('combobox', { name: 'Filter' }).selectOption(filter)
      const strength = page.getByRole('slider', { name: 'Strength' })
      if (await strength.isEnabled()) await strength.press('End')
      expect(await settle(page, 'photo')).toContain('86400 pixels')
    }
    await close()
  })

  test('the site counts, refuses, and fetches only what the visitor grants', async () => {
    const { page, close } = await gallery.open('#site')
    await settle(page, 'site')
    await page.frameLocator('iframe.preview').getByRole('heading', { name: 'A site in a page' }).waitFor()

    await page.getByRole('button', { name: 'Count a letter' }).press('Enter')
    await page.getByRole('region', { name: 'Body of the response' }).getByText('{"lines":3,"words":8,"bytes":38}').waitFor()
    await page.getByRole('button', { name: 'Nothing there' }).press('Enter')
    await page.getByRole('region', { name: 'Headers of the response' }).getByText(/^HTTP 404/).waitFor()
    await page.getByRole('button', { name: 'News' }).press('Enter')
    await answer(page, 'until this page is closed')
    await page.getByRole('region', { name: 'Body of the response' }).getByText(/"titles":\[".+"/).waitFor()
    await close()
  })

  test('the plug-in takes out a name that only the page knows', async () => {
    const { page, close } = await gallery.open('#redact')
    await settle(page, 'redact')

    await page.getByRole('textbox', { name: 'Text' }).fill('Grace wrote to Bob.')
    await page.keyboard.press('Control+Enter')

    await expect.poll(() => page.getByRole('textbox', { name: 'Redacted' }).inputValue()).toBe('\u2588\u2588\u2588\u2588\u2588 wrote to Bob.')
    await close()
  })

  test('the Sudoku is solved, and refuses a digit that is there', async () => {
    const { page, close } = await gallery.open('#sudoku')
    await settle(page, 'sudoku')

    await page.getByRole('button', { name: 'Solve it' }).press('Enter')
    await page.getByText(/^One way to fill it, after \d+ guesses/).waitFor()
    const cells = page.getByRole('group', { name: 'Board' }).getByRole('textbox')
    const values = await cells.evaluateAll((inputs: HTMLInputElement[]) => inputs.map(({ value }) => value))
    for (let row = 0; row < 9; row++) expect(values.slice(row * 9, row * 9 + 9).sort().join('')).toBe('123456789')
    await cells.nth(0).focus()
    await page.keyboard.press('ArrowDown')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Row 2, column 1')
    await close()
  })

  test('a search that goes straight looks at fewer cells than one that goes everywhere', async () => {
    const { page, close } = await gallery.open('#maze')
    const looked = async (method: string): Promise<number> => {
      await page.getByRole('combobox', { name: 'Search' }).selectOption(method)
      return Number(/looking at (\d+)/.exec(await settle(page, 'maze'))?.[1])
    }
    await settle(page, 'maze')

    const breadth = await looked('breadth')
    await expect.poll(() => looked('astar')).toBeLessThan(breadth)
    await close()
  })

  test.skipIf(missing('gofmt'))('the Go formatter says where the fault is', async () => {
    const { page, close } = await gallery.open('#gofmt')
    await settle(page, 'gofmt')
    expect(await page.getByRole('list', { name: 'Declarations' }).getByRole('listitem').allInnerTexts()).toContain('method Push 11')

    await page.getByRole('textbox', { name: 'Source' }).fill('package a\nfunc {')
    await page.keyboard.press('Control+Enter')

    await page.getByText(/stdin\.go:2:6: expected 'IDENT', found '\{'/).waitFor()
    await close()
  })

  test.skipIf(missing('units'))('Python reckons exactly, and names what it cannot', async () => {
    const { page, close } = await gallery.open('#units')
    await settle(page, 'units')
    await page.getByText('12.5 kilometres = 7.76713990297 miles').waitFor()

    await page.getByRole('searchbox', { name: 'Question' }).fill('3 km in kg')
    await page.keyboard.press('Control+Enter')

    await page.getByRole('status').filter({ hasText: 'unlike' }).waitFor()
    await close()
  })

  test.skipIf(missing('cron'))('the cron explainer has leap days', async () => {
    const { page, close } = await gallery.open('#cron')
    await settle(page, 'cron')

    await page.getByRole('button', { name: '0 0 29 2 *' }).press('Enter')

    await page.getByText('At 00:00, on day 29, in February.').waitFor()
    await expect.poll(() => page.getByRole('list', { name: 'Next times, in UTC' }).locator('time').count()).toBe(8)
    await close()
  })
})
