import { describe, expect, test } from 'vitest'
import { FunctionTable, type HostFunction } from '../../../src/capability/function.ts'
import { LimitError } from '../../../src/errors.ts'
import { call, codeOf, FakeCaller } from './harness.ts'

const PAGE = 'https://app.example'
const ID = 'com.acme.test'

function lend(terms: Partial<HostFunction>, report: (error: unknown) => void = () => undefined): FunctionTable {
  return new FunctionTable({ 'extism:host/user': { greet: { extensions: [ID], params: ['text'], result: 'text', run: ([name]) => `Hello, ${String(name)}`, ...terms } } }, PAGE, report)
}

/** How a call by such an extension ends; its module must not learn of what it cannot call either. */
async function greet(table: FunctionTable, identity: { id: string, origin: string }): Promise<unknown> {
  const caller = new FakeCaller([])
  caller.identity = identity
  const isKnown = table.signaturesFor(identity).length > 0
  const outcome = await call(table.capability(), caller, 'function.call', 'extism:host/user', 'greet', ['Ada']).catch((error: { code: string }) => error.code)
  expect(isKnown).toBe(outcome === 'Hello, Ada')
  return outcome
}

describe('a function that is lent by id', () => {
  test.each(['local', `${PAGE}/extensions/test/`, `${PAGE}/`])('is for what the app hands over itself: %s', async (origin) => {
    expect(await greet(lend({}), { id: ID, origin })).toBe('Hello, Ada')
  })

  test.each([
    'https://app.example.evil/', 'https://evil.example/app.example/', 'https://app.example:8443/', 'http://app.example/', 'https://app.example', 'null', 'local/', '',
  ])('is not for a package that claims the id from elsewhere: %s', async (origin) => {
    expect(await greet(lend({}), { id: ID, origin })).toBe('invalid-argument')
  })

  test('and origin is for that pair alone', async () => {
    const table = lend({ origins: ['https://acme.example/x/'] })

    expect(await greet(table, { id: ID, origin: 'https://acme.example/x/' })).toBe('Hello, Ada')
    for (const origin of ['https://acme.example/', 'https://acme.example/x/y/', 'local', `${PAGE}/`]) expect(await greet(table, { id: ID, origin })).toBe('invalid-argument')
    expect(await greet(table, { id: 'com.acme.tests', origin: 'https://acme.example/x/' })).toBe('invalid-argument')
  })
})

test('a function for all is for packages from anywhere, or from the origins that are named', async () => {
  const anywhere = { id: 'org.other', origin: 'https://other.example/' }

  expect(await greet(lend({ extensions: 'all' }), anywhere)).toBe('Hello, Ada')
  expect(await greet(lend({ extensions: 'all', origins: ['local'] }), anywhere)).toBe('invalid-argument')
})

test('a page without an origin lends by id to packages without a URL only', async () => {
  const table = new FunctionTable({ m: { f: { extensions: [ID], params: [], run: () => undefined } } }, 'null', () => undefined)

  expect(table.signaturesFor({ id: ID, origin: 'local' })).toHaveLength(1)
  for (const origin of ['null', 'file:///home/x/']) expect(table.signaturesFor({ id: ID, origin }), origin).toHaveLength(0)
})

test('what an app lends and what it does not have are refused alike to whom it is not lent', async () => {
  const caller = new FakeCaller([])
  caller.identity = { id: ID, origin: 'https://evil.example/' }
  const capability = lend({}).capability()
  const refusal = async (field: string): Promise<unknown> =>
    call(capability, caller, 'function.call', 'extism:host/user', field, ['x']).catch((error: Error & { code: string }) => [error.code, error.message.replace(field, '')])

  expect(await refusal('greet')).toEqual(await refusal('secret'))
  expect(await codeOf(call(capability, caller, 'function.call', 'extism:host/user', 'greet', 'no list'))).toBe('invalid-argument')
})

test("a function's failure keeps its text and its code on the page", async () => {
  const caller = new FakeCaller([])
  caller.identity = { id: ID, origin: 'local' }
  const heard: unknown[] = []
  const failure = new LimitError('rate-limit', 'password', { details: { limit: 'callMs' } })
  const table = lend({ run: () => { throw failure } }, (error) => heard.push(error))
  const error = await call(table.capability(), caller, 'function.call', 'extism:host/user', 'greet', ['Ada']).catch((caught: Error) => caught)

  expect([String(error), Reflect.get(Object(error), 'code'), heard]).toEqual(['Error: The code of the app failed.', undefined, [failure]])
})

test('a function that never answers ends for a guest that has gone', async () => {
  const caller = new FakeCaller([])
  caller.identity = { id: ID, origin: 'local' }
  const waiting = call(lend({ run: () => new Promise(() => undefined) }).capability(), caller, 'function.call', 'extism:host/user', 'greet', ['Ada'])
  caller.epoch.abort(new Error('gone'))

  await expect(waiting).rejects.toThrow('gone')
})
