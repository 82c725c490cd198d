import { describe, expect, test } from 'vitest'
import { ProvidedHub, type ProvidedCapability } from '../../../src/capability/provided.ts'
import type { StandardSchema } from '../../../src/capability/standard-schema.ts'
import { call, codeOf, FakeCaller } from './harness.ts'

const caller = (...capabilities: readonly string[]): FakeCaller => new FakeCaller([{ name: 'host:call', scope: { capabilities }, reason: '' }])

function open(provided: ProvidedCapability): { hub: ProvidedHub, withdraw: () => void, errors: unknown[] } {
  const errors: unknown[] = []
  const hub = new ProvidedHub((error) => errors.push(error))
  return { hub, withdraw: hub.provide(provided), errors }
}

const NOTES: ProvidedCapability = { capability: 'notes', wit: 'acme:app/notes', methods: {
  getNotes: { run: (args) => args }, list: { needs: 'read', run: () => 'list' }, find: { needs: 'read', run: () => 'found' },
} }

describe('a provided capability', () => {
  test('is called by its name and by its interface, under what each method needs', async () => {
    const { hub } = open(NOTES)

    expect(await call(hub, caller('notes.get-notes'), 'host.call', 'notes.getNotes', [1, 'a'])).toEqual([1, 'a'])
    expect(await call(hub, caller('notes.get-notes'), 'host.call', 'acme:app/notes#get-notes', [])).toEqual([])
    expect([await call(hub, caller('notes.read'), 'host.call', 'notes.list', []), await call(hub, caller('notes.read'), 'host.call', 'notes.find', [])]).toEqual(['list', 'found'])
    expect(await codeOf(call(hub, caller('notes.read'), 'host.call', 'notes.getNotes', []))).toBe('permission-denied')
    expect(await codeOf(call(hub, caller('notes.read-all', 'note.read', 'notes'), 'host.call', 'notes.list', []))).toBe('permission-denied')
  })

  test.each([
    'notes', 'notes.', 'notes.List', 'notes.get-notes', 'notes.constructor', 'notes.__proto__', '__proto__', 'acme:app/notes#getNotes', 'acme:app/notes', 'acme:app/notes@1.0.0#get-notes',
    'storage.get',
  ])('is not found as %s', async (name) => {
    expect(await codeOf(call(open(NOTES).hub, caller('notes.read'), 'host.call', name, []))).toBe('permission-denied')
  })

  test.each(['x'.repeat(300), 5, null, { toString: () => 'notes.list' }])('is not called by what is no name: %s', async (name) => {
    expect(await codeOf(call(open(NOTES).hub, caller('notes.read'), 'host.call', name, []))).toBe('invalid-argument')
  })

  test('that is not there is told only to whom may use it', async () => {
    const { hub, withdraw } = open({ capability: 'notes', methods: { list: { run: () => 'list' } } })
    withdraw()

    expect(await codeOf(call(hub, caller('notes.list'), 'host.call', 'notes.list', []))).toBe('invalid-argument')
    expect(await codeOf(call(hub, caller('notes.read'), 'host.call', 'notes.list', []))).toBe('permission-denied')
  })

  test('takes a list of arguments and nothing else', async () => {
    const { hub } = open(NOTES)
    for (const args of [undefined, 'ab', { length: 1 }]) expect(await codeOf(call(hub, caller('notes.read'), 'host.call', 'notes.list', args))).toBe('invalid-argument')
  })

  test('gets what its schema makes of the arguments, and that only with a grant', async () => {
    const seen: unknown[] = []
    const args: StandardSchema<readonly unknown[]> = { '~standard': { version: 1, vendor: 'test', validate: (value) => {
      seen.push(value)
      return Array.isArray(value) && value.length === 1 ? { value: [Number(value[0])] } : { issues: [{ message: 'one, please' }] }
    } } }
    const { hub } = open({ capability: 'maths', methods: { double: { args, run: ([number]) => Number(number) * 2 } } })

    expect(await codeOf(call(hub, caller('maths.half'), 'host.call', 'maths.double', [1]))).toBe('permission-denied')
    expect(seen).toEqual([])
    expect(await call(hub, caller('maths.double'), 'host.call', 'maths.double', ['21'])).toBe(42)
    await expect(call(hub, caller('maths.double'), 'host.call', 'maths.double', [])).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('one, please') })
  })

  test('keeps errors and what they carry on the page', async () => {
    const { hub, errors } = open({ capability: 'a', methods: { b: { run: () => Promise.reject(Object.assign(new Error('password'), { code: 'rate-limit' })) } } })
    const error = await call(hub, caller('a.b'), 'host.call', 'a.b', []).catch((caught: Error) => caught)

    expect([String(error), Reflect.get(Object(error), 'code'), errors.length]).toEqual(['Error: The code of the app failed.', undefined, 1])
  })

  test('is gone when it is withdrawn, with its names free again', async () => {
    const { hub, withdraw } = open(NOTES)
    expect(() => hub.provide(NOTES)).toThrow(TypeError)
    expect(() => hub.provide({ ...NOTES, capability: 'others' })).toThrow(TypeError)
    withdraw()
    expect(await codeOf(call(hub, caller('notes.read'), 'host.call', 'notes.list', []))).toBe('permission-denied')
    hub.provide(NOTES)
    withdraw()
    expect(await call(hub, caller('notes.read'), 'host.call', 'notes.list', [])).toBe('list')
  })

  test('is one that may not be called when the guest has gone', async () => {
    const ran: unknown[] = []
    const { hub } = open({ capability: 'a', methods: { b: { run: () => ran.push(1) } } })
    const gone = caller('a.b')
    gone.epoch.abort(new Error('gone'))

    await expect(call(hub, gone, 'host.call', 'a.b', [])).rejects.toThrow('gone')
    expect(ran).toEqual([])
  })
})

const run = (): void => undefined
test.each([
  [{ capability: 'a', method: {} }, 'provide has no "method"; it knows capability, wit, methods.'], [{ capability: 'a' }, 'a: methods must be an object, got undefined.'],
  [{ capability: 'a', methods: { b: { need: 'x', run } } }, 'a.b has no "need"; it knows needs, args, run.'],
])('%j is told what is known', (wrong, message) => {
  expect(() => new ProvidedHub(() => undefined).provide(wrong as never)).toThrow(new TypeError(message))
})

test.each([
  [{ capability: 'storage', methods: { a: { run } } }], [{ capability: 'host', methods: { a: { run } } }], [{ capability: '__proto__', methods: { a: { run } } }],
  [{ capability: 'a.b', methods: { a: { run } } }], [{ capability: 'a', methods: {} }], [{ capability: 'a', methods: { 'b-c': { run } } }], [{ capability: 'a', methods: { b: {} } }],
  [{ capability: 'a', methods: { b: { run, needs: 'x.y' } } }], [{ capability: 'a', methods: { b: { run, args: {} } } }],
  [{ capability: 'a', wit: 'acme:app/types', methods: { b: { run } } }],
  [{ capability: 'a', wit: 'glovebox:host/storage', methods: { b: { run } } }], [{ capability: 'a', wit: 'acme:app/a@1.0.0', methods: { b: { run } } }],
])('%j is no capability', (wrong) => {
  expect(() => new ProvidedHub(() => undefined).provide(wrong as never)).toThrow(TypeError)
})
