import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'

const GuestHeaders: typeof Headers = createHarness().globals['Headers']

test.each<{ init: unknown }>([
  { init: undefined },
  { init: {} },
  { init: { 'X-B': '1', a: ' 2\t' } },
  {
    init: [
      ['B', '1'],
      ['a', '2'],
      ['b', '3'],
    ],
  },
  { init: new Headers({ q: '1' }) },
  { init: new Map([['k', 'v']]) },
  {
    init: [
      ['set-cookie', 'a=1'],
      ['x', 'y'],
      ['Set-Cookie', 'b=2'],
    ],
  },
  { init: { 'bad name': '1' } },
  { init: { '': '1' } },
  { init: { a: 'x\ny' } },
  { init: { a: '\u00ff' } },
  { init: { a: '\u0100' } },
  { init: { a: '\r\n v \n' } },
  { init: { a: 'x\0' } },
  { init: [['a']] },
  { init: ['ab'] },
  { init: 5 },
  { init: null },
  { init: { a: 1, b: null } },
])('builds from $init as the platform does', ({ init }) => {
  const build = (type: typeof Headers): string =>
    attempt(() => {
      const headers = new type(init as HeadersInit)
      return JSON.stringify([[...headers], headers.getSetCookie(), [...headers.keys()], [...headers.values()]])
    })
  expect(build(GuestHeaders)).toBe(build(Headers))
})

test('changes as the platform does', () => {
  const run = (type: typeof Headers): unknown[] => {
    const headers = new type({ b: '1' })
    headers.append('B', '2')
    headers.append('a', 'x')
    headers.set('C', '3')
    headers.set('c', '4')
    const seen: unknown[] = [headers.get('B'), headers.get('none'), headers.has('A')]
    headers.forEach((value, name) => seen.push([name, value]))
    headers.delete('b')
    return [
      ...seen,
      [...headers],
      headers.get('b'),
      String(headers),
      attempt(() => headers.get('\u00e9')),
      attempt(() => headers.append('x', '\n\0')),
    ]
  }
  expect(run(GuestHeaders)).toEqual(run(Headers))
})

test('trims a long run of blanks in linear time', () => {
  const value = `a${' '.repeat(200_000)}b`
  expect(new GuestHeaders({ x: ` ${value} ` }).get('x')).toBe(value)
})

function attempt(run: () => unknown): string {
  try {
    return String(run())
  } catch (error) {
    return (error as Error).name
  }
}
