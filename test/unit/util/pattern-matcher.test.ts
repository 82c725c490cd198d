import { describe, expect, test } from 'vitest'
import { PatternMatcher } from '../../../src/util/pattern-matcher.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Ends of matches, as `end:length`, of the longest that ends there. */
function ends(patterns: readonly string[], text: string, pieces = 1): string[] {
  const matcher = new PatternMatcher(patterns.map(bytesOf))
  const bytes = bytesOf(text)
  const found: string[] = []
  const size = Math.max(1, Math.ceil(bytes.length / pieces))
  let node = 0
  for (let at = 0; at < bytes.length; at += size) {
    node = matcher.scan(node, bytes, at, Math.min(bytes.length, at + size), (end, length) => found.push(`${end}:${length}`))
  }
  return found
}

function naive(patterns: readonly string[], text: string): string[] {
  return [...text].flatMap((_, at) => {
    const length = Math.max(0, ...patterns.filter((pattern) => text.slice(0, at + 1).endsWith(pattern)).map((pattern) => pattern.length))
    return length > 0 ? [`${at + 1}:${length}`] : []
  })
}

describe('a matcher', () => {
  test.each([
    [['he', 'she', 'his', 'hers'], 'ushers his she'], [['aaaa', 'aa'], 'aaaaabaaa'], [['abab', 'babb', 'b'], 'abababbab'], [['a'], ''], [['abc', 'abc'], 'xxabcabc'],
  ])('finds %j in %j', (patterns, text) => {
    for (const pieces of [1, 2, 100]) expect(ends(patterns, text, pieces)).toEqual(naive(patterns, text))
  })

  test('finds the same with more patterns than a table is made for', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
    const word = (seed: number, length: number): string => Array.from({ length }, (_, at) => letters[(seed * 31 + at * at * (seed + 7)) % letters.length]).join('')
    const patterns = Array.from({ length: 300 }, (_, seed) => word(seed, 1000))
    const text = `${patterns[7]}x${patterns[12]?.slice(5)}${patterns[299]}`

    expect(ends(patterns, text)).toEqual(expect.arrayContaining(['1000:1000', `${text.length}:1000`]))
    expect(ends(patterns.slice(0, 3), text)).toEqual(naive(patterns.slice(0, 3), text))
  })
})
