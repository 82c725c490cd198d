import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'

const { globals } = createHarness()

test.each(['', 'a', 'YWJj', ' Y W\nJ j ', 'YQ==', 'YQ=', 'YQ', 'Y', '!!!!', 'YWI=YQ==', '\u00ff', '/+AA'])(
  'atob(%j) as the platform does',
  (text) => {
    expect(attempt(() => globals['atob'](text))).toBe(attempt(() => atob(text)))
  },
)

test.each(['', 'abc', '\u0000\u00ff', '\u0100', 5, null])('btoa(%j) as the platform does', (text) => {
  expect(attempt(() => globals['btoa'](text))).toBe(attempt(() => btoa(text as string)))
})

test('fills integer arrays in place, only them, at most 65536 bytes', () => {
  const { crypto } = globals
  const words = new Uint32Array(64)

  expect(crypto.getRandomValues(words)).toBe(words)
  expect(words.some((word) => word > 0xffff)).toBe(true)
  expect(attempt(() => crypto.getRandomValues(new Float32Array(1)))).toBe('TypeMismatchError')
  expect(attempt(() => crypto.getRandomValues(new DataView(new ArrayBuffer(1))))).toBe('TypeMismatchError')
  expect(attempt(() => crypto.getRandomValues(new Uint8Array(65_537)))).toBe('QuotaExceededError')
  expect(attempt(() => crypto.getRandomValues([]))).toBe('TypeError')
  expect(crypto.randomUUID()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})

test('writes randomness only where the view shows', () => {
  const bytes = new Uint8Array(300)

  globals['crypto'].getRandomValues(bytes.subarray(100, 200))

  expect(bytes.slice(0, 100).every((byte) => byte === 0) && bytes.slice(200).every((byte) => byte === 0)).toBe(true)
  expect(bytes.slice(100, 200).some((byte) => byte !== 0)).toBe(true)
})

test('reads whole milliseconds', () => {
  const { performance } = globals

  expect(Number.isInteger(performance.now()) && Number.isInteger(performance.timeOrigin)).toBe(true)
  expect(performance.toJSON()).toEqual({ timeOrigin: performance.timeOrigin })
})

test.each<[args: unknown[]]>([[[]], [['m']], [['m', 'AbortError']], [['m', 'DataCloneError']], [['m', 'Mine']], [[undefined, undefined]]])(
  'DOMException(%j) as the platform does',
  (args) => {
    const read = (type: typeof DOMException): unknown[] => {
      const error = new type(...(args as string[]))
      return [
        error.name,
        error.message,
        error.code,
        String(error),
        error instanceof Error,
        Object.prototype.toString.call(error),
        Object.keys(error),
        type.DATA_CLONE_ERR,
        error.ABORT_ERR,
      ]
    }
    expect(read(globals['DOMException'])).toEqual(read(DOMException))
  },
)

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return (error as Error).name
  }
}

test('navigator says which version of the package it is', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../../../package.json', import.meta.url), 'utf8')) as { version: string }

  expect(globals['navigator'].userAgent).toBe(`Glovebox/${version}`)
})
