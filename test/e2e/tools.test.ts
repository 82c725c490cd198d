/** The five useful extensions, used as a visitor uses them: mostly by keyboard, on the built page, with the real library. */
import { describe, expect, test } from 'vitest'
import { shoot, useGallery } from './gallery.ts'

describe('gallery tools', { timeout: 60_000 }, () => {
  const gallery = useGallery()

  test('opens without an error under a strict policy, and leads by keyboard to an extension', async () => {
    const { page, errors, close } = await gallery.open()

    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { level: 1, name: 'Markdown' }).waitFor()
    expect(
      await page
        .getByRole('link', { name: /Markdown/ })
        .first()
        .getAttribute('aria-current'),
    ).toBe('page')
    expect(errors.filter((text) => !text.includes('about:srcdoc') && !text.includes('pixel.gif'))).toEqual([])
    await close()
  })

  test('shows rendered Markdown in a frame where its scripts and images are dead', async () => {
    const { page, close } = await gallery.open('#markdown')
    const result = page.frameLocator('iframe.preview')

    await result.getByRole('heading', { level: 1, name: 'A letter from inside the box' }).waitFor()
    expect(await page.locator('iframe.preview').getAttribute('sandbox')).toBe('')
    expect(await result.locator('body').innerText()).toContain('Try to break out')

    await page.getByRole('textbox', { name: 'Markdown' }).fill('## Typed\n\n**now**')
    await result.getByRole('heading', { level: 2, name: 'Typed' }).waitFor()
    await page.getByRole('status').getByText('3 blocks, 3 words rendered.').waitFor()
    await shoot(page, 'markdown')
    await close()
  })

  test('describes, sorts, filters and pages a CSV file', async () => {
    const { page, close } = await gallery.open('#csv')
    const rows = page.getByRole('region', { name: 'Rows' })

    await page.getByText('96 rows in 8 columns').waitFor()
    await rows.getByRole('button', { name: 'altitude_m' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('columnheader', { name: 'altitude_m' }).and(page.locator('[aria-sort="ascending"]')).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('th[aria-sort="descending"]').waitFor()
    const heights = await rows.locator('tbody td:nth-child(3)').allInnerTexts()
    expect(heights.map(Number)).toEqual([...heights.map(Number)].sort((a, b) => b - a))

    await page.getByRole('button', { name: 'Next' }).press('Enter')
    await page.getByText('11\u201320 of 96').waitFor()
    await page.getByLabel('Filter').fill('glacier')
    await expect
      .poll(() => rows.locator('tbody td:nth-child(2)').allInnerTexts())
      .toSatisfy((cells: string[]) => cells.every((cell) => cell === 'Glacier basin'))
    await shoot(page, 'csv')
    await close()
  })

  test('reads a CSV file of the visitor\u2019s', async () => {
    const { page, close } = await gallery.open('#csv')
    await page.getByText('96 rows in 8 columns').waitFor()

    await page.getByLabel(/Open a file/).setInputFiles({ name: 'own.csv', mimeType: 'text/csv', buffer: Buffer.from('a;b\n1;<b>x</b>\n2;y\n') })

    await page.getByText('2 rows in 2 columns, separated by \u201c;\u201d.').waitFor()
    await page.getByRole('cell', { name: '<b>x</b>' }).waitFor()
    await close()
  })

  test('finds the problems of an order, and none once they are mended', async () => {
    const { page, close } = await gallery.open('#schema')

    await page.getByText(/^5 problems/).waitFor()
    expect(await page.getByRole('region', { name: 'Problems' }).locator('tbody tr').count()).toBe(5)
    await shoot(page, 'schema')
    await page.getByRole('textbox', { name: 'Data' }).fill('{"id":"ORD-204180","customer":{"email":"a@b.c"},"items":[{"sku":"GLV-7","quantity":2}]}')
    await page.keyboard.press('Control+Enter')
    await page.getByText(/^Valid/).waitFor()
    await page.getByRole('textbox', { name: 'Data' }).fill('{"id":')
    await page.keyboard.press('Control+Enter')
    await page.getByText('The data is not JSON').first().waitFor()
    await close()
  })

  test.each([
    ['javascript', 'const box = await createGlovebox({'],
    ['css', 'border-radius: 50%;'],
    ['html', '<h2>Feed reader</h2>'],
    ['markdown', '_emphasis_'],
  ])('formats %s', async (language, expected) => {
    const { page, close } = await gallery.open('#format')

    await expect.poll(() => page.getByRole('textbox', { name: 'Formatted' }).inputValue(), { timeout: 20_000 }).toContain('createGlovebox')
    await page.getByRole('combobox', { name: 'Language' }).selectOption(language)
    await expect.poll(() => page.getByRole('textbox', { name: 'Formatted' }).inputValue(), { timeout: 20_000 }).toContain(expected)
    await shoot(page, `format-${language}`)
    await close()
  })
})
