/** The part of the store suite about what all extensions together keep: counted over storage and files, and held in the transaction that writes. */
import { beforeEach, describe, expect, it } from 'vitest'
import { RECORD_BYTES } from '../../src/cache/storage.ts'
import type { StoredValue } from '../../src/wire/key-value.ts'
import { installation, key, type OpenStore, record, useStore } from './store.ts'

const sized = (size: number): StoredValue => ({ text: 'x'.repeat(size), buffers: [] })
const AMPLE = 1_000_000
const TOTAL = 2 * RECORD_BYTES + 30

export function describeTotals(open: OpenStore): void {
  describe('totals', () => {
    const used = useStore(open, { totals: { storageBytes: TOTAL, fileBytes: TOTAL } })
    beforeEach(async () => {
      for (const id of ['a', 'b']) await used.store.installed.put(record(id))
    })
    const set = (id: string, name: string, size: number): Promise<unknown> =>
      used.store.openStorage(installation(id)).set(name, sized(size), { ifVersion: undefined, quotaBytes: AMPLE })
    const commit = (id: string, revision: number, size: number): Promise<unknown> =>
      used.store.openFiles(installation(id)).commit('/d', { revision, puts: [[1, sized(size)]], deletes: [], quotaBytes: AMPLE })

    it('of storage hold over extensions, and give room back', async () => {
      expect(await set('a', 'k', 19)).toBe(1)
      expect([await set('b', 'k', 10), await set('b', 'k', 9)]).toEqual(['total', 1])
      expect(await set('b', 'k', 5)).toBe(2)
      expect([await set('a', 'k', 24), await set('a', 'k', 23)]).toEqual(['total', 2])
    })

    it('of files hold over extensions', async () => {
      expect(await commit('a', 0, 20)).toBe(1)
      expect([await commit('b', 0, 11), await commit('b', 0, 10)]).toEqual(['total', 1])
    })

    it('hold for writes at the same time', async () => {
      const results = await Promise.all(['a', 'b'].flatMap((id) => ['k', 'l'].map((name) => set(id, name, 10))))

      expect(results.filter((result) => result === 'total')).toHaveLength(2)
    })

    it('are told for one and for all', async () => {
      await set('a', 'k', 4)
      await set('b', 'k', 9)
      await commit('a', 0, 7)

      expect(await used.store.storedBytes(key('a'))).toEqual({ storageBytes: RECORD_BYTES + 5, fileBytes: RECORD_BYTES + 7 })
      expect(await used.store.storedBytes()).toEqual({ storageBytes: 2 * RECORD_BYTES + 15, fileBytes: RECORD_BYTES + 7 })
      expect(await used.store.storedBytes(key('c'))).toEqual({ storageBytes: 0, fileBytes: 0 })
    })

    it('are the rest\'s when an extension goes', async () => {
      await set('a', 'k', 20)
      await used.store.removeExtension(key('a'))

      expect(await used.store.storedBytes()).toEqual({ storageBytes: 0, fileBytes: 0 })
    })
  })
}
