/** Calls through all rings: values both ways, errors, lifetimes, exports. */
import { GuestError } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { codeOf, failure, openBox, pkg, run } from './box-harness.ts'

describe('a call', () => {
  test('runs an export and returns its value', async () => {
    const extension = await run('export const greet = ({ name }) => `Hello, ${name}!`')

    expect(await extension.call('greet', [{ name: 'world' }])).toBe('Hello, world!')
    expect(await extension.exports.greet?.({ name: 'you' })).toBe('Hello, you!')
    expect(extension.state).toBe('running')
  })

  test('awaits async exports and top-level await', async () => {
    const extension = await run('const base = await Promise.resolve(40); export const later = async (n) => { await null; return base + n }')

    expect(await extension.call('later', [2])).toBe(42)
  })

  const values: [string, unknown][] = [
    ['JSON', { a: [1, 'two', null, true, { b: {} }] }],
    ['numbers that JSON lacks', [NaN, Infinity, -Infinity, -0]],
    ['undefined inside', { a: undefined, b: [undefined] }],
    ['a bigint', 2n ** 100n],
    ['a date', new Date(1234567890123)],
    ['a map', new Map<unknown, unknown>([['a', 1], [{ k: 1 }, new Set([1, 2])]])],
    ['a set', new Set(['x', 1n])],
    ['text with NUL and lone surrogates', 'a\0b\ud800c'],
    ['keys of Object.prototype', { constructor: 1, toString: 2, $: ['u'] }],
  ]
  test.each(values)('carries %s both ways', async (_, value) => {
    const extension = await run('export const echo = (value) => value')

    expect(await extension.call('echo', [value])).toEqual(value)
  })

  test('carries bytes, and detaches what was sent', async () => {
    const extension = await run('export const sum = (bytes) => { let n = 0; for (const b of bytes) n += b; return new Uint8Array([n]) }')
    const bytes = new Uint8Array([1, 2, 3])

    expect(await extension.call('sum', [bytes])).toEqual(new Uint8Array([6]))
    expect(bytes.byteLength).toBe(0)
  })

  test('keeps shared references shared', async () => {
    const extension = await run('export const twice = () => { const o = { n: 1 }; return [o, o] }')

    const [a, b] = (await extension.call('twice')) as [object, object]
    expect(a).toBe(b)
  })

  const refused: [string, string, string][] = [
    ['a function deep inside', '({ items: [1, 2, 3, { callback() {} }] })', '$.items[3].callback'],
    ['a cycle', '(() => { const o = {}; o.self = o; return o })()', '$.self'],
    ['an own __proto__ key', 'JSON.parse(\'{"__proto__": 1}\')', '$'],
    ['a class instance', 'new (class Foo {})()', '$'],
  ]
  test.each(refused)('refuses %s from the guest with its path, and the guest lives on', async (_, expression, path) => {
    const extension = await run(`export const bad = () => ${expression}; export const ok = () => 1`)

    const error = await failure(extension.call('bad'))

    expect(error.code).toBe('value-unsupported')
    expect(error['details']).toMatchObject({ path })
    expect(await extension.call('ok')).toBe(1)
  })

  test('refuse an option that is not one of theirs, by name', async () => {
    const extension = await run('export const one = () => 1')

    await expect(extension.call('one', [], { timeout: 5 } as object)).rejects.toThrow(/^Unknown option "timeout" of call\("one"\): expected signal, timeoutMs\.$/)
  })

  test('refuses unsupported arguments before anything is sent', async () => {
    const extension = await run('export const echo = (value) => value')

    const error = await failure(extension.call('echo', [{ items: [{ callback: () => {} }] }]))

    expect(error.code).toBe('value-unsupported')
    expect(error['details']).toEqual({ path: '$[0].items[0].callback' })
  })

  test.each([['too large', '"x".repeat(2000)'], ['too deep', '(() => { let o = 1; for (let i = 0; i < 200; i++) o = [o]; return o })()']])(
    'refuses a result that is %s, and the guest lives on',
    async (_, expression) => {
      const extension = await run(`export const bad = () => ${expression}; export const ok = () => 1`, { limits: { messageBytes: 1024 } })

      expect(await codeOf(extension.call('bad'))).toBe('message-too-large')
      expect(await extension.call('ok')).toBe(1)
    },
  )

  test('is printed as JSON without being called', async () => {
    const box = await openBox()
    const extension = await box.install(pkg('export const one = () => 1'))

    expect(JSON.parse(JSON.stringify({ exports: extension.exports }))).toEqual({ exports: {} })
    expect(() => JSON.stringify(extension)).not.toThrow()
    expect(box.report().extensions).toMatchObject([{ state: 'stopped' }])
  })

  test.each(['__proto__', 'constructor', 'toString', 'then', 'missing', ''])('answers export-missing for %j', async (name) => {
    const extension = await run('export const x = 1; export const real = () => 2')

    expect(await codeOf(extension.call(name))).toBe('export-missing')
  })

  test('carries guest errors as data, with the package\'s file, line and column', async () => {
    const box = await openBox()
    const extension = await box.install(pkg("import { fail } from './lib/deep.js'\nexport const run = () => fail()", {}, {
      'lib/deep.js': 'export function fail() {\n  const error = new RangeError("too far")\n  error.code = "E_FAR"\n  throw error\n}',
    }))

    const error = await failure(extension.call('run'))

    expect(error).toBeInstanceOf(GuestError)
    expect(error).toMatchObject({ code: 'thrown', guestName: 'RangeError', message: 'too far', guestCode: 'E_FAR' })
    expect(error['guestStack']).toMatch(/lib\/deep\.js:2:\d+/)
    expect(error['guestStack']).toMatch(/main\.js:2:\d+/)
  })

  test('may be made many times at once', async () => {
    const extension = await run('export const echo = async (n) => { await null; return n }')
    const numbers = Array.from({ length: 500 }, (_, n) => n)

    expect(await Promise.all(numbers.map((n) => extension.call('echo', [n])))).toEqual(numbers)
  })
})

describe('lifetimes', () => {
  const COUNTER = 'let n = 0; globalThis.left ??= 0; export const count = () => { globalThis.left++; return [++n, globalThis.left] }'

  test('session keeps memory between calls', async () => {
    const extension = await run(COUNTER)

    await extension.call('count')
    expect(await extension.call('count')).toEqual([2, 2])
  })

  test('call begins each call with the memory that the main module left', async () => {
    const extension = await run(COUNTER, { lifetime: 'call' })

    await extension.call('count')
    expect(await extension.call('count')).toEqual([1, 1])
  })

  test('call leaves no timer, stream or pending capability call of one call to the next', async () => {
    const extension = await run(
      `globalThis.seen = []
       export const leave = () => {
         setTimeout(() => globalThis.seen.push('timer'), 0)
         setInterval(() => globalThis.seen.push('interval'), 1)
         glovebox.permissions.query('storage:read').then(() => globalThis.seen.push('reply'), () => globalThis.seen.push('reply'))
         return 1
       }
       export const look = async () => { await new Promise((r) => setTimeout(r, 50)); return globalThis.seen }`,
      { lifetime: 'call' },
    )

    await extension.call('leave')
    expect(await extension.call('look')).toEqual([])
    expect((await extension.inspect()).instances).toMatchObject([{ timers: 0, pendingCapabilityCalls: 0, handles: 0 }])
  })

  test('call draws other random numbers in each call', async () => {
    const extension = await run('export const draw = () => Math.random()', { lifetime: 'call' })

    expect(await extension.call('draw')).not.toBe(await extension.call('draw'))
  })

  test('call queues, and refuses more than the queue holds', async () => {
    const box = await openBox({ limits: { queuedCalls: 2 } })
    const extension = await box.install(pkg('export const slow = (n) => new Promise((r) => setTimeout(() => r(n), 30))', { lifetime: 'call' }))
    await extension.start()

    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((n) => extension.call('slow', [n])))

    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.code))).toEqual([1, 2, 3, 'queue-full'])
  })

  test('call runs side by side up to maxInstances', async () => {
    const box = await openBox({ limits: { maxInstances: 3 } })
    const extension = await box.install(pkg('export const id = () => new Promise((r) => setTimeout(() => r(1), 20))', { lifetime: 'call', limits: { maxInstances: 3 } }))

    await Promise.all([1, 2, 3].map(() => extension.call('id')))

    expect((await extension.inspect()).instances.length).toBe(3)
  })
})
