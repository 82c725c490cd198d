import { describe, expect, it } from 'vitest'
import { cleanText } from '../../../src/util/text.ts'

describe('cleanText', () => {
  it.each([
    ['plain text', 'Weather 9\u00b0C', 'Weather 9\u00b0C'],
    ['an emoji', '\u{1f600}', '\u{1f600}'],
    ['a terminal escape', '\u001b[2J', '\\u001b[2J'],
    ['a line feed', 'a\nb', 'a\\u000ab'],
    ['C1', '\u009b1m', '\\u009b1m'],
    ['a right-to-left override', 'exe.\u202efdp', 'exe.\\u202efdp'],
    ['isolates', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['direction marks', '\u200e\u200f\u061c', '\\u200e\\u200f\\u061c'],
    ['zero width', 'a\u200bb\u200dc\ufeff', 'a\\u200bb\\u200dc\\ufeff'],
    ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
    ['half a surrogate pair', 'a\ud83d', 'a\\ud83d'],
  ])('%s', (_, text, expected) => expect(cleanText(text, 100)).toBe(expected))

  it('keeps lines and tabs where asked to', () => {
    expect(cleanText('a\n\tb\rc', 100, { keepsLines: true })).toBe('a\n\tb\\u000dc')
  })

  it.each([
    ['long text', 'abcdefgh', 5, 'abcd\u2026'],
    ['exactly enough', 'abcde', 5, 'abcde'],
    ['an escape at the cut', 'abc\u202edef', 6, 'abc\u2026'],
    ['a pair at the cut', 'abc\u{1f600}def', 5, 'abc\u2026'],
    ['no room', 'abc', 0, ''],
  ])('caps %s', (_, text, max, expected) => expect(cleanText(text, max)).toBe(expected))

  it('looks at no more than it shows', () => {
    expect(cleanText('\u202e'.repeat(50_000_000), 300).length).toBeLessThanOrEqual(300)
  })
})
