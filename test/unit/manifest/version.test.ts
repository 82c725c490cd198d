import { describe, expect, test } from 'vitest'
import { isInRange, isVersion, isVersionRange } from '../../../src/manifest/version.ts'

describe('isInRange', () => {
  test.each([
    ['1.2.3', '1.2.3', true], ['1.2.3+build', '1.2.3', true], ['1.2.4', '1.2.3', false], ['1.2.3-rc.1', '1.2.3', false], ['1.2.3-rc.1', '1.2.3-rc.1', true],
    ['1.2.0', '^1.2', true], ['1.9.9', '^1.2', true], ['1.1.9', '^1.2', false], ['2.0.0', '^1.2', false], ['1.2.0', '^1', true],
    ['0.2.9', '^0.2.3', true], ['0.3.0', '^0.2.3', false], ['0.0.3', '^0.0.3', true], ['0.0.4', '^0.0.3', false], ['0.0.9', '^0.0', true], ['0.1.0', '^0.0', false],
    ['0.9.0', '^0', true], ['1.0.0', '^0', false],
    ['1.2.9', '~1.2.3', true], ['1.2.2', '~1.2.3', false], ['1.3.0', '~1.2.3', false], ['1.9.0', '~1', true], ['2.0.0', '~1', false],
    ['1.2.3-rc.1', '^1.2', false], ['1.3.0-rc.1', '^1.2', false],
    ['1.10.0', '^1.9', true], ['1.100000000000000000000.0', '^1.99999999999999999999', true], ['1.99999999999999999999.0', '^1.100000000000000000000', false],
    ['1.2', '^1.2', false], ['latest', '^1', false], ['1.2.3', '*', false], ['1.2.3', '>=1', false], ['1.2.3', '__proto__', false], ['01.2.3', '^1', false],
  ])('%s in %s: %s', (version, range, isIn) => {
    expect(isInRange(version, range)).toBe(isIn)
  })
})

test('ranges are exact, caret and tilde, and nothing else', () => {
  for (const range of ['1.2.3', '1.2.3-rc.1', '^1', '^1.2', '~1.2.3', '^0.0.1']) expect(isVersionRange(range), range).toBe(true)
  for (const range of ['', '1', '1.2', '1.x', '*', '^', '~', '^1.2.3-rc', '>1', '1.2.3 || 2.0.0', '^01', '1.2.3+build', ' ^1', '^1\n', `^${'1'.repeat(200)}`]) {
    expect(isVersionRange(range), range).toBe(false)
  }
  expect(isVersion('1.2.3-rc.1+x')).toBe(true)
})
