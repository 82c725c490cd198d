import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'

function setup(answer: unknown): {
  calls: unknown[]
  glovebox: Record<'storage' | 'permissions' | 'vault', Record<string, (...args: unknown[]) => Promise<unknown>>>
} {
  const calls: unknown[] = []
  const { globals } = createHarness({
    capability: async (method, args) => {
      calls.push([method, ...args])
      return answer
    },
  })
  return { calls, glovebox: globals['glovebox'] }
}

test('gets the value, or value and version', async () => {
  const { glovebox, calls } = setup({ value: [1], version: 3 })

  expect(await glovebox.storage['get']?.('k')).toEqual([1])
  expect(await glovebox.storage['get']?.('k', { version: true })).toEqual({ value: [1], version: 3 })
  expect(await setup(undefined).glovebox.storage['get']?.('k', { version: true })).toBeUndefined()
  expect(calls).toEqual([
    ['storage.get', 'k'],
    ['storage.get', 'k'],
  ])
})

test('sets, deletes, lists with the agreed arguments', async () => {
  const {
    glovebox: { storage },
    calls,
  } = setup(4)

  await storage['set']?.('k', { a: 1 })
  await storage['set']?.('k', 1, { ifVersion: 0 })
  await storage['delete']?.('k', { ifVersion: 2 })
  await storage['list']?.()
  await storage['list']?.({ prefix: 'p', cursor: 'c', limit: 5 })

  expect(calls).toEqual([
    ['storage.set', 'k', { a: 1 }, { ifVersion: null }],
    ['storage.set', 'k', 1, { ifVersion: 0 }],
    ['storage.delete', 'k', { ifVersion: 2 }],
    ['storage.list', { prefix: '', cursor: null, limit: 1000 }],
    ['storage.list', { prefix: 'p', cursor: 'c', limit: 5 }],
  ])
})

test('asks for permissions', async () => {
  const {
    glovebox: { permissions },
    calls,
  } = setup('prompt')

  expect([await permissions['query']?.('http:read'), await permissions['request']?.('http:read')]).toEqual(['prompt', 'prompt'])
  expect(calls).toEqual([
    ['permission.query', 'http:read'],
    ['permission.request', 'http:read'],
  ])
})

test('refuses bad arguments before asking', async () => {
  const {
    glovebox: { storage, permissions },
    calls,
  } = setup(1)

  for (const bad of [
    storage['get']?.(5),
    storage['set']?.('k', 1, { ifVersion: '1' }),
    storage['list']?.({ limit: 1001 }),
    storage['list']?.({ cursor: 5 }),
    permissions['query']?.(),
  ]) {
    await expect(bad).rejects.toThrow()
  }
  expect(calls).toEqual([])
})

test('asks for secrets by name, with texts alone', async () => {
  const { glovebox, calls } = setup(undefined)
  const { vault } = glovebox
  await vault['get']?.('token')
  await vault['set']?.('token', 'value')
  await vault['delete']?.('token')
  await vault['list']?.()
  await expect(vault['set']?.('token', 8)).rejects.toThrow()

  expect(calls).toEqual([['vault.get', 'token'], ['vault.set', 'token', 'value'], ['vault.delete', 'token'], ['vault.list']])
})

test('is frozen', () => {
  const { glovebox } = setup(1)

  expect([glovebox, ...Object.values(glovebox)].every(Object.isFrozen)).toBe(true)
})
