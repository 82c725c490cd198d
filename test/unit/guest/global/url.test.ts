import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'

const { globals } = createHarness()
const GuestUrl: typeof URL = globals['URL']
const GuestParams: typeof URLSearchParams = globals['URLSearchParams']

const PARTS = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'] as const
const read = (url: URL): string[] => [...PARTS.map((part) => url[part]), url.searchParams.toString(), String(url), JSON.stringify(url)]

test.each<[input: string, base?: string]>([
  ['https://user:pa%20ss@Example.com:8080/a/../b?x=1&y=%C3%A9#frag'],
  ['http://127.1/'],
  ['https://\u4f8b.jp/'],
  ['data:text/plain,hi  '],
  ['../c', 'https://a.b/x/y'],
  ['//h', 'http://a'],
  ['?q', 'https://a/b'],
  ['http://a\n.b/\tc'],
  ['HTTP://EX.com:80'],
  ['file:///c:/x'],
  ['blob:https://a.b/id'],
  ['https://a/?a=b+c%2B&&=&d'],
  ['mailto:x@y.z'],
])('parses %j %j as the platform does', (input, base) => {
  expect(read(new GuestUrl(input, base))).toEqual(read(new URL(input, base)))
})

test.each([
  ['', undefined],
  ['a', undefined],
  ['http://', undefined],
  ['http://a b', undefined],
  ['x', 'y'],
  ['https://[', undefined],
])('refuses %j', (input, base) => {
  expect(() => new GuestUrl(input, base)).toThrow(TypeError)
  expect([GuestUrl.canParse(input, base), GuestUrl.parse(input, base)]).toEqual([false, null])
})

const VALUES = [
  '',
  'x',
  'https',
  'ftp:',
  '?a=b c&d',
  '#h h',
  '/p q/..',
  'host.example:99',
  '8080x',
  '99999',
  'a@b:c',
  '\u4e2d',
  '\ud800',
  5,
  null,
  '//',
  '[::1]:3',
]
test.each(PARTS.filter((part) => part !== 'origin'))('sets %s as the platform does', (part) => {
  for (const start of ['https://u:p@example.com:444/a?b=1#c', 'data:x,y', 'file:///a/b', 'http://h']) {
    for (const value of VALUES) {
      const [ours, theirs] = [new GuestUrl(start), new URL(start)]
      void ours.searchParams
      void theirs.searchParams
      expect(
        attempt(() => {
          ours[part] = value as string
        }),
      ).toBe(
        attempt(() => {
          theirs[part] = value as string
        }),
      )
      expect(read(ours), `${start} ${part}=${value}`).toEqual(read(theirs))
    }
  }
})

test('keeps searchParams and query the same both ways', () => {
  const url = new GuestUrl('https://a/?x=1')
  const { searchParams } = url

  searchParams.append('y', 'a b&')
  expect(url.href).toBe('https://a/?x=1&y=a+b%26')
  url.search = 'z=2'
  expect([searchParams.get('z'), searchParams.has('x'), url.searchParams === searchParams]).toEqual(['2', false, true])
  searchParams.delete('z')
  expect(url.href).toBe('https://a/')
  url.href = 'https://b/?q=1'
  expect([...searchParams]).toEqual([['q', '1']])
})

test('has no setter for origin and ignores writes to it', () => {
  expect(Object.getOwnPropertyDescriptor(GuestUrl.prototype, 'origin')?.set).toBeUndefined()
  expect(Object.keys(GuestUrl.prototype).sort()).toEqual(Object.keys(URL.prototype).sort())
  expect(String(Object.prototype.toString.call(new GuestUrl('a:b')))).toBe('[object URL]')
})

test.each<{ init: unknown }>([
  { init: '' },
  { init: '?a=b&c=d' },
  { init: '??a' },
  { init: 'a=b=c&=x&y&&z=' },
  { init: 'a=%zz%41%C3%A9%C3&b=%' },
  { init: 'a+b=c+d' },
  { init: 'e=%F0%9F%98%80%ED%A0%80' },
  { init: '\ud800=%EF%BB%BF1' },
  { init: { a: 1, b: 'x y', '\ud800': 2, '\udfff': 3 } },
  {
    init: [
      ['a', 'b'],
      ['a', 'c'],
    ],
  },
  { init: new Map([['k', 'v']]) },
  { init: [] },
  { init: undefined },
  { init: 5 },
  { init: [['a']] },
  { init: [1] },
  { init: [['a', 'b', 'c']] },
  { init: new URLSearchParams('q=1') },
  { init: "!'()*-._~ @:/" },
])('builds params from $init as the platform does', ({ init }) => {
  const build = (type: typeof URLSearchParams): unknown =>
    attempt(() => {
      const params = new type(init as string)
      return JSON.stringify([[...params], params.toString(), params.size, [...params.keys()], [...params.values()]])
    })
  expect(build(GuestParams)).toBe(build(URLSearchParams))
})

test('changes params as the platform does', () => {
  const run = (type: typeof URLSearchParams): unknown[] => {
    const params = new type('b=1&a=2&b=3&\u{1f600}=4&\uffff=5&a=1')
    const seen: unknown[] = [params.get('b'), params.get('none'), params.getAll('b'), params.has('a', '2'), params.has('a', '9')]
    params.sort()
    seen.push(String(params))
    params.set('b', 'x')
    params.set('new', 'y')
    seen.push(String(params))
    params.delete('a', '1')
    params.append('c', '\u00e9')
    seen.push(String(params))
    params.forEach((value, name) => {
      seen.push([name, value])
      if (seen.length < 12) params.append('grow', '1')
    })
    const iterator = params.entries()
    params.delete('a')
    seen.push(iterator.next(), String(iterator), [...iterator].length)
    return seen
  }
  expect(run(GuestParams)).toEqual(run(URLSearchParams))
  expect(GuestParams.prototype[Symbol.iterator]).toBe(GuestParams.prototype.entries)
  expect(() => (new GuestParams() as unknown as { get(): void }).get()).toThrow(TypeError)
})

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return (error as Error).name
  }
}
