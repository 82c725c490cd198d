/** The part of the store suite about directories that outlive instances: all or nothing, quota over all of them, two writers, uninstalling. */
import { beforeEach, describe, expect, it } from 'vitest'
import { RECORD_BYTES } from '../../src/cache/storage.ts'
import type { FileCommit, FileStore } from '../../src/wire/file-store.ts'
import type { StoredValue } from '../../src/wire/key-value.ts'
import { bytes, installation, key, type OpenStore, record, useStore } from './store.ts'

function node(content: string, ...numbers: readonly number[]): StoredValue {
  return { text: content, buffers: numbers.length > 0 ? [bytes(...numbers)] : [] }
}

function changes(over: Partial<FileCommit>): FileCommit {
  return { revision: 0, puts: [], deletes: [], quotaBytes: 10_000, ...over }
}

export function describeFiles(open: OpenStore): void {
  describe('files', () => {
    const used = useStore(open)
    beforeEach(async () => {
      for (const id of ['a', 'b']) await used.store.installed.put(record(id))
    })
    const files = (id = 'a'): FileStore => used.store.openFiles(installation(id))

    it('gives back the nodes of a directory, and of no other', async () => {
      await files().commit('/data', changes({ puts: [[1, node('root')], [2, node('file', 7, 8)]] }))
      await files().commit('/data2', changes({ puts: [[1, node('other')]] }))
      await files('b').commit('/data', changes({ puts: [[1, node('of b')]] }))

      expect(await files().load('/data')).toEqual({ revision: 1, nodes: [node('root'), node('file', 7, 8)] })
      expect((await files().load('/dat')).nodes).toEqual([])
      expect((await files('b').load('/data')).nodes).toEqual([node('of b')])
    })

    it('gives only the revision to who has its nodes', async () => {
      expect(await files().load('/data', 0)).toEqual({ revision: 0, nodes: [] })
      await files().commit('/data', changes({ puts: [[1, node('root')]] }))

      expect(await files().load('/data', 1)).toEqual({ revision: 1, nodes: [] })
      expect(await files().load('/data', 0)).toEqual({ revision: 1, nodes: [node('root')] })
    })

    it('takes a set of changes as a whole, and refuses one on an older state', async () => {
      await files().commit('/data', changes({ puts: [[1, node('root')], [2, node('old')]] }))
      expect(await files().commit('/data', changes({ revision: 1, puts: [[3, node('new')]], deletes: [2] }))).toBe(2)

      expect(await files().commit('/data', changes({ revision: 1, puts: [[4, node('late')]], deletes: [1] }))).toBe('conflict')
      expect(await files().load('/data')).toEqual({ revision: 2, nodes: [node('root'), node('new')] })
    })

    it('counts all directories together; what frees is never refused', async () => {
      const quotaBytes = 2 * RECORD_BYTES + 20
      expect(await files().commit('/a', changes({ quotaBytes, puts: [[1, node('x'.repeat(20))]] }))).toBe(1)

      expect(await files().commit('/b', changes({ quotaBytes, puts: [[1, node('y')]] }))).toBe('quota')
      expect((await files().load('/b')).nodes).toEqual([])
      expect(await files().commit('/a', changes({ revision: 1, quotaBytes: 0, puts: [[1, node('x')]] }))).toBe(2)
      expect(await files().commit('/b', changes({ quotaBytes, puts: [[1, node('y')]] }))).toBe(1)
    })

    it('goes with the extension, and comes back for none that is uninstalled', async () => {
      await files().commit('/data', changes({ puts: [[1, node('root')]] }))

      await used.store.removeExtension(key('a'))

      expect(await used.store.openFiles(installation('a', 'local', 1)).load('/data')).toEqual({ revision: 0, nodes: [] })
      await expect(files().commit('/data', changes({ puts: [[1, node('root')]] }))).rejects.toMatchObject({ code: 'not-installed' })
    })

    it('of the next installation is met by no instance of the one before', async () => {
      const late = files()
      await used.store.removeExtension(key('a'))
      await used.store.installed.put(record('a'))
      const next = used.store.openFiles(installation('a', 'local', 1))
      await next.commit('/data', changes({ puts: [[1, node('root')]] }))

      for (const work of [() => late.load('/data'), () => late.commit('/data', changes({ revision: 1, deletes: [1] }))]) {
        await expect(work()).rejects.toMatchObject({ code: 'not-installed' })
      }
      expect((await next.load('/data')).revision).toBe(1)
    })
  })
}
