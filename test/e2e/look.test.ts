/** How the gallery looks and reads: no axe violation, no sideways scrolling, in both schemes, wide and narrow; with a picture of each. */
import { describe, expect, test } from 'vitest'
import { answer, untilAwake } from './answer.ts'
import { CONSENT, HASHES, settle } from './places.ts'
import { axeViolations, shoot, useGallery } from './gallery.ts'

describe('gallery look', { timeout: 120_000 }, () => {
  const gallery = useGallery()

  test.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 360],
    ['dark', 360],
  ] as const)('%s at %i px is accessible and fits', async (colorScheme, width) => {
    const { page, close } = await gallery.open('', { colorScheme, viewport: { width, height: 800 } })

    const found: string[] = []
    const look = async (name: string): Promise<void> => {
      for (const violation of await axeViolations(page)) found.push(`${name}: ${violation}`)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (overflow > 0) found.push(`${name}: ${overflow} px too wide`)
      await shoot(page, `${colorScheme}-${width}-${name}`)
    }
    for (const hash of HASHES) {
      await page.evaluate((next) => {
        location.hash = next
      }, hash)
      if (CONSENT.has(hash)) {
        await page.getByRole('button', { name: 'Install and review permissions' }).click()
        await untilAwake(page)
        await look(`${hash}-consent`)
        await answer(page, 'until this page is closed')
      }
      await settle(page, hash)
      await look(hash === '' ? 'home' : hash)
    }

    expect(found).toEqual([])
    await close()
  })
})
