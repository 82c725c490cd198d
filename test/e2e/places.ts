/** The gallery's pages, and what is on each when it has come to rest. */
import type { Page } from 'playwright'

export const HASHES = ['', 'markdown', 'csv', 'schema', 'format', 'feed', 'hostile', 'languages', 'libraries'] as const
/** Those that ask before they install. */
export const CONSENT: ReadonlySet<string> = new Set(['feed', 'hostile'])

const AT_REST: ReadonlyMap<string, RegExp> = new Map([
  ['', /at arm/],
  ['markdown', /words rendered/],
  ['csv', /96 rows/],
  ['schema', /5 problems/],
  ['format', /^Formatted\.$/],
  ['feed', /4 articles/],
  ['hostile', /attempts blocked/],
  ['languages', /Site, in Rust/],
  // libraries.test.ts runs them.
  ['libraries', /11 libraries, each/],
])

export async function settle(page: Page, hash: string): Promise<void> {
  await page
    .locator('#content')
    .getByText(AT_REST.get(hash) ?? /./)
    .first()
    .waitFor()
}
