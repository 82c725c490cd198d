import { describe, expect, it } from 'vitest'
import { groupRange } from '../../../src/cache/database.ts'
import { createMemoryDatabase } from '../../../src/cache/memory.ts'

const WRITE = { tables: ['values', 'usage'], mode: 'readwrite' } as const

describe('memory database', () => {
  it('keeps nothing of a transaction that fails', async () => {
    const database = createMemoryDatabase()
    await database.run(WRITE, (table) => table('values').put(['a', 'kept'], 1))

    const failing = database.run(WRITE, async (table) => {
      await table('values').put(['a', 'kept'], 2)
      await table('values').put(['a', 'kept'], 3)
      await table('values').put(['a', 'new'], 1)
      await table('usage').put(['a', ''], 1)
      await table('values').deleteRange(groupRange('a'))
      throw new RangeError('stop')
    })

    await expect(failing).rejects.toThrow(RangeError)
    await database.run(WRITE, async (table) => {
      expect(await table('values').rows()).toEqual([{ key: ['a', 'kept'], value: 1 }])
      expect(await table('usage').rows()).toEqual([])
    })
  })

  it('runs transactions one after the other, also after one that failed', async () => {
    const database = createMemoryDatabase()
    const count = (): Promise<void> =>
      database.run(WRITE, async (table) => {
        const before = await table('values').get(['a', 'n'])
        await table('values').put(['a', 'n'], (typeof before === 'number' ? before : 0) + 1)
        if (before === 3) throw new Error('the fourth fails')
      })

    await Promise.allSettled(Array.from({ length: 8 }, count))

    // 1, 2, 3, then every one sees 3 and fails.
    expect(await database.run(WRITE, (table) => table('values').get(['a', 'n']))).toBe(3)
  })

  it('refuses writes in a readonly transaction and tables outside of it', async () => {
    const database = createMemoryDatabase()

    await expect(database.run({ tables: ['values'], mode: 'readonly' }, (table) => table('values').put(['a', 'b'], 1))).rejects.toThrow(TypeError)
    await expect(database.run({ tables: ['values'], mode: 'readonly' }, (table) => table('usage').get(['a', 'b']))).rejects.toThrow(TypeError)
  })

  it('rejects what waits in its queue when it is disposed', async () => {
    const database = createMemoryDatabase()
    const waiting = database.run(WRITE, (table) => table('values').get(['a', 'b']))
    database.dispose()

    await expect(waiting).rejects.toMatchObject({ code: 'disposed' })
  })
})
