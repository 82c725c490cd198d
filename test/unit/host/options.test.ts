import { expect, test } from 'vitest'
import { resolveOptions } from '../../../src/host/options.ts'

const trust = { kind: 'development' }

test('locale and time zone are canonical, and neutral unless the host says so', () => {
  expect(resolveOptions({ trust }).region).toEqual({ locale: 'en-US', timeZone: 'UTC' })
  expect(resolveOptions({ trust, locale: 'C' }).region.locale).toBe('en-US')
  expect(resolveOptions({ trust, locale: 'de-at', timeZone: 'europe/vienna' }).region).toEqual({ locale: 'de-AT', timeZone: 'Europe/Vienna' })
})

test.each([[{ locale: 'no_such tag' }, /^locale must be/], [{ locale: 5 }, /^locale must be/], [{ locale: '' }, /^locale must be/],
  [{ timeZone: 'Moon/Base' }, /^timeZone must be/], [{ timeZone: {} }, /^timeZone must be/]])('refuses %j with what was expected', (options, message) => {
  expect(() => resolveOptions({ trust, ...options })).toThrow(message)
  expect(() => resolveOptions({ trust, ...options })).toThrow(RangeError)
})
