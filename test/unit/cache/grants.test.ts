/** Decisions of several subjects over one database. */
import { expect, it } from 'vitest'
import { createGrantStore } from '../../../src/cache/grants.ts'
import { createMemoryDatabase } from '../../../src/cache/memory.ts'
import { createStore } from '../../../src/cache/store.ts'
import { digest, key } from '../../conformance/store.ts'

const HERE = { key: key('a'), generation: 0 }
const NAMES = [undefined, 'u', 'u http:read', '"u"', 'u" http:read', '', ' ', 'http:read', '__proto__', '\\', 'u\u00e9', '"u" "u"']

it('keeps each subject apart, whatever it is called', async () => {
  const database = createMemoryDatabase()
  const stores = NAMES.map((name) => createGrantStore(database, name))
  for (const [index, store] of stores.entries()) await store.put(HERE, [{ digest: digest('a'), name: 'http:read', terms: `${index}`, state: 'granted', decidedAt: 1 }])
  const termsOf = async (store: (typeof stores)[number]): Promise<string[]> => (await store.listFor(HERE.key)).records.map(({ terms }) => terms)
  expect(await Promise.all(stores.map(termsOf))).toEqual(NAMES.map((_, index) => [`${index}`]))

  await stores[1]?.put(HERE, [{ digest: digest('b'), name: 'http:read', terms: 'no', state: 'revoked', decidedAt: 2 }])
  await stores[2]?.delete(HERE, 'http:read', digest('a'))
  expect((await Promise.all(stores.map(termsOf))).map(([terms]) => terms)).toEqual(NAMES.map((_, index) => ['0', 'no', undefined][index] ?? (index === 2 ? undefined : `${index}`)))

  await createStore(database, { kind: 'memory' }).removeExtension(HERE.key)
  expect((await Promise.all(stores.map(termsOf))).flat()).toEqual([])
})
