import { describe, expect, it, vi } from 'vitest'
import { secretForms } from '../../../src/capability/secret-forms.ts'
import { Scrub } from '../../../src/capability/scrubber.ts'
import { joinBytes } from '../../../src/util/bytes.ts'
import { PatternMatcher } from '../../../src/util/pattern-matcher.ts'
import { streamOf, type Bytes } from './harness.ts'

const SECRET = 'sk+live/A1 b2"c\\3<&=%41~'
const bytesOf = (text: string): Bytes => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** A generator that says the same numbers every time (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function inPieces(scrub: Scrub, text: Bytes, sizes: () => number): { out: Bytes, pieces: number } {
  const scrubber = scrub.open()
  const out: Bytes[] = []
  for (let at = 0; at < text.length;) {
    const size = Math.max(1, sizes())
    out.push(scrubber.push(text.slice(at, at + size)))
    at += size
  }
  out.push(scrubber.end())
  return { out: joinBytes(out), pieces: out.length }
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
const everyByte = (text: string, form: (code: number) => string): string => [...text].map((char) => form(char.charCodeAt(0))).join('')
const base64 = (text: string, shift: number): string => btoa('x'.repeat(shift) + text + 'y')
const url64 = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

const FORMS: readonly (readonly [name: string, form: string, open: number])[] = [
  ['as it is', SECRET, 0],
  ['percent-encoded', encodeURIComponent(SECRET), 0],
  ['percent-encoded in lower case', encodeURIComponent(SECRET).replace(/%../g, (escape) => escape.toLowerCase()), 0],
  ['percent-encoded to the last letter', everyByte(SECRET, (code) => `%${hex(code)}`), 0],
  ['as a form has it', new URLSearchParams({ a: SECRET }).toString().slice(2), 0],
  ['as JSON', JSON.stringify(SECRET).slice(1, -1), 0],
  ['as JSON with slashes escaped', JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/'), 0],
  ['as JSON for HTML', JSON.stringify(SECRET).slice(1, -1).replace(/[<>&=]/g, (char) => `\\u00${hex(char.charCodeAt(0))}`), 0],
  ['as JSON to the last letter', everyByte(SECRET, (code) => `\\u00${hex(code).toUpperCase()}`), 0],
  ...[0, 1, 2].flatMap((shift) => {
    // Characters that what stands beside it has a part in tell at most a few bits of it.
    const form = base64(SECRET, shift)
    return [[`in base64, ${shift} after`, form, 4], [`in base64url, ${shift} after`, url64(form), 4]] as const
  }),
  ['in base64, percent-encoded', encodeURIComponent(base64(SECRET, 0)), 4],
]

describe('every form', () => {
  it.each(FORMS)('%s, at every split', (_, form, open) => {
    const scrub = new Scrub([SECRET])
    const text = bytesOf(`{"a": "${form}"}`)
    const whole = textOf(inPieces(scrub, text, () => text.length).out)

    expect(whole).toMatch(/^\{"a": "[^*]{0,4}\*+[^*]{0,8}"\}$/)
    expect(whole.length).toBe(text.length)
    expect(whole.replace(/[*]/g, '').length - '{"a": ""}'.length).toBeLessThanOrEqual(open * 3)
    for (let split = 1; split < text.length; split++) {
      const scrubber = scrub.open()
      const parts = [scrubber.push(text.slice(0, split)), scrubber.push(text.slice(split)), scrubber.end()]
      expect(textOf(joinBytes(parts))).toBe(whole)
    }
    expect(textOf(inPieces(scrub, text, () => 1).out)).toBe(whole)
  })

  it('in a text, beyond ASCII as well', () => {
    const scrub = new Scrub([SECRET, 'another-one'])

    expect(scrub.text(`\u{1f600}é ${SECRET}\n${encodeURIComponent(SECRET)} another-one another-on`)).toBe(
      `\u{1f600}é ${'*'.repeat(SECRET.length)}\n${'*'.repeat(encodeURIComponent(SECRET).length)} *********** another-on`)
    expect(scrub.text('')).toBe('')
  })
})

/** Reads the whole text again for every place and reading: slow, and plain enough to be believed. */
function naive(secrets: readonly string[], text: Bytes): Bytes {
  const out = text.slice()
  const fold = (byte: number): number => (byte === 0x2b ? 0x20 : byte)
  const forms = secrets.flatMap(secretForms).map((form) => form.map(fold))
  const readings = [
    [...text].map((byte, at) => ({ byte, at, end: at + 1 })),
    tokens(text, /%[0-9a-f]{2}|[^]/gi, (token) => (token.length === 3 ? parseInt(token.slice(1), 16) : token.charCodeAt(0))),
    tokens(text, /\\u[0-9a-f]{4}|\\["\\/]|[^]/gi, (token) =>
      (token.length === 6 ? Math.min(255, parseInt(token.slice(2), 16)) : token.charCodeAt(token.length - 1))),
  ]
  for (const reading of readings) {
    for (let at = 0; at < reading.length; at++) {
      for (const form of forms) {
        if (!form.every((byte, index) => reading[at + index] !== undefined && fold(reading[at + index]?.byte ?? 0) === byte)) continue
        out.fill(0x2a, reading[at]?.at, reading[at + form.length - 1]?.end)
      }
    }
  }
  return out
}

function tokens(text: Bytes, pattern: RegExp, read: (token: string) => number): { byte: number, at: number, end: number }[] {
  return [...String.fromCharCode(...text).matchAll(pattern)].map(({ 0: token, index }) => ({ byte: read(token), at: index, end: index + token.length }))
}

describe('against a naive one', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('with random texts, secrets and splits, %i', (seed) => {
    const next = random(seed)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
    // Few letters, so that secrets overlap themselves and each other; those that escapes are made of among them.
    const letters = ['a', 'b', '%', '2', '\\', '"', '+', 'u', '0', '/']
    const word = (length: number): string => Array.from({ length }, () => pick(letters)).join('')
    const secrets = Array.from({ length: 1 + Math.floor(next() * 3) }, () => word(8 + Math.floor(next() * 4)).replaceAll(' ', '_'))
    const escape = (text: string): string => everyByte(text, (code) => pick([
      String.fromCharCode(code), `%${hex(code)}`, `\\u00${hex(code)}`, String.fromCharCode(code),
    ]))
    const piece = (): string => {
      const secret = pick(secrets)
      const shift = Math.floor(next() * 3)
      return pick([
        word(6), secret, encodeURIComponent(secret), JSON.stringify(secret), escape(secret), base64(secret, shift), url64(base64(secret, shift)),
        secret.slice(0, 6), secret + secret.slice(2),
      ])
    }
    const text = bytesOf(Array.from({ length: 60 }, piece).join(''))
    const scrub = new Scrub(secrets)

    const expected = textOf(naive(secrets, text))
    for (const largest of [1, 3, 20, 1000]) expect(textOf(inPieces(scrub, text, () => Math.ceil(next() * largest)).out)).toBe(expected)
  })
})

describe('time', () => {
  it('is linear where secret and text are one letter', () => {
    const scrub = new Scrub(['a'.repeat(8192)])
    const ends = [1, 2, 4].map((mib) => {
      const text = new Uint8Array(mib * 2 ** 18).fill(0x61)
      const start = performance.now()
      const { out } = inPieces(scrub, text, () => 1000)
      expect(out.every((byte) => byte === 0x2a)).toBe(true)
      return performance.now() - start
    })
    expect(ends[2]).toBeLessThan(20 * (ends[0] ?? 0) + 200)
  })

  it.each(['token-1234', 'sk-Live/9f+Q zZ7"x_secret-42'])('of what is let through tells no guess from another: %s', (secret) => {
    const seen = (guess: string): readonly number[] => {
      const scrubber = new Scrub([secret]).open()
      return [...`data: ||||${guess}`].map((letter) => scrubber.push(bytesOf(letter)).byteLength)
    }
    for (let known = 1; known < secret.length; known++) {
      expect(seen(secret.slice(0, known))).toEqual(seen('~'.repeat(known)))
    }
  })

  it.each(['token-1234', 'sk-Live/9f+Q zZ7"x_secret-42'])('is the same for every guess that is not whole: %s', (secret) => {
    const scrub = new Scrub([secret])
    const scan = vi.spyOn(PatternMatcher.prototype, 'scan')
    const scanned = (guess: string): readonly number[] => {
      scan.mockClear()
      scrub.text(guess.repeat(20))
      return scan.mock.calls.map(([, , from, to]) => to - from)
    }
    // As many letters, none of which is an escape's.
    for (let known = 1; known < secret.length; known++) expect(scanned(secret.slice(0, known))).toEqual(scanned('~'.repeat(known)))
    expect(scanned('~'.repeat(100))).toEqual([2000, 2000, 2000])
    scan.mockRestore()
  })

  it('lets through what came long enough ago, and the rest at the end', () => {
    const scrubber = new Scrub(['token-1234']).open()
    const text = 'x'.repeat(500)

    const first = textOf(scrubber.push(bytesOf(text)))
    expect([first.length > 300, first + textOf(scrubber.end())]).toEqual([true, text])
  })
})

describe('a stream', () => {
  it('is scrubbed, and ends and fails as its source does', async () => {
    const scrub = new Scrub(['token-1234'])
    const scrubbed = await new Response(scrub.stream(streamOf(bytesOf('a tok'), bytesOf('en-12'), bytesOf('34 b')))).text()
    expect(scrubbed).toBe('a ********** b')

    const source = streamOf(bytesOf('tok'))
    const reader = scrub.stream(source).getReader()
    await reader.cancel()
    expect(source.state.cancelled).toBe(true)

    const failing = new ReadableStream<Bytes>({ pull: (controller) => controller.error(new RangeError('cut')) })
    await expect(scrub.stream(failing).getReader().read()).rejects.toThrow(RangeError)
  })
})
