/** A person's answer to the consent dialog: playwright's clicks are real ones, and wait until Allow is awake. */
import type { Page } from 'playwright'

export type Answer = 'Deny' | 'this time' | 'until this page is closed' | 'until a date' | 'always'

export async function answer(page: Page, choice: Answer): Promise<void> {
  const dialog = page.getByRole('dialog')
  if (choice === 'Deny') await dialog.getByRole('button', { name: 'Deny' }).click()
  else {
    await dialog.getByRole('radio', { name: choice }).check()
    await dialog.getByRole('button', { name: 'Allow' }).click()
  }
  await dialog.waitFor({ state: 'detached' })
}

/** Waits until the dialog is as it stays. */
export async function untilAwake(page: Page): Promise<void> {
  await page.locator('glovebox-consent .allow[aria-disabled=false]').waitFor()
}
