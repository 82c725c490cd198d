import { describe, expect, test } from 'vitest'
import { PageHandle, prepareFixture, startComponent } from './harness.ts'

const prepared = prepareFixture('values')
const start = async (limits: Readonly<Record<string, number>> = {}): ReturnType<typeof startComponent> => startComponent(await prepared, { limits })

describe('a value crosses into a component and back', () => {
  test.each<[string, string, readonly unknown[], unknown]>([
    ['a record, with an option', 'api.forecast', [{ city: 'Paris', days: 3 }], ['Paris 0', 'Paris 1', 'Paris 2']],
    ['a record, without its option', 'api.forecast', [{ city: 'Oslo' }], ['Oslo 0', 'Oslo 1']],
    ['an enum and flags', 'api.paint', ['light-blue', { read: true, ownAll: true }], ['light-blue', { read: true, write: false, ownAll: true }]],
    ['bytes', 'api.bytes', [Uint8Array.of(1, 2, 255)], Uint8Array.of(255, 2, 1)],
    ['a list of numbers', 'api.words', [[1, 2, 2 ** 32 - 1]], [2 ** 32 - 1, 2, 1]],
    ['64 bits', 'api.big', [2n ** 64n - 1n, -(2n ** 63n)], [2n ** 64n - 1n, -(2n ** 63n)]],
    ['an option in an option: none', 'api.nested', [{ tag: 'none' }], { tag: 'none' }],
    ['an option in an option: some of none', 'api.nested', [{ tag: 'some', val: undefined }], { tag: 'some', val: undefined }],
    ['small kinds', 'api.small', [0.5, -7, '\u{1f9e4}', true], [0.5, -7, '\u{1f9e4}', true]],
    ['a result without values', 'api.unitResult', [false], undefined],
    ['text', 'topLevel', ['stra\u00dfe'], 'STRA\u00dfE'],
  ])('%s', async (_name, name, args, result) => {
    const component = await start()

    expect(await component.call(name, args)).toEqual(result)
  })
})

describe('an export is found as', () => {
  test.each([
    ['top-level'], ['topLevel'], ['api.unit-result'], ['api.unitResult'], ['acme:values/api@1.2.0#unit-result'], ['acme:values/api#unit-result'],
  ])('%s', async (name) => {
    const component = await start()

    await expect(component.call(name, [name.endsWith('evel') ? 'x' : false])).resolves.not.toThrow()
  })

  test.each([
    ['constructor'], ['__proto__'], ['api'], ['api.'], ['api.__proto__'], ['api.constructor'], ['api.Counter.prototype'], ['api.counter.name'], ['toString'],
    ['acme:values/api@9.9.9#crash.x'], ['#'], ['api.unitResult.call'], [''],
  ])('not %j', async (name) => {
    const component = await start()

    await expect(component.call(name, [])).rejects.toMatchObject({ code: 'export-missing' })
  })

  test('a missing one is told with what there is', async () => {
    const component = await start()

    await expect(component.call('weather', [])).rejects.toThrow(/"weather".*api\.forecast.*topLevel/)
  })
})

describe('a function that fails', () => {
  test.each([
    ['with a variant', 'api.forecast', [{ city: 'Nowhere' }], 'unknown-city', { tag: 'unknown-city', val: 'Nowhere' }],
    ['with a case without a value', 'api.forecast', [{ city: 'Closed' }], 'closed', { tag: 'closed' }],
    ['with nothing', 'api.unitResult', [true], '', undefined],
  ])('%s gives it as the payload', async (_name, name, args, guestCode, payload) => {
    const component = await start()

    await expect(component.call(name, args)).rejects.toMatchObject({ code: 'thrown', guestName: 'ComponentError', guestCode, payload })
    await expect(component.call('count')).resolves.toBe(1)
  })
})

describe('arguments', () => {
  test.each([
    ['too few', 'api.big', [1n], /takes 2 arguments, got 1/],
    ['too many', 'topLevel', ['a', 'b'], /takes 1 argument, got 2/],
    ['of the wrong kind: no record', 'api.forecast', [undefined], /./],
    ['of the wrong kind: no text', 'topLevel', [7], /./],
    ['of the wrong kind: no bigint', 'api.big', ['x', 1n], /./],
    ['of the wrong kind: an unknown enum', 'api.paint', ['green', {}], /./],
  ])('%s are refused, and the instance lives on', async (_name, name, args, message) => {
    const component = await start()
    await component.call('count')

    await expect(component.call(name, args)).rejects.toMatchObject({ code: 'thrown', message: expect.stringMatching(message) })

    await expect(component.call('count')).resolves.toBe(2)
  })
})

describe('an instance that died', () => {
  test.each([
    ['of a trap', 'api.crash', [], 'crashed'],
    ['of deep recursion', 'api.deep', [50_000_000], /stack-overflow|crashed/],
    ['of exit', 'leave', [3], 'crashed'],
  ])('%s is replaced', async (_name, name, args, code) => {
    const component = await start()
    await component.call('count')

    await expect(component.call(name, args)).rejects.toMatchObject({ code: typeof code === 'string' ? code : expect.stringMatching(code) })

    await expect(component.call('count')).resolves.toBe(1)
  })

  test('memory that may not grow is the component\'s own affair', async () => {
    const component = await start()

    await expect(component.call('api.grow', [10_000])).resolves.toBe(-1)
    await expect(component.call('count')).resolves.toBe(1)
  })
})

test('a reset gives fresh memory', async () => {
  const component = await start()
  await component.call('count')

  expect(await component.page.call('reset', undefined)).toBe(true)

  await expect(component.call('count')).resolves.toBe(1)
})

test('what it prints is its log, line by line, with the call', async () => {
  const component = await start()

  await component.call('print', ['one\ntwo'])

  expect(component.lines).toEqual([
    { level: 'info', text: 'one', call: 1 }, { level: 'error', text: 'to stderr', call: 1 }, { level: 'info', text: 'two', call: 1 },
  ])
})

describe('a resource', () => {
  test('is a handle, with methods', async () => {
    const component = await start()

    const counter = await component.call('api.counter', [40]) as PageHandle

    expect(counter).toBeInstanceOf(PageHandle)
    expect(counter.type).toBe('Counter')
    expect(await component.call('add', [2], counter.id)).toBe(42)
    expect(await component.call('api.counter.look', [counter])).toBe(42)
    expect(await component.call('acme:values/api@1.2.0#[method]counter.add', [counter, 1])).toBe(43)
    await expect(component.call('remove', [], counter.id)).rejects.toMatchObject({ code: 'export-missing' })
  })

  test('that was given away is stale', async () => {
    const component = await start()
    const counter = await component.call('acme:values/api#[constructor]counter', [40])

    expect(await component.call('api.Counter.take', [counter])).toBe(40)

    await expect(component.call('api.counter.look', [counter])).rejects.toMatchObject({ code: 'handle-stale' })
  })

  test.each([
    ['was dropped', (component: Awaited<ReturnType<typeof start>>, id: number) => component.page.call('drop', { handles: [id] })],
    ['lived before a reset', (component: Awaited<ReturnType<typeof start>>) => component.page.call('reset', undefined)],
    ['lived before a trap', (component: Awaited<ReturnType<typeof start>>) => component.call('api.crash').catch(() => undefined)],
  ])('that %s is stale', async (_name, end) => {
    const component = await start()
    const counter = await component.call('api.counter', [1]) as PageHandle

    await end(component, counter.id)

    await expect(component.call('add', [1], counter.id)).rejects.toMatchObject({ code: 'handle-stale' })
    await expect(component.call('api.counter.look', [counter])).rejects.toMatchObject({ code: 'handle-stale' })
  })

  test('of a list has a life of its own', async () => {
    const component = await start()
    const [first, second, third] = await component.call('api.makeCounters', [3]) as [PageHandle, PageHandle, PageHandle]

    await component.page.call('drop', { handles: [second.id] })

    await expect(component.call('add', [10], second.id)).rejects.toMatchObject({ code: 'handle-stale' })
    expect([await component.call('add', [10], first.id), await component.call('add', [10], third.id)]).toEqual([10, 12])
  })

  test('that nobody made is stale', async () => {
    const component = await start()

    await expect(component.call('add', [1], 77)).rejects.toMatchObject({ code: 'handle-stale' })
    await expect(component.call('api.counter.look', [{}])).rejects.toMatchObject({ code: 'thrown' })
  })

  test('is one of so many at once', async () => {
    const component = await start({ handles: 20 })

    await expect(component.call('api.makeCounters', [25])).rejects.toMatchObject({ code: 'too-many-handles' })
  })
})

test('the numbers of a worker are told', async () => {
  const component = await start()
  await component.call('api.counter', [1])

  expect(await component.page.call('stats', undefined)).toMatchObject({ memoryBytes: expect.any(Number), handles: expect.any(Number) })
})
