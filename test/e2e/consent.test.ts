/** Consent from end to end: what the dialog says, what each answer does, and that a grant can be taken back while the page is open. */
import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { answer, untilAwake } from './answer.ts'
import { shoot, useGallery } from './gallery.ts'

const INSTALL = 'Install and review permissions'

async function openFeed(page: Page): Promise<void> {
  await page.getByRole('button', { name: INSTALL }).click()
  await answer(page, 'until this page is closed')
  await page.getByText('4 articles in Isolation weekly.').waitFor()
}

describe('gallery consent', { timeout: 60_000 }, () => {
  const gallery = useGallery()

  test('names the origin exactly, starts on Deny, and takes Escape for a denial', async () => {
    const { page, close } = await gallery.open('#feed')

    await page.getByRole('button', { name: INSTALL }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText(new URL(gallery.url).origin, { exact: true }).waitFor()
    expect(await dialog.innerText()).toContain('dev.glovebox.feed')
    expect(await dialog.innerText()).toContain('Nobody signed')
    await expect.poll(() => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent)).toBe('Deny')
    await untilAwake(page)
    await shoot(page, 'consent')
    await page.keyboard.press('Escape')

    await page.getByRole('alert').getByText('permission-denied').waitFor()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Try again')
    await page.getByText('Nothing of it has run.').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await close()
  })

  test('a person\'s click that comes too soon, or to a dialog that has moved, allows nothing', async () => {
    const { page, close } = await gallery.open('#feed')
    await page.getByRole('button', { name: INSTALL }).click()
    const allow = page.locator('glovebox-consent .allow')
    await allow.click({ force: true })
    await page.locator('glovebox-consent .deny').click({ force: true })
    expect(await page.getByRole('dialog').count()).toBe(1)

    await untilAwake(page)
    await page.locator('glovebox-consent dialog').evaluate((dialog: HTMLElement) => dialog.style.setProperty('translate', '0 -40px'))
    await allow.click({ force: true })
    expect(await page.getByRole('dialog').count()).toBe(1)

    await answer(page, 'until this page is closed')
    await page.getByText('4 articles in Isolation weekly.').waitFor()
    await close()
  })

  test('an Escape that was meant for the page, as the dialog opens, denies nothing', async () => {
    const { page, close } = await gallery.open('#feed')
    await page.evaluate(() => {
      const Consent = customElements.get('glovebox-consent')
      if (Consent === undefined) throw new Error('The gallery has no dialog.')
      const element = Object.assign(new Consent(), { options: { armAfterMs: 60_000 } })
      document.body.append(element)
      const extension = { id: 'com.example.a', name: 'A', origin: 'local', digest: `sha256:${'0'.repeat(64)}`, unsigned: true }
      void Reflect.get(element, 'ask').call(element, { extension, permissions: [], when: 'use', onBehalfOf: [] })
    })
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await page.mouse.click(1, 1) // a person's event: without one, engines close at the first Escape
    await page.keyboard.press('Escape')

    expect(await dialog.isVisible()).toBe(true)
    await close()
  })

  test('Deny works while Allow waits again, because the window changed', async () => {
    const { page, close } = await gallery.open('#feed')
    await page.getByRole('button', { name: INSTALL }).click()
    await untilAwake(page)

    await page.getByRole('dialog').getByRole('radio', { name: 'until a date' }).check()
    await page.evaluate(() => dispatchEvent(new Event('resize')))
    await page.locator('glovebox-consent .deny').click({ force: true })

    await page.getByRole('alert').getByText('permission-denied').waitFor()
    await close()
  })

  test('keeps Tab in the dialog, and Enter answers as the focus stands', async () => {
    const { page, close } = await gallery.open('#feed')
    await page.getByRole('button', { name: INSTALL }).click()
    await untilAwake(page)

    const visited = new Set<string>()
    for (let count = 0; count < 12; count += 1) {
      visited.add(await page.evaluate(() => document.activeElement?.localName ?? ''))
      await page.keyboard.press('Tab')
    }
    // Beyond the last control lies the browser's own bar, which is no part of the page.
    expect([...visited].filter((name) => name !== 'glovebox-consent' && name !== 'body')).toEqual([])

    await page.locator('glovebox-consent .deny').focus()
    await untilAwake(page)
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('permission-denied').waitFor()
    await close()
  })

  test('allows until a date, which is kept over a reload', async () => {
    const { page, close } = await gallery.open('#feed')
    await page.getByRole('button', { name: INSTALL }).click()
    await answer(page, 'until a date')
    await page.getByText('4 articles in Isolation weekly.').waitFor()

    await page.reload()
    await page.getByRole('link', { name: 'Feed reader installed' }).waitFor()
    await page.getByRole('button', { name: INSTALL }).or(page.getByRole('button', { name: 'Open' })).click()

    await page.getByText('4 articles in Isolation weekly.').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
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
    await answer(page, 'until this page is closed')
    await page.locator('[data-permission="http:read"] .pill').getByText('granted').waitFor()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('4 articles in Isolation weekly.').waitFor()
    await close()
  })

  test('asks for the store at first use, and remembers over a reload', async () => {
    const { page, close } = await gallery.open('#feed')
    await page.getByRole('button', { name: INSTALL }).click()
    await answer(page, 'always')
    await page.getByText('4 articles in Isolation weekly.').waitFor()

    await page.getByRole('button', { name: 'Mark as read' }).first().click()
    await page.getByRole('dialog').getByText('read/*', { exact: true }).waitFor()
    await answer(page, 'always')
    await page.getByText('Remembered in the extension\u2019s store.').waitFor()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByRole('dialog').getByText('Read what it stored').waitFor()
    await answer(page, 'always')
    // The articles come again when it has read: the answer is kept by then.
    await page.getByText('4 articles in Isolation weekly.').waitFor()
    await page.getByRole('button', { name: 'Read', exact: true }).waitFor()

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
