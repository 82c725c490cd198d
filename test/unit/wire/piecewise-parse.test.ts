import { afterEach, describe, expect, it, vi } from 'vitest'
import { parseInPieces } from '../../../src/wire/piecewise-parse.ts'
import { encodeValue } from '../../../src/wire/value.ts'
import { randomValue, seeded } from './random-value.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const filled = (length: number): string => 'x'.repeat(length)
const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `text ${index}`)

describe('gives what JSON.parse gives of', () => {
  it.each<readonly [string, unknown]>([
    ['a long text', filled(50_000)],
    ['long texts of quotes and backslashes', ['\\'.repeat(5001), '"'.repeat(5000), '\\"'.repeat(5000), `${filled(5000)}\\`]],
    ['brackets, commas and colons in texts', texts(2000).map((text) => `[{,:${text}"}]`)],
    ['a long list', texts(5000)],
    ['a record of many names', Object.fromEntries(texts(5000).map((text) => [text, { [text]: null }]))],
    ['long lists in long records in long lists', [texts(3000), { 'a "name"': { '': texts(3000), more: [[texts(3000)], 1, -2.5e-3, true] }, last: false }, 7]],
    ['names that objects have', Object.fromEntries([...texts(2000), 'toString', 'constructor', 'valueOf'].map((text) => [text, 1]))],
    ['names of numbers', Object.fromEntries(texts(3000).map((_, index) => [String(3000 - index), index]))],
    ['a name that stands twice', undefined],
  ])('%s', (_, value) => {
    const text = value === undefined ? `{"a":0,${texts(2000).map((name) => `"${name}":1`).join()},"a":2}` : JSON.stringify(value)
    expect(text.length).toBeGreaterThan(5000)

    expect(parseInPieces(text)).toStrictEqual(JSON.parse(text))
    expect(JSON.stringify(parseInPieces(text))).toBe(JSON.stringify(JSON.parse(text)))
  })

  it('a thousand values of a sender\'s', () => {
    const random = seeded(11)
    const values = Array.from({ length: 1000 }, () => randomValue(random))
    const { text } = encodeValue(values)

    expect(text.length).toBeGreaterThan(20_000)
    expect(JSON.stringify(parseInPieces(text))).toBe(JSON.stringify(JSON.parse(text)))
  })

  it('an own __proto__, which changes no prototype', () => {
    const value = parseInPieces(`{"a":"${filled(5000)}","__proto__":{"polluted":1}}`)

    expect(Object.keys(Object(value))).toEqual(['a', '__proto__'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })
})

describe('refuses what JSON.parse refuses', () => {
  const long = `"${filled(5000)}"`
  it.each([
    `[${long}`, `[${long},`, `[${long},]`, `[,${long}]`, `[${long},,1]`, `[1,,[${long}]]`, `[[${long}]}`, `{"a":[${long}]]`, `[${long}]]`, `[${long}],1`, `${long}1`,
    `[${long} 1]`, `{${long}}`, `{"a":${long},}`, `{,"a":${long}}`, `{"a" ${long}}`, `{a:[${long}]}`, `{"a":[${long}]`, `{1:[${long}]}`, `{"a",[${long}]}`,
    `1[${long}]`, `1"a":[${long}]}`, `x[${long}]`, `[${long}`.slice(0, -1), `["${filled(5000)}\\x"]`, `[${texts(2000).join()}]`, `{"a":{${long}}}`, `[01,${long}]`,
  ])('%#', (text) => {
    expect(() => { JSON.parse(text) }).toThrow(SyntaxError)
    expect(() => parseInPieces(text)).toThrow(SyntaxError)
  })

  it('whatever random damage makes of a good one', () => {
    const good = JSON.stringify([texts(300), Object.fromEntries(texts(300).map((text) => [text, [text, { a: 1 }]])), ['"', '\\', { b: texts(300) }]])
    const random = seeded(5)
    for (let run = 0; run < 3000; run++) {
      const at = Math.floor(random() * good.length)
      const text = good.slice(0, at) + (good[Math.floor(random() * good.length)] ?? '') + good.slice(at + Math.floor(random() * 3))
      expect(resultOf(() => parseInPieces(text)), text.slice(Math.max(0, at - 20), at + 20)).toBe(resultOf(() => JSON.parse(text)))
    }
  })
})

it('gives up when the pieces take too long, however few are left', () => {
  const text = JSON.stringify(texts(5000))
  let now = 0
  vi.spyOn(Date, 'now').mockImplementation(() => (now += 40)) // for each piece
  const parse = vi.spyOn(JSON, 'parse')

  expect(() => parseInPieces(text)).toThrow('too long')
  expect(parse.mock.calls.length).toBeLessThan(10)
})

function resultOf(parse: () => unknown): string {
  try {
    return JSON.stringify(parse())
  } catch {
    return 'refused'
  }
}
