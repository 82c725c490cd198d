/** A text is weighed before the engine's parser sees it: bounds instead of times, which are in the comments of the source. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeForeignValue } from '../../../src/wire/foreign-value.ts'
import { MAX_KEYS } from '../../../src/wire/payload.ts'
import { findExcess } from '../../../src/wire/text-weight.ts'
import { DEFAULT_VALUE_LIMITS, encodeValue, GUEST_VALUE_LIMITS } from '../../../src/wire/value.ts'
import { randomValue, seeded } from './random-value.ts'

const NO_BOUND = { nodes: Infinity, levels: Infinity, keys: 1_000_000 }

afterEach(() => {
  vi.restoreAllMocks()
})

const list = (count: number, item: (index: number) => string): string => `[${Array.from({ length: count }, (_, index) => item(index)).join()}]`
const record = (count: number, colon = ':'): string => `{${list(count, (index) => `"key ${index}"${colon}0`).slice(1, -1)}}`

describe('a text is refused before it is parsed when it has', () => {
  it.each<readonly [string, () => string]>([
    ['a million empty lists', () => list(1_000_000, () => '[]')],
    ['a million empty objects', () => list(1_000_000, () => '{}')],
    ['more than a million numbers', () => list(1_000_001, () => '0')],
    ['more than a million of one letter', () => list(1_000_001, () => '"a"')],
    ['half a million tags', () => list(500_000, () => '{"$":["u"]}')],
    ['half a million handles', () => list(500_000, () => '{"$":["h",1,""]}')],
    ['eight million levels', () => '['.repeat(8_000_000)],
    ['eight million levels of objects', () => '{"":'.repeat(2_000_000)],
    ['more different keys than a value may', () => record(MAX_KEYS + 2)],
    ['as many in many objects', () => list(MAX_KEYS + 2, (index) => `{"key ${index}":0}`)],
    ['as many behind tags', () => list(MAX_KEYS + 2, (index) => `{"$":["o",{"$":0,"key ${index}":0}]}`)],
    ['as many behind white space', () => record(MAX_KEYS + 2, ' :')],
    ['as many that begin with an escape', () => record(MAX_KEYS + 2).replaceAll('"key', '"\\"key')],
  ])('%s', (_, text) => {
    const payload = { text: text(), buffers: [] }
    expect(payload.text.length).toBeLessThan(DEFAULT_VALUE_LIMITS.bytes)
    const parse = vi.spyOn(JSON, 'parse')

    expect(() => decodeForeignValue(payload, DEFAULT_VALUE_LIMITS)).toThrow(expect.objectContaining({ name: 'WireError', code: 'malformed-message' }))
    expect(parse).not.toHaveBeenCalled()
  })
})

describe('a text is parsed', () => {
  it.each<readonly [string, () => unknown]>([
    ['that is one long text', () => 'x'.repeat(1_000_000)],
    ['with brackets, commas, colons and white space in its texts', () => ['[{,:" \n\\'.repeat(100_000), '\\', '"', '\\"']],
    ['with one key in many objects', () => Array.from({ length: 50_000 }, (_, index) => ({ 'a key': index }))],
    ['with as many different keys as a value may have', () => Object.fromEntries(Array.from({ length: MAX_KEYS }, (_, index) => [`key ${index}`, index]))],
    ['with as many numbers as a value may have', () => Array.from({ length: 999_000 }, () => 1)],
    ['with more texts in a map than an object may have keys', () => new Map(Array.from({ length: MAX_KEYS * 2 }, (_, index) => [`key ${index}`, index]))],
  ])('%s', (_, make) => {
    const value = make()
    expect(decodeForeignValue(encodeValue(value, GUEST_VALUE_LIMITS), DEFAULT_VALUE_LIMITS)).toEqual(value)
  })

  it('whatever a sender makes within its limits, 3000 values', () => {
    const random = seeded(7)
    let taken = 0
    for (let round = 0; round < 3000; round++) {
      const value = randomValue(random)
      for (const nodes of [1, 2, 5, 10, 20, 50, 100, 500]) {
        const text = attempt(() => encodeValue(value, { bytes: 1_000_000, depth: 100, nodes, keys: 8 }).text)
        if (text === undefined) continue
        taken++
        // The tag's own key is one more.
        expect(findExcess(text, { nodes, levels: 303, keys: 9 }), text).toBeUndefined()
      }
    }
    expect(taken).toBeGreaterThan(3000)
  })
})

it('a sender refuses more different keys than the receiver takes, politely, and tells what to do', () => {
  const value = Object.fromEntries(Array.from({ length: MAX_KEYS + 1 }, (_, index) => [`key ${index}`, index]))

  expect(() => encodeValue(value, GUEST_VALUE_LIMITS)).toThrow(expect.objectContaining({ name: 'LimitError', code: 'message-too-large', message: expect.stringContaining('Map') }))
  expect(encodeValue(value).text.length).toBeGreaterThan(0) // the page may send as many as it likes
})

it('different keys are told apart, the same is counted once', () => {
  const bounds = { ...NO_BOUND, keys: 2 }

  expect(findExcess('[{"a":0,"b":0},{"b":0,"a":0}]', bounds)).toBeUndefined()
  expect(findExcess('[{"a":0,"b":0},{"ba":0}]', bounds)).toContain('keys')
  expect(findExcess('["a","b","c",{"a":"d:"}]', bounds)).toBeUndefined()
})

function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
