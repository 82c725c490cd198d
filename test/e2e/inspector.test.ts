/** The inspector in the gallery: every tab with what really happened, no axe violation, no sideways scrolling, in both schemes, wide and narrow. */
import { describe, expect, test } from 'vitest'
import { answer } from './answer.ts'
import { axeViolations, shoot, useGallery } from './gallery.ts'

const TABS = [['Live', /MiB of/], ['Grants', /until this page is closed/], ['Limits', /MiB/], ['Audit log', /http\.fetch/]] as const

describe('gallery inspector', { timeout: 120_000 }, () => {
  const gallery = useGallery()

  test.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 360],
    ['dark', 360],
  ] as const)('%s at %i px is accessible and fits', async (colorScheme, width) => {
    const { page, errors, close } = await gallery.open('#feed', { colorScheme, viewport: { width, height: 800 } })
    await page.getByRole('button', { name: 'Install and review permissions' }).click()
    await answer(page, 'until this page is closed')
    await page.getByText('4 articles in Isolation weekly.').waitFor()
    await page.evaluate(() => {
      location.hash = 'inspector'
    })

    const found: string[] = []
    for (const [name, shown] of TABS) {
      await page.getByRole('tab', { name }).click()
      await page.getByRole('tabpanel').getByText(shown).first().waitFor()
      for (const violation of await axeViolations(page)) found.push(`${name}: ${violation}`)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (overflow > 0) found.push(`${name}: ${overflow} px too wide`)
      await shoot(page, `${colorScheme}-${width}-inspector-${name.toLowerCase().replace(' ', '-')}`)
    }

    expect([...found, ...errors]).toEqual([])
    await close()
  })

  test('revokes what the feed reader uses', async () => {
    const { page, close } = await gallery.open('#feed')
    await page.getByRole('button', { name: 'Install and review permissions' }).click()
    await answer(page, 'until this page is closed')
    await page.getByText('4 articles in Isolation weekly.').waitFor()

    await page.getByRole('link', { name: 'Inspector' }).click()
    await page.getByRole('tab', { name: 'Grants' }).click()
    await page.getByRole('button', { name: 'Revoke http:read' }).click()
    await page.getByRole('tabpanel').getByText('denied').waitFor()
    await page.getByRole('link', { name: 'Feed reader' }).click()
    await page.getByRole('button', { name: 'Refresh' }).click()

    await page.locator('.tool .status code').getByText('permission-revoked').waitFor()
    await close()
  })
})
