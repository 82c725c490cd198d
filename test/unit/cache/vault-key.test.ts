import { expect, it } from 'vitest'
import type { Database } from '../../../src/cache/database.ts'
import { createMemoryDatabase } from '../../../src/cache/memory.ts'
import { createVaultStore } from '../../../src/cache/vault.ts'
import { PackageError } from '../../../src/errors.ts'

/** A browser that lets in everything but keys. */
function withoutKeys(database: Database): Database {
  return {
    run: (request, work) => database.run(request, (table) => work((name) => ({
      ...table(name),
      put: async (key, value) => {
        if (value instanceof CryptoKey) throw new PackageError('store-failed', 'as IndexedDatabase says it', { details: { reason: 'DataCloneError' } })
        return table(name).put(key, value)
      },
    }))),
    dispose: () => database.dispose(),
  }
}

it('refuses secrets where the browser cannot keep the key, and keeps none', async () => {
  const database = createMemoryDatabase()
  const vault = createVaultStore(withoutKeys(database), undefined)

  await expect(vault.set('token', 'a secret', { maxCount: 9 })).rejects.toMatchObject({ code: 'store-unavailable' })
  expect(await vault.names()).toEqual([])
  expect(await vault.get('token')).toBeUndefined()
})

it('cannot open secrets whose key is gone', async () => {
  const database = createMemoryDatabase()
  const vault = createVaultStore(database, undefined)
  await vault.set('token', 'a secret', { maxCount: 9 })
  await database.run({ tables: ['vault'], mode: 'readwrite' }, (table) => table('vault').delete(['', 'key']))
  await vault.set('other', 'sealed with another key', { maxCount: 9 })

  await expect(vault.get('token')).rejects.toMatchObject({ code: 'store-failed' })
  expect(await vault.get('other')).toBe('sealed with another key')
})
