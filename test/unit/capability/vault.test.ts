import { describe, expect, it } from 'vitest'
import { createVaultCapability } from '../../../src/capability/vault.ts'
import type { Capability } from '../../../src/capability/capability.ts'
import type { Permission, PermissionName } from '../../../src/manifest/permission.ts'
import { record } from '../../conformance/store.ts'
import { call, codeOf, FakeCaller, memoryStore } from './harness.ts'

function permissions(...names: readonly PermissionName[]): Permission[] {
  return names.map((name) => ({ name, scope: { secrets: ['token', 'refresh'] }, reason: '' }) as Permission)
}

async function setUp(granted: readonly Permission[] = permissions('vault:read', 'vault:write')): Promise<{
  vault: Capability, caller: FakeCaller, changes: () => number
}> {
  const store = memoryStore()
  await store.installed.put(record('com.acme.test'))
  let count = 0
  const vault = createVaultCapability((owner) => store.openVault(owner), () => void count++)
  return { vault, caller: new FakeCaller(granted), changes: () => count }
}

describe("an extension's own secrets", () => {
  it('are set, got, listed and deleted', async () => {
    const { vault, caller, changes } = await setUp()
    expect(await call(vault, caller, 'vault.get', 'token')).toBeUndefined()
    await call(vault, caller, 'vault.set', 'token', 'a secret\n of any \u{1f511} text')

    expect(await call(vault, caller, 'vault.get', 'token')).toBe('a secret\n of any \u{1f511} text')
    expect(await call(vault, caller, 'vault.list')).toEqual(['token'])
    expect(await call(vault, caller, 'vault.delete', 'token')).toBe(true)
    expect(await call(vault, caller, 'vault.delete', 'token')).toBe(false)
    expect(await call(vault, caller, 'vault.list')).toEqual([])
    expect(changes()).toBe(3)
    expect(new Set(caller.asked)).toEqual(new Set(['vault:read', 'vault:write']))
  })

  it('need the grant for reading, for writing, and for the name', async () => {
    const reader = await setUp(permissions('vault:read'))
    const writer = await setUp(permissions('vault:write', 'vault:use'))

    expect(await codeOf(call(reader.vault, reader.caller, 'vault.set', 'token', 'x'))).toBe('permission-denied')
    expect(await codeOf(call(reader.vault, reader.caller, 'vault.delete', 'token'))).toBe('permission-denied')
    expect(await codeOf(call(writer.vault, writer.caller, 'vault.get', 'token'))).toBe('permission-denied')
    expect(await codeOf(call(writer.vault, writer.caller, 'vault.list'))).toBe('permission-denied')
    expect(await codeOf(call(reader.vault, reader.caller, 'vault.get', 'other'))).toBe('permission-denied')
  })

  it('are listed only where the grant covers their names', async () => {
    const { vault, caller } = await setUp()
    for (const name of ['token', 'refresh']) await call(vault, caller, 'vault.set', name, 'x')
    const narrow = new FakeCaller([{ name: 'vault:read', scope: { secrets: ['refresh', 'nothing'] }, reason: '' }])

    expect(await call(vault, narrow, 'vault.list')).toEqual(['refresh'])
  })

  it('stay where they are when the grant goes while the store works', async () => {
    const { vault, caller } = await setUp()
    await call(vault, caller, 'vault.set', 'token', 'x')
    const reading = codeOf(call(vault, caller, 'vault.get', 'token'))
    caller.revoke()

    expect(await reading).toBe('permission-revoked')
  })

  it('are at most 64', async () => {
    const names = Array.from({ length: 65 }, (_, index) => `n${index}`)
    const { vault, caller } = await setUp([{ name: 'vault:write', scope: { secrets: names }, reason: '' }])
    const results: unknown[] = []
    for (const name of names) results.push(await call(vault, caller, 'vault.set', name, 'x').catch((error: unknown) => error))

    expect(results.filter((result) => result !== undefined)).toMatchObject([{ code: 'quota-exceeded', details: { limit: 'secrets' } }])
  })

  it.each([
    ['a name with a line feed', ['to\nken', 'x']], ['an upper-case name', ['Token', 'x']], ['no name', ['', 'x']], ['a number', [1, 'x']],
    ['a long name', ['n'.repeat(65), 'x']], ['a name with a slash', ['a/b', 'x']], ['an object', [{ toString: 'x' }, 'x']],
    ['no value', ['token']],
    ['an empty value', ['token', '']], ['a long value', ['token', 'x'.repeat(4097)]], ['bytes', ['token', new Uint8Array(8)]],
    ['one argument more', ['token', 'x', {}]],
  ])('refuse %s before anybody is asked', async (_, args) => {
    const { vault, caller } = await setUp()

    expect(await codeOf(call(vault, caller, 'vault.set', ...args))).toBe('invalid-argument')
    expect(caller.asked).toEqual([])
  })

  it.each(['constructor', '__proto__', 'toString'])('know nothing of %s', async (name) => {
    const { vault, caller } = await setUp([{ name: 'vault:read', scope: { secrets: [name] }, reason: '' }])

    expect(['resolved', 'invalid-argument']).toContain(await codeOf(call(vault, caller, 'vault.get', name)))
    expect(await call(vault, caller, 'vault.get', 'constructor').catch(() => undefined)).toBeUndefined()
  })
})
