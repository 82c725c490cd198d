import { describe, expect, test } from 'vitest'
import { FrameMapper } from '../../../../../src/guest/script/stack/frame-mapper.ts'

type Map3 = Readonly<Record<string, unknown>>

/** Column 1 of line 1 is src/a.ts:10:5, named `original`; column 11 is src/a.ts:11:1. */
const GOOD: Map3 = { version: 3, sources: ['src/a.ts'], names: ['original'], mappings: 'AASIA,UACJ' }
const SOURCE = 'throw(new Error("x"));'

function mapper(map: unknown, source = SOURCE): FrameMapper {
  const text = typeof map === 'string' ? map : JSON.stringify(map)
  return new FrameMapper(new Map([['main.js', source]]), new Map([['main.js.map', new TextEncoder().encode(text)]]))
}

const RAW = '    at f (main.js:1:1)\n    at main.js:1:12'

describe('a stack', () => {
  test('is mapped frame by frame', () => {
    expect(mapper(GOOD).stack(RAW)).toBe('    at f (src/a.ts:10:5)\n    at src/a.ts:11:1')
  })

  test('has no frames of ours', () => {
    const raw = `    at f (main.js:1:1)\n    at apply (native)\n    at call (glovebox:prelude:9:21042)\n    at glovebox:prelude:3:1\n`

    expect(mapper(GOOD).stack(raw)).toBe('    at f (src/a.ts:10:5)')
  })

  test('shows fifty frames', () => {
    expect(mapper(GOOD).stack('    at f (main.js:1:1)\n'.repeat(1000)).split('\n')).toHaveLength(50)
  })

  test('of files that have no map stays as it is', () => {
    expect(new FrameMapper(new Map([['main.js', '']]), new Map()).stack(RAW)).toBe(RAW)
  })

  test('names a function as the call below names it', () => {
    // a minified `function inner() {…}` called as `inner()`: `function a(){throw 1}function b(){a()}`
    const source = 'function a(){throw 1}function b(){a()}'
    // 13: throw; 34: the identifier a, named inner
    const map = { version: 3, sources: ['s.ts'], names: ['inner'], mappings: 'aAAA,qBAEAA' }

    expect(mapper(map, source).stack('    at a (main.js:1:14)\n    at b (main.js:1:36)')).toBe('    at inner (s.ts:1:1)\n    at b (s.ts:3:1)')
    expect(mapper(map, source).stack('    at z (main.js:1:14)\n    at b (main.js:1:36)')).toBe('    at z (s.ts:1:1)\n    at b (s.ts:3:1)')
  })

  test('finds its place by the first of several mappings of one column, and in lines out of order', () => {
    const twice = { version: 3, sources: ['s.ts'], names: [], mappings: 'AAAA,AACA,UAAA' } // columns 0, 0, 10; lines 1, 2, 2
    const outOfOrder = { version: 3, sources: ['s.ts'], names: [], mappings: 'UAAA,LAEA' } // columns 10, 5; lines 1, 3

    expect(mapper(twice).stack('    at main.js:1:1\n    at main.js:1:5\n    at main.js:1:11')).toBe('    at s.ts:1:1\n    at s.ts:2:1\n    at s.ts:2:1')
    expect(mapper(outOfOrder).stack('    at main.js:1:3\n    at main.js:1:7\n    at main.js:1:12')).toBe('    at main.js:1:3\n    at s.ts:3:1\n    at s.ts:1:1')
  })

  test('counts columns as QuickJS does, in code points', () => {
    const source = '"\u{1f600}\u{1f600}";   f()'
    // UTF-16 column 7 (0-based) is after the string and its semicolon
    expect(mapper({ version: 3, sources: ['s.ts'], names: [], mappings: 'AAAA,OACA' }, source).stack('    at main.js:1:6')).toBe('    at s.ts:2:1')
  })
})

describe('a text', () => {
  test('is mapped where a line is a frame of a file of the package', () => {
    const text = 'Error: x\n    at f (main.js:1:1)\n  at other.js:1:1\nlook at main.js:1:1\n      at (main.js:1:1)'

    expect(mapper(GOOD).text(text)).toBe('Error: x\n    at f (src/a.ts:10:5)\n  at other.js:1:1\nlook at main.js:1:1\n      at (main.js:1:1)')
  })

  test('of frames without end takes no time', () => {
    const started = performance.now()
    mapper(GOOD).text('    at ( ( ( ('.repeat(100_000))
    mapper(GOOD).text(`${'    at f (main.js:1:1)\n'.repeat(100_000)}`)
    mapper(GOOD).text('\n'.repeat(1_000_000) + ' '.repeat(1_000_000))
    mapper(GOOD).text(`at ${' ('.repeat(100_000)}main.js:1:1)`)

    expect(performance.now() - started).toBeLessThan(1000)
  })
})

test('frames anywhere in files of millions of lines take no time', () => {
  const source = `${'\n'.repeat(8_000_000)}"\u{1f600}"`
  const frames = mapper(GOOD, source)
  const started = performance.now()
  for (let n = 0; n < 20; n++) frames.stack(Array.from({ length: 50 }, (_, index) => `    at f (main.js:${7_000_000 + n * 50 + index}:5)`).join('\n'))
  frames.stack('    at f (main.js:49999:5)\n'.repeat(50))

  expect(performance.now() - started).toBeLessThan(1000)
})

test('the first place of a stack is the first of the package', () => {
  const frames = mapper(GOOD)

  expect(frames.first('    at print (glovebox:prelude:1:1)\n    at apply (native)\n    at f (main.js:1:1)\n    at main.js:1:12')).toEqual({ file: 'src/a.ts', line: 10, column: 5 })
  expect(frames.first('nothing')).toBe(undefined)
})

describe('a map is found', () => {
  const inline = (comment: string, maps: Record<string, string> = {}): string => {
    const files = new Map([['lib/main.js', `${SOURCE}\n${comment}`]])
    const bytes = new Map(Object.entries(maps).map(([path, text]) => [path, new TextEncoder().encode(text)]))
    return new FrameMapper(files, bytes).stack('    at lib/main.js:1:1')
  }
  const text = JSON.stringify(GOOD)

  test.each([
    ['in a data: URL', `//# sourceMappingURL=data:application/json;base64,${btoa(text)}`, {}, 'lib/src/a.ts'],
    ['in a data: URL with a charset', `//# sourceMappingURL=data:application/json;charset=utf-8;base64,${btoa(text)}`, {}, 'lib/src/a.ts'],
    ['in a data: URL with escapes', `//# sourceMappingURL=data:application/json,${encodeURIComponent(text)}`, {}, 'lib/src/a.ts'],
    ['at a relative path', '//# sourceMappingURL=../maps/m.map', { 'maps/m.map': text }, 'maps/src/a.ts'],
    ['beside the file', '', { 'lib/main.js.map': text }, 'lib/src/a.ts'],
    ['beside the file when the comment leads out', '//# sourceMappingURL=https://evil.example/m.map', { 'lib/main.js.map': text }, 'lib/src/a.ts'],
    ['by the last comment', `//# sourceMappingURL=x.map\n//# sourceMappingURL=y.map`, { 'lib/x.map': '{', 'lib/y.map': text }, 'lib/src/a.ts'],
  ])('%s', (_name, comment, maps, file) => {
    expect(inline(comment, maps)).toBe(`    at ${file}:10:5`)
  })

  test.each([
    ['a path out of the package', '//# sourceMappingURL=../../../etc/m.map', { 'etc/m.map': text }],
    ['bad base64', '//# sourceMappingURL=data:application/json;base64,%%%', {}],
    ['bad escapes', '//# sourceMappingURL=data:application/json,%E0%A4%A', {}],
    ['another media type', `//# sourceMappingURL=data:text/html;base64,${btoa(text)}`, {}],
    ['a comment that is none', `x("sourceMappingURL=data:application/json;base64,${btoa(text)}")`, {}],
  ])('nowhere: %s', (_name, comment, maps) => {
    expect(inline(comment, maps)).toBe('    at lib/main.js:1:1')
  })
})

describe('a source is shown', () => {
  test.each([
    ['src/a.ts', 'src/a.ts'],
    ['../src/a.ts', 'src/a.ts'],
    ['../../../../../a.ts', 'a.ts'],
    ['./x/../y/./a.ts', 'y/a.ts'],
    ['webpack://my-app/./src/a.ts?f3a2', 'src/a.ts'],
    ['file:///home/somebody/a.ts', 'home/somebody/a.ts'],
    ['https://evil.example/a.ts', 'a.ts'],
    ['C:\\work\\a.ts', 'work/a.ts'],
    ['a\nb\u202ec\u0000.ts', 'a\\u000ab\\u202ec\\u0000.ts'],
    ['(a.ts:1:1) at g (b.ts', '(a.ts_1_1) at g (b.ts'],
    ['glovebox:prelude', 'prelude'],
    ['__proto__', '__proto__'],
  ])('%j as %j', (source, shown) => {
    expect(mapper({ ...GOOD, sources: [source] }).stack('    at main.js:1:1')).toBe(`    at ${shown}:10:5`)
  })

  test('with the root before it', () => {
    expect(mapper({ ...GOOD, sourceRoot: '/src', sources: ['a.ts'] }).stack('    at main.js:1:1')).toBe('    at src/a.ts:10:5')
  })
})

describe('positions stay raw with', () => {
  const nested = (depth: number): string => '{"version":3,"sources":'.padEnd(23) + '['.repeat(depth) + ']'.repeat(depth) + ',"mappings":"AASIA"}'
  const cases: readonly (readonly [string, unknown])[] = [
    ['no JSON', 'not json'],
    ['HTML', '<!doctype html>'],
    ['null', null],
    ['a list', []],
    ['deep nesting', nested(1_000_000)],
    ['another version', { ...GOOD, version: 2 }],
    ['sections', { version: 3, sources: [], mappings: '', sections: [{ offset: { line: 1e9, column: 1e9 }, map: GOOD }] }],
    ['sections beside mappings', { ...GOOD, sections: [] }],
    ['decoded mappings', { ...GOOD, mappings: [[[0, 0, 9, 4]]] }],
    ['sources that are no list', { ...GOOD, sources: { 0: 'a.ts', length: 1 } }],
    ['a source that is no text', { ...GOOD, sources: [{ toString: 1 }] }],
    ['no source of that number', { ...GOOD, sources: [] }],
    ['a source without end', { ...GOOD, sources: ['a'.repeat(5000)] }],
    ['an empty source', { ...GOOD, sources: ['../..'] }],
    ['a negative line', { ...GOOD, mappings: 'AADIA' }],
    ['a negative column', { ...GOOD, mappings: 'AASDA' }],
    ['a negative source', { ...GOOD, mappings: 'ADSIA' }],
    ['characters that are no base64', { ...GOOD, mappings: '\u0000\uffff!!\u202e' }],
    ['more than 5 MiB', { ...GOOD, x: 'x'.repeat(5 * 2 ** 20) }],
    ['mappings without end', { ...GOOD, mappings: 'AASIA,'.repeat(600_000) }],
    ['lines without end', { ...GOOD, mappings: ';'.repeat(4_000_000) }],
    ['digits without end', { ...GOOD, mappings: 'g'.repeat(4_000_000) }],
  ]
  test.each(cases)('%s, in bounded time', (_name, map) => {
    const frames = mapper(map)
    const started = performance.now()

    const texts = [frames.stack(RAW), frames.text(RAW), frames.first(RAW)?.file]

    expect(texts).toEqual([RAW, RAW, 'main.js'])
    expect(performance.now() - started).toBeLessThan(1500)
  })

  test('bytes that are no UTF-8', () => {
    const frames = new FrameMapper(new Map([['main.js', SOURCE]]), new Map([['main.js.map', new Uint8Array([0x7b, 0xff, 0xfe])]]))

    expect(frames.stack(RAW)).toBe(RAW)
  })

  test('many maps that are too large together', () => {
    const body = `${SOURCE}\n//# sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify({ ...GOOD, x: 'x'.repeat(2 ** 20) }))}`
    const files = new Map(Array.from({ length: 8 }, (_, index) => [`f${index}.js`, body]))
    const frames = new FrameMapper(files, new Map())

    const shown = [...files.keys()].map((file) => frames.stack(`    at ${file}:1:1`).includes('src/a.ts'))

    expect(shown).toEqual([true, true, true, true, false, false, false, false])
  })

  test('names that are no identifiers, or names of prototypes, the function keeps its own', () => {
    const source = 'function a(){throw 1}function b(){a()}'
    const named = (names: unknown): string => {
      return mapper({ version: 3, sources: ['s.ts'], names, mappings: 'aAAA,qBAEAA' }, source).stack('    at a (main.js:1:14)\n    at b (main.js:1:36)').split('\n')[0] ?? ''
    }

    expect(named(['x (y.ts:1:1)\n'])).toBe('    at a (s.ts:1:1)')
    expect(named({ length: 1, 0: 'x' })).toBe('    at a (s.ts:1:1)')
    expect(named([['__proto__']])).toBe('    at a (s.ts:1:1)')
    expect(named('x')).toBe('    at a (s.ts:1:1)')
    expect(named(['__proto__'])).toBe('    at __proto__ (s.ts:1:1)')
  })
})

test('a segment looked up again and again among many of one column costs its search once', () => {
  const frames = mapper({ ...GOOD, mappings: `AASIA${',AAAA'.repeat(400_000)}` })
  frames.stack(RAW)
  const started = performance.now()
  for (let n = 0; n < 100; n++) frames.stack(RAW.repeat(20))

  expect(performance.now() - started).toBeLessThan(500)
})
