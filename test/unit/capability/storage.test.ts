import { describe, expect, it } from 'vitest'
import { createPermissionCapability } from '../../../src/capability/permission.ts'
import { createStorageCapability } from '../../../src/capability/storage.ts'
import type { KeyValueStore, StorageEntry } from '../../../src/wire/key-value.ts'
import { FakeCaller, call, codeOf } from './harness.ts'

class MemoryStore implements KeyValueStore {
  readonly entries = new Map<string, StorageEntry>()
  quota = false
  failure: Error | undefined
  #version = 0

  async get(key: string): Promise<StorageEntry | undefined> {
    if (this.failure) throw this.failure
    return this.entries.get(key)
  }

  async set(key: string, value: StorageEntry['value'], { ifVersion }: { ifVersion: number | undefined }): Promise<number | 'conflict' | 'quota'> {
    if (this.quota) return 'quota'
    if (ifVersion !== undefined && ifVersion !== (this.entries.get(key)?.version ?? 0)) return 'conflict'
    this.entries.set(key, { value, version: ++this.#version })
    return this.#version
  }

  async delete(key: string, { ifVersion }: { ifVersion: number | undefined }): Promise<boolean | 'conflict'> {
    if (ifVersion !== undefined && ifVersion !== (this.entries.get(key)?.version ?? 0)) return 'conflict'
    return this.entries.delete(key)
  }

  async list({ prefix, after, limit }: { prefix: string; after: string | undefined; limit: number }): Promise<readonly string[]> {
    return [...this.entries.keys()]
      .sort()
      .filter((key) => key.startsWith(prefix) && (after === undefined || key > after))
      .slice(0, limit)
  }
}

function setUp(prefixes: readonly string[] = ['']): {
  store: MemoryStore
  caller: FakeCaller
  run: (method: string, ...args: unknown[]) => Promise<unknown>
} {
  const store = new MemoryStore()
  const storage = createStorageCapability(() => store)
  const caller = new FakeCaller([
    { name: 'storage:read', scope: { prefixes }, reason: '' },
    { name: 'storage:write', scope: { prefixes }, reason: '' },
  ])
  return { store, caller, run: (method, ...args) => call(storage, caller, `storage.${method}`, ...args) }
}

describe('storage', () => {
  it('gives back what was set, kinds included, with its version', async () => {
    const { run } = setUp()
    const value = { when: new Date(5), bytes: new Uint8Array([1, 2]), map: new Map([[1n, undefined]]), not: NaN }

    expect(await run('get', 'k')).toBeUndefined()
    expect(await run('set', 'k', value, { ifVersion: null })).toBe(1)
    expect(await run('get', 'k')).toEqual({ value, version: 1 })
    expect(await run('delete', 'k')).toBe(true)
    expect(await run('delete', 'k')).toBe(false)
  })

  it('tells a value of undefined from none', async () => {
    const { run } = setUp()
    await run('set', 'k', undefined)
    expect(await run('get', 'k')).toEqual({ value: undefined, version: 1 })
  })

  it.each([
    ['a new key that exists', 'set', ['k', 1, { ifVersion: 0 }]],
    ['another version', 'set', ['k', 1, { ifVersion: 7 }]],
    ['a deletion of another version', 'delete', ['k', { ifVersion: 7 }]],
  ])('refuses %s', async (_, method, args) => {
    const { run } = setUp()
    await run('set', 'k', 0)
    expect(await codeOf(run(method, ...args))).toBe('version-conflict')
    expect(await run('get', 'k')).toMatchObject({ value: 0 })
  })

  it('lists page by page', async () => {
    const { run } = setUp()
    for (const key of ['a1', 'a2', 'a3', 'b']) await run('set', key, 0)

    expect(await run('list', { prefix: 'a', cursor: null, limit: 2 })).toEqual({ keys: ['a1', 'a2'], cursor: 'a2' })
    expect(await run('list', { prefix: 'a', cursor: 'a2', limit: 2 })).toEqual({ keys: ['a3'], cursor: null })
    expect(await run('list')).toEqual({ keys: ['a1', 'a2', 'a3', 'b'], cursor: null })
  })

  it.each([
    ['no key', 'get', []],
    ['an empty key', 'get', ['']],
    ['a long key', 'set', ['k'.repeat(1025), 1]],
    ['a number for a key', 'get', [1]],
    ['a boxed key', 'get', [Object('k')]],
    ['a negative version', 'set', ['k', 1, { ifVersion: -1 }]],
    ['half a version', 'delete', ['k', { ifVersion: 0.5 }]],
    ['an unknown option', 'set', ['k', 1, { ifversion: 1 }]],
    ['one argument more', 'get', ['k', {}]],
    ['a limit of 0', 'list', [{ limit: 0 }]],
    ['a limit of 1001', 'list', [{ limit: 1001 }]],
    ['a number for a prefix', 'list', [{ prefix: 1 }]],
  ])('refuses %s', async (_, method, args) => {
    const { run, caller } = setUp()
    expect(await codeOf(run(method, ...args))).toBe('invalid-argument')
    expect(caller.asked).toEqual([])
  })

  it.each([
    ['get', ['b'], 'storage:read'],
    ['set', ['b', 1], 'storage:write'],
    ['delete', ['b'], 'storage:write'],
    ['list', [{ prefix: '' }], 'storage:read'],
    ['list', [{ prefix: 'b' }], 'storage:read'],
  ])('needs the scope for %s %j', async (method, args, name) => {
    const { run, caller } = setUp(['a/'])
    expect(await codeOf(run(method, ...args))).toBe('permission-denied')
    expect(caller.asked).toEqual([name])
  })

  it('keeps keys like __proto__ apart from everything', async () => {
    const { run } = setUp()
    await run('set', '__proto__', { x: 1 })
    expect(await run('get', '__proto__')).toMatchObject({ value: { x: 1 } })
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('says when it is full, and when the store fails', async () => {
    const { run, store } = setUp()
    store.quota = true
    expect(await codeOf(run('set', 'k', 1))).toBe('quota-exceeded')
    store.failure = new Error('secret path')
    expect(await codeOf(run('get', 'k'))).toBe('store-failed')
    await expect(run('get', 'k')).rejects.not.toThrow('secret')
  })

  it('takes damage for a failure of the store', async () => {
    const { run, store } = setUp()
    store.entries.set('k', { value: { text: '{"$":["b",7]}', buffers: [] }, version: 1 })
    expect(await codeOf(run('get', 'k'))).toBe('store-failed')
  })

  it.each([
    ['get', ['k']],
    ['list', [{}]],
  ])('delivers nothing of %s when it was revoked meanwhile', async (method, args) => {
    const { run, caller } = setUp()
    await run('set', 'k', 1)
    const reading = codeOf(run(method, ...args))
    await Promise.resolve()
    caller.revoke()
    expect(await reading).toBe('permission-revoked')
  })

  it('refuses a value that cannot be kept before anybody is asked', async () => {
    const { run, caller } = setUp()
    expect(await codeOf(run('set', 'k', () => 1))).toBe('value-unsupported')
    expect(caller.asked).toEqual([])
  })
})

describe('permission', () => {
  const permission = createPermissionCapability(() => ({
    query: () => [{ name: 'http:read', state: 'prompt' }],
    request: async (names, { by }) => (by === 'guest' ? names.map((name) => ({ name, state: 'granted' })) : []),
  }))

  it.each([
    ['query', 'http:read', 'prompt'],
    ['query', 'storage:read', 'denied'],
    ['request', 'http:read', 'granted'],
  ])('%s %s', async (method, name, state) => {
    expect(await call(permission, new FakeCaller([]), `permission.${method}`, name)).toBe(state)
  })

  it.each([
    ['camera:read', 'permission-unknown'],
    ['__proto__', 'permission-unknown'],
    [7, 'invalid-argument'],
    [undefined, 'invalid-argument'],
  ])('refuses %j', async (name, code) => {
    expect(await codeOf(call(permission, new FakeCaller([]), 'permission.request', name))).toBe(code)
    expect(await codeOf(call(permission, new FakeCaller([]), 'permission.query', name))).toBe(code)
    expect(await codeOf(call(permission, new FakeCaller([]), 'permission.requestAll', ['http:read', name]))).toBe(code)
  })

  it('asks for several at once, and refuses what is no list of them', async () => {
    expect(await call(permission, new FakeCaller([]), 'permission.requestAll', ['storage:read', 'http:read'])).toEqual(['granted', 'granted'])
    for (const names of ['http:read', {}, [], Array.from({ length: 100 }, () => 'http:read')]) {
      expect(await codeOf(call(permission, new FakeCaller([]), 'permission.requestAll', names))).toBe('invalid-argument')
    }
  })
})
