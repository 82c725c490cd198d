/** crypto.subtle and Intl of the guest in this engine, compared with the page's own: the worker around the guest has the same. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGlovebox, type Extension, type Glovebox } from 'glovebox'
import { ATTEMPT } from '../conformance/globals.ts'
import { INTL_CASES } from '../conformance/intl.ts'
import { SUBTLE_CASES } from '../conformance/subtle.ts'
import { keepFrames, openBox, pkg } from './box-harness.ts'
import { comparable, isSame } from './firefox-errors.ts'

let box: Glovebox
let extension: Extension
beforeAll(async () => {
  keepFrames()
  box = await createGlovebox({ trust: { kind: 'development' }, store: 'memory', name: 'native' })
  extension = await box.install(pkg('export const run = (body) => (0, eval)("(async () => {" + body + "})()")'))
})
afterAll(() => box.dispose())

test.each([...SUBTLE_CASES.filter(isSame), ...INTL_CASES])('%s: as in the page', async (_name, body) => {
  const expected: unknown = await (0, eval)(`(async () => {${ATTEMPT}${body}})()`)

  expect(comparable(await extension.call('run', [ATTEMPT + body]))).toEqual(comparable(expected))
})

test("locale and time zone are the host's, in everything that shows them", async () => {
  const away = await openBox({ locale: 'de-AT', timeZone: 'America/New_York' })
  const there = await away.install(pkg('export const run = (body) => (0, eval)("(async () => {" + body + "})()")'))
  const body = `const o = new Intl.DateTimeFormat().resolvedOptions(); return [o.locale, o.timeZone, (1234.5).toLocaleString(undefined, { minimumFractionDigits: 2 }), new Date(0).getHours(),
    new Date(0).getTimezoneOffset(), new Date(2024, 6, 1, 12).toISOString(), new Date(0).toLocaleTimeString('en-GB'), navigator.language]`

  expect(await extension.call('run', [body])).toEqual(['en-US', 'UTC', '1,234.50', 0, 0, '2024-07-01T12:00:00.000Z', '00:00:00', 'en-US'])
  expect(await there.call('run', [body])).toEqual([
    'de-AT', 'America/New_York', new Intl.NumberFormat('de-AT', { minimumFractionDigits: 2 }).format(1234.5), 19, 300, '2024-07-01T16:00:00.000Z', '19:00:00', 'de-AT',
  ])
})

test('a megabyte is digested within 10 ms', { retry: 2 }, async () => {
  const body = "const b = new Uint8Array(2 ** 20); await crypto.subtle.digest('SHA-256', b); const t = performance.now(); for (let i = 0; i < 10; i++) await crypto.subtle.digest('SHA-256', b); return (performance.now() - t) / 10"

  expect(await extension.call('run', [body])).toBeLessThan(10)
})
