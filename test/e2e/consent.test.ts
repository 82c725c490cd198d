/** Consent from end to end: what the dialog says, what each answer does, and that a grant can be taken back while the page is open. */
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openGallery, shoot, type Gallery } from './gallery.ts'

const INSTALL = 'Install and review permissions'

/** Buttons wake up after a moment; playwright waits for that by itself. */
async function answer(page: Page, label: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: label }).click()
  await dialog.waitFor({ state: 'detached' })
}

async function openFeed(page: Page): Promise<void> {
  await page.getByRole('button', { name: INSTALL }).click()
  await answer(page, 'This session')
  await page.getByText('4 articles in Isolation weekly.').waitFor()
}

describe('gallery consent', { timeout: 60_000 }, () => {
  let gallery: Gallery
  beforeAll(async () => {
    gallery = await openGallery()
  }, 60_000)
  afterAll(() => gallery.close())

  test('names the origin exactly, starts on Deny, and takes Escape for a denial', async () => {
    const { page, close } = await gallery.open('#feed')

    await page.getByRole('button', { name: INSTALL }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText(`Read from ${new URL(gallery.url).origin}`, { exact: true }).waitFor()
    expect(await dialog.innerText()).toContain('dev.glovebox.feed')
    expect(await dialog.innerText()).toContain('Unsigned')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Deny')
    await shoot(page, 'consent')
    await page.keyboard.press('Escape')

    await page.getByRole('alert').getByText('permission-denied').waitFor()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    await close()
  })

  test('ignores a click that arrives while the dialog opens', async () => {
    const { page, close } = await gallery.open('#feed')

    // The click comes in the very turn that opens the dialog: no machine is too slow for it.
    const wasDisabled = page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          new MutationObserver((_, observer) => {
            const button = document.querySelector<HTMLButtonElement>('dialog .answer-always')
            if (button === null) return
            observer.disconnect()
            button.click()
            resolve(button.disabled)
          }).observe(document.body, { childList: true })
        }),
    )
    await page.getByRole('button', { name: INSTALL }).click()

    expect(await wasDisabled).toBe(true)
    expect(await page.getByRole('dialog').count()).toBe(1)
    await answer(page, 'Deny')
    await close()
  })

  test('fetches articles once it may, and shows their markup as text', async () => {
    const { page, close } = await gallery.open('#feed')

    await openFeed(page)
    await page.getByRole('heading', { name: '<img src=x onerror=alert(1)> a headline with markup' }).waitFor()
    expect(await page.locator('.articles img').count()).toBe(0)
    await page.getByRole('combobox', { name: 'Feed' }).selectOption({ label: 'Small engines' })
    await page.getByText('2 articles in Small engines.').waitFor()
    await shoot(page, 'feed')
    await close()
  })

  test('a revoked permission stops the next fetch, and can be asked for again', async () => {
    const { page, close } = await gallery.open('#feed')
    await openFeed(page)

    await page.getByRole('button', { name: 'Revoke http:read' }).press('Enter')
    await page
      .locator('[data-permission="http:read"] .pill')
      .getByText(/denied|asks first/)
      .waitFor()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page
      .locator('.tool .status code')
      .getByText(/permission-(revoked|denied)/)
      .waitFor()
    await shoot(page, 'feed-revoked')

    await page.getByRole('button', { name: 'Request http:read' }).click()
    await answer(page, 'This session')
    await page.locator('[data-permission="http:read"] .pill').getByText('granted').waitFor()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('4 articles in Isolation weekly.').waitFor()
    await close()
  })

  test('asks for the store at first use, and remembers over a reload', async () => {
    const { page, close } = await gallery.open('#feed')
    await page.getByRole('button', { name: INSTALL }).click()
    await answer(page, 'Always')
    await page.getByText('4 articles in Isolation weekly.').waitFor()

    await page.getByRole('button', { name: 'Mark as read' }).first().click()
    await page.getByRole('dialog').getByText('Store values under \u201cread/\u201d').waitFor()
    await answer(page, 'Always')
    await page.getByText('Remembered in the extension\u2019s store.').waitFor()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByRole('dialog').getByText('Read stored values under \u201cread/\u201d').waitFor()
    await answer(page, 'Always')

    await page.reload()
    await page
      .getByRole('button', { name: INSTALL })
      .or(page.getByRole('button', { name: 'Open' }))
      .click()
    await page.getByRole('button', { name: 'Read', exact: true }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    await close()
  })

  test('a denied store costs the memory, not the mark', async () => {
    const { page, close } = await gallery.open('#feed')
    await openFeed(page)

    await page.getByRole('button', { name: 'Mark as read' }).first().click()
    await answer(page, 'Deny')

    await page.getByText('Kept until this page closes').waitFor()
    await page.getByRole('button', { name: 'Read', exact: true }).waitFor()
    await close()
  })
})
