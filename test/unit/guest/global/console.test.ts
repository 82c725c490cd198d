import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'

const cyclic: Record<string, unknown> = { name: 'a' }
cyclic['self'] = cyclic
const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new Error('trap')
    },
    ownKeys: () => {
      throw new Error('trap')
    },
    getPrototypeOf: () => {
      throw new Error('trap')
    },
  },
)
const badName = Object.assign(new Error('x'), {
  name: {
    toString: () => {
      throw new Error('no')
    },
  },
})

test.each<[name: string, args: unknown[], text: string]>([
  ['strings and primitives', ['a', 1, null, undefined, true, 10n, -0, Symbol('s')], 'a 1 null undefined true 10n -0 Symbol(s)'],
  ['objects', [{ a: 1, 'b-c': 'x', [Symbol('k')]: 2 }], '{ a: 1, "b-c": "x", [Symbol(k)]: 2 }'],
  ['arrays with holes', [[1, , 'x']], '[1, <empty>, "x"]'],
  ['depth four', [{ a: { b: { c: { d: { e: 1 } } } } }], '{ a: { b: { c: { d: [Object] } } } }'],
  ['maps and sets', [new Map([['k', new Set([1])]])], 'Map(1) { "k" => Set(1) { 1 } }'],
  ['cycles', [cyclic], '{ name: "a", self: [Circular] }'],
  ['typed arrays and buffers', [new Uint8Array([1, 2]), new ArrayBuffer(3)], 'Uint8Array(2) [1, 2] ArrayBuffer { byteLength: 3 }'],
  [
    'class instances and null prototypes',
    [
      new (class Point {
        x = 1
      })(),
      Object.create(null),
    ],
    'Point { x: 1 } [null] {}',
  ],
  [
    'getters without running them',
    [
      {
        get a() {
          throw new Error('ran')
        },
      },
    ],
    '{ a: [Getter] }',
  ],
  ['functions, dates, patterns', [function f() {}, new Date(0), /x/g], '[Function: f] 1970-01-01T00:00:00.000Z /x/g'],
  ['hostile proxies', ['x', hostile], 'x [unreadable]'],
  ['hostile errors', [badName], '[unreadable]'],
  [
    'substitutions',
    ['%s|%d|%i|%f|%o|%j|%c|%%|%s', 'a', '42.5', 3.9, '1.5', { x: 1 }, [1], 'css', 'rest', 'more'],
    'a|42|3|1.5|{ x: 1 }|[1]||%|rest more',
  ],
  ['substitutions without values', ['100% %s %d'], '100% %s %d'],
  ['unknown and missing substitutions', ['%x %s %s', 'a'], '%x a %s'],
  ['symbols for numbers', ['%d', Symbol('x')], 'NaN'],
])('formats %s', (_name, args, text) => {
  const { globals, logged } = createHarness()

  globals['console'].log(...args)

  expect(logged).toEqual([['info', text]])
})

test('maps methods to levels', () => {
  const {
    globals: { console },
    logged,
  } = createHarness()

  for (const name of ['log', 'info', 'debug', 'warn', 'error']) console[name](name)
  console.assert(true, 'no')
  console.assert(false, 'yes %d', 1)

  expect(logged).toEqual([
    ['info', 'log'],
    ['info', 'info'],
    ['debug', 'debug'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['error', 'Assertion failed: yes 1'],
  ])
})

test('shows errors with stack, cause and own properties', () => {
  const {
    globals: { console },
    logged,
  } = createHarness()
  const error = Object.assign(new TypeError('bad', { cause: 'why' }), { code: 'E1' })
  error.stack = '    at f (main.js:1:2)\n'

  console.error(error)

  expect(logged[0]?.[1]).toBe('TypeError: bad\n    at f (main.js:1:2)\n  [cause]: "why" { code: "E1" }')
})

test('shows what its own classes hold', () => {
  const { globals, logged } = createHarness()

  globals['console'].log(new globals['Headers']({ a: '1' }), new globals['URL']('a:b'), new globals['Response']('x'))

  expect(logged[0]?.[1]).toMatch(
    /^Headers { "a" => "1" } URL { href: "a:b", .*} Response { type: "default", url: "", .*status: 200, .*bodyUsed: false }$/,
  )
})

test('counts, times, groups', () => {
  const {
    globals: { console },
    logged,
  } = createHarness()

  console.count()
  console.count('x')
  console.count()
  console.countReset()
  console.count()
  console.group('g')
  console.log('a\nb')
  console.groupEnd()
  console.log('c')
  console.time('t')
  console.timeEnd('t')
  console.timeEnd('t')

  const texts = logged.map(([, text]) => text.replace(/\d+ ms/, 'N ms'))
  expect(texts).toEqual(['default: 1', 'x: 1', 'default: 2', 'default: 1', 'g', '  a\n  b', 'c', 't: N ms', "Timer 't' does not exist"])
})

test.each<[name: string, args: unknown[], text: string]>([
  ['rows of objects', [[{ a: 1, b: 'x' }, { a: 2 }]], '+---------+---+---+\n| (index) | a | b |\n+---------+---+---+\n| 0       | 1 | x |\n| 1       | 2 |   |\n+---------+---+---+'],
  ['primitives', [{ k: 1 }], '+---------+-------+\n| (index) | Value |\n+---------+-------+\n| k       | 1     |\n+---------+-------+'],
  ['chosen columns', [[{ a: 1, b: 2 }], ['b']], '+---------+---+\n| (index) | b |\n+---------+---+\n| 0       | 2 |\n+---------+---+'],
  ['maps', [new Map([['m', { a: 1 }]])], '+---------+---+\n| (index) | a |\n+---------+---+\n| m       | 1 |\n+---------+---+'],
  ['what is no table', [5], '5'],
  ['hostile rows', [[hostile]], '[[unreadable]]'],
])('draws a table of %s', (_name, args, text) => {
  const { globals, logged } = createHarness()

  globals['console'].table(...args)

  expect(logged.map(([, line]) => line)).toEqual([text])
})

test('looks into no more rows than it shows, and not into getters', () => {
  const { globals, logged } = createHarness()

  globals['console'].table(Array.from({ length: 1e5 }, () => ({ get a() { throw new Error('ran') } })))

  expect(logged[0]?.[1].split('\n').length).toBeLessThan(110)
})

test('dir looks as deep as it is told, within bounds', () => {
  const { globals, logged } = createHarness()
  let deep: object = {}
  for (let index = 0; index < 50; index += 1) deep = { deep }

  globals['console'].dir('text', { depth: 1 })
  globals['console'].dir({ a: { b: 1 } }, { depth: 1 })
  globals['console'].dir(deep, { depth: Infinity })

  expect(logged.map(([, text]) => text.length < 500 && text).slice(0, 2)).toEqual(['"text"', '{ a: [Object] }'])
  expect(logged[2]?.[1]).toContain('[Object]')
})

test('caps a line at 8 KiB and looks at no more than it shows', () => {
  const {
    globals: { console },
    logged,
  } = createHarness()
  let reads = 0
  const counted = new Proxy(new Array(1e6).fill('x'.repeat(1000)), {
    getOwnPropertyDescriptor: (target, key) => ((reads += 1), Reflect.getOwnPropertyDescriptor(target, key)),
  })

  console.log('y'.repeat(20_000))
  console.log({ counted })
  console.log('%o', 'z'.repeat(9000))

  for (const [, text] of logged) expect(text.length).toBeLessThanOrEqual(8192)
  expect(reads).toBeLessThan(20)
})
