import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'

const { globals, handles } = createHarness()
const GuestEncoder: typeof TextEncoder = globals['TextEncoder']
const GuestDecoder: typeof TextDecoder = globals['TextDecoder']

const TEXTS = [
  '',
  'abc',
  '\u00e9\u4e2d\u{1f600}',
  'a\ud800b',
  '\udc00',
  'x'.repeat(100),
  '\u00e9'.repeat(60),
  '\ud83d'.repeat(50),
  '\u{1f600}'.repeat(40),
  '\0\x7f\x80\u07ff\u0800\uffff\u{10ffff}',
  '\ufeffbom',
]

test.each(TEXTS)('encodes %j as the platform does', (text) => {
  expect([...new GuestEncoder().encode(text)]).toEqual([...new TextEncoder().encode(text)])
})

test.each(TEXTS)('encodes %j into too little room as the platform does', (text) => {
  for (const size of [0, 1, 2, 3, 4, 5, 7, 50, 61, 99, 400]) {
    const [ours, theirs] = [new Uint8Array(size), new Uint8Array(size)]
    expect(new GuestEncoder().encodeInto(text, ours)).toEqual(new TextEncoder().encodeInto(text, theirs))
    expect([...ours]).toEqual([...theirs])
  }
})

const BYTES = [
  [],
  [0x61],
  [0xef, 0xbb, 0xbf, 0x61],
  [0xc3, 0xa9],
  [0xc3],
  [0xe4, 0xb8],
  [0xe4, 0xb8, 0x41],
  [0xf0, 0x9f, 0x98, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xf0, 0x80, 0x80, 0x80],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xff, 0xfe, 0x41],
  [0x80, 0xbf],
  [0xe0, 0x80, 0x41],
  [0xf8, 0x88],
]

test.each(BYTES.map((bytes) => ({ bytes })))('decodes $bytes as the platform does', ({ bytes }) => {
  for (const label of ['utf-8', 'utf-16le', 'latin1', 'shift_jis', 'UTF8 ']) {
    for (const options of [{}, { fatal: true }, { ignoreBOM: true }]) {
      for (const pad of [0, 60]) {
        const input = new Uint8Array([...bytes, ...new Array<number>(pad).fill(0x62)])
        expect(attempt(() => new GuestDecoder(label, options).decode(input))).toEqual(attempt(() => new TextDecoder(label, options).decode(input)))
      }
    }
  }
})

test('decodes random bytes in chunks as the platform does', () => {
  let seed = 7
  const random = (bound: number): number => (seed = (seed * 48_271) % 2_147_483_647) % bound
  const interesting = [0x41, 0x80, 0xbf, 0xc3, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0xef, 0xbb, 0xbf]
  for (let round = 0; round < 300; round += 1) {
    const [ours, theirs] = [new GuestDecoder(), new TextDecoder()]
    for (let chunk = 0; chunk < 4; chunk += 1) {
      const bytes = Uint8Array.from({ length: random(8) }, () => interesting[random(interesting.length)] ?? 0)
      const stream = random(3) > 0
      expect(ours.decode(bytes, { stream })).toBe(theirs.decode(bytes, { stream }))
    }
    expect(ours.decode()).toBe(theirs.decode())
  }
  expect(handles.size).toBe(0)
})

test('takes views and buffers, refuses the rest', () => {
  const buffer = new Uint8Array([0x61, 0x62, 0x63, 0x64]).buffer
  const decoder = new GuestDecoder()

  expect([decoder.decode(buffer), decoder.decode(new DataView(buffer, 1, 2)), decoder.decode(new Uint16Array(buffer, 2))]).toEqual([
    'abcd',
    'bc',
    'cd',
  ])
  expect(() => decoder.decode('x' as never)).toThrow(TypeError)
  expect(() => new GuestDecoder('no-such')).toThrow(RangeError)
  expect(() => new GuestEncoder().encodeInto('x', new Int8Array(1) as never)).toThrow(TypeError)
  expect([decoder.encoding, new GuestDecoder('ascii').encoding, new GuestEncoder().encoding]).toEqual(['utf-8', 'windows-1252', 'utf-8'])
})

function attempt(run: () => string): string {
  try {
    return run()
  } catch (error) {
    return (error as Error).name
  }
}
