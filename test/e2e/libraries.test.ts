/** The page of npm libraries, as a visitor uses it: what it claims, by keyboard, and that a tour can be ended. */
import { describe, expect, test } from 'vitest'
import { axeViolations, shoot, useGallery } from './gallery.ts'

/** Eleven libraries in three places each. */
const TOUR_MS = 90_000

describe('gallery libraries', { timeout: 120_000 }, () => {
  const gallery = useGallery()

  test('every library gives Node\u2019s result in an extension, and says how long it took', async () => {
    const { page, errors, close } = await gallery.open('#libraries')
    const rows = page.getByRole('list', { name: 'Libraries' }).locator(':scope > li')

    await rows.nth(10).waitFor()
    expect(await rows.locator('.verdict').allInnerTexts()).not.toContain('same result as Node') // nothing computes unasked
    await page.getByRole('button', { name: 'Run all' }).click()
    await page.getByText('All 11 libraries have run.').waitFor({ timeout: TOUR_MS })
    expect(await rows.locator('.verdict').allInnerTexts()).toEqual(Array.from({ length: 11 }, () => 'same result as Node'))
    expect(await page.getByRole('list', { name: 'Summary' }).locator('li').first().innerText()).toContain('11 of 11')
    for (const time of await rows.locator('dd:nth-of-type(-n + 2) .bar-time').allInnerTexts()) expect(time).toMatch(/^[\d.]+ m?s$/)

    await rows.first().locator('summary').focus()
    await page.keyboard.press('Enter')
    expect(await rows.first().getByRole('region', { name: 'Result of marked' }).innerText()).toContain('<h1>jsdiff</h1>')
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1440, 360]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        expect(await axeViolations(page)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
        await shoot(page, `libraries-${colorScheme}-${width}`)
      }
    }
    expect(errors).toEqual([])
    await close()
  })

  test('a tour ends at the visitor\u2019s word, and begins again', async () => {
    const { page, close } = await gallery.open('#libraries')
    const status = page.getByRole('article').getByRole('status')

    await page.getByRole('button', { name: 'Run all' }).press('Enter')
    await status.getByText(/^Running prettier, 2 of 11/).waitFor({ timeout: TOUR_MS })
    await page.getByRole('button', { name: 'Stop' }).press('Enter')
    await status.getByText('You stopped this run.').waitFor()
    await page.getByRole('button', { name: 'Run again' }).press('Enter')
    await status.getByText(/^Running marked, 1 of 11/).waitFor()
    await close()
  })
})
