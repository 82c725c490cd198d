/** The adversary on the built page: every attempt ends as blocked, and page, neighbour and server are as before. */
import { describe, expect, test } from 'vitest'
import { ATTEMPTS } from '../../demo/page/tool/attempts.ts'
import { answer } from './answer.ts'
import { shoot, useGallery, type Gallery, type GalleryPage } from './gallery.ts'

/** Those whose reason is always the same; the last of the run may meet the restart limit instead of their own. */
const STOPPED_BY = [
  ['importStrangers', 'import-refused'],
  ['phoneHome', 'permission-denied'],
  ['lookAlikeHosts', 'permission-denied'],
  ['scanPorts', 'permission-denied'],
  ['bounceRedirect', 'network-failed'],
  ['writeAnyway', 'permission-denied'],
  ['forgeHeaders', 'invalid-argument'],
  ['ownProtoKey', 'value-unsupported'],
  ['smuggleFunction', 'value-unsupported'],
  ['returnCycle', 'value-unsupported'],
  ['returnProxy', 'value-unsupported'],
  ['hugeReturn', 'message-too-large'],
  ['promptFlood', 'permission-unknown'],
  ['spin', 'deadline-exceeded'],
  ['catchAndGoOn', 'deadline-exceeded'],
  ['eatMemory', 'memory-exceeded'],
  ['recurse', 'stack-overflow'],
  ['floodMicrotasks', 'deadline-exceeded'],
  ['floodTimers', 'too-many-handles'],
  ['floodLog', 'rate-limit'],
  ['fillStorage', 'quota-exceeded'],
] as const

async function openHostile(gallery: Gallery): Promise<GalleryPage> {
  const opened = await gallery.open('#hostile')
  await opened.page.getByRole('button', { name: 'Install and review permissions' }).click()
  await answer(opened.page, 'until this page is closed')
  await opened.page.getByRole('button', { name: /^Run all/ }).waitFor()
  return opened
}

describe('gallery adversary', { timeout: 180_000 }, () => {
  const gallery = useGallery()

  test('shows what hides in the name and the reason', async () => {
    const { page, close } = await gallery.open('#hostile')
    await page.getByRole('button', { name: 'Install and review permissions' }).click()

    const words = await page.getByRole('dialog').innerText()
    expect(words).not.toMatch(/[\u202a-\u202e]/)
    expect(words).toMatch(/202e/i)
    expect(words).toContain('<b>now</b>')
    await shoot(page, 'hostile-consent')
    await close()
  })

  test('blocks every attempt, harms nobody', async () => {
    const { page, errors, close } = await openHostile(gallery)

    await page.getByRole('button', { name: /^Run all/ }).press('Enter')
    await page.getByText(`of ${ATTEMPTS.length} attempts blocked; the neighbour answered`).waitFor({ timeout: 150_000 })
    await shoot(page, 'hostile')

    const rows = page.locator('[data-attempt]')
    const verdicts = await rows.evaluateAll((all) => all.map((row) => `${row.getAttribute('data-attempt')}: ${row.getAttribute('data-state')}`))
    expect(verdicts).toEqual(ATTEMPTS.map(({ call }) => `${call}: blocked`))
    for (const [call, code] of STOPPED_BY) expect.soft(await page.locator(`[data-attempt="${call}"] .codes`).innerText(), call).toContain(code)
    await page.getByText(`${ATTEMPTS.length} of ${ATTEMPTS.length} attempts blocked; the neighbour answered ${ATTEMPTS.length} times.`).waitFor()
    const hits: unknown = await (await fetch(`${gallery.url}api/canary/hits`)).json()
    expect(hits).toEqual({ hits: 0 })
    // The browser reports the redirect that was not followed.
    expect(errors.filter((text) => !text.includes('net::ERR_FAILED'))).toEqual([])
    await close()
  })

  test('a run that loops can be stopped by hand', async () => {
    const { page, close } = await openHostile(gallery)

    const row = page.locator('[data-attempt="spinNatively"]')
    await row.getByRole('button').click()
    await page.getByRole('button', { name: 'Stop' }).click()
    await row.locator('.codes').getByText('stopped').waitFor()
    await close()
  })
})
