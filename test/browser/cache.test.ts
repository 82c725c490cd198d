/** The store's conformance suite over this engine's own IndexedDB, and in memory. */
import { afterAll, describe } from 'vitest'
import { openStore } from '../../src/cache/store.ts'
import { describeStore } from '../conformance/store.ts'
import { deleteDatabase, freshName } from './cache-harness.ts'

describe('store in IndexedDB', () => {
  const names: string[] = []
  describeStore((options) => {
    const name = freshName()
    names.push(name)
    return openStore({ name, kind: 'indexeddb', indexedDB, ...options })
  })
  afterAll(() => Promise.all(names.map(deleteDatabase)))
})

describe('store in memory', () => {
  describeStore((options) => openStore({ name: 'test', kind: 'memory', ...options }))
})
