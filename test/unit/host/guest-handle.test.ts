import { describe, expect, test } from 'vitest'
import { HandleTable, type HandleOwner } from '../../../src/host/guest-handle.ts'
import { SYMBOL_DISPOSE } from '../../../src/util/dispose.ts'

function createTable(): { readonly table: HandleTable, readonly dropped: number[], readonly calls: unknown[] } {
  const dropped: number[] = []
  const calls: unknown[] = []
  const owner: HandleOwner = {
    call: async (...call) => calls.push(call),
    drop: (ids) => dropped.push(...ids),
  }
  return { table: new HandleTable(owner), dropped, calls }
}

describe('a handle', () => {
  test('calls methods of its object', async () => {
    const { table, calls } = createTable()

    await table.toHandle({ id: 5, type: 'counter' }).call('add', [2])

    expect(calls).toEqual([[5, 'add', [2]]])
  })

  test('goes back as the number it came with', () => {
    const { table } = createTable()
    const handle = table.toHandle({ id: 5, type: 'counter' })

    expect(table.has(handle)).toBe(true)
    expect(table.handleOf(handle)).toEqual({ id: 5, type: 'counter' })
    expect(table.has({})).toBe(false)
  })

  test.each([['dispose'], [SYMBOL_DISPOSE]] as const)('drops its object once, by %s', (key) => {
    const { table, dropped } = createTable()
    const handle = table.toHandle({ id: 5, type: 'counter' })

    handle[key]()
    handle[key]()

    expect(dropped).toEqual([5])
  })

  test('is stale after dispose', async () => {
    const { table } = createTable()
    const handle = table.toHandle({ id: 5, type: 'counter' })
    handle.dispose()

    await expect(handle.call('add')).rejects.toMatchObject({ code: 'handle-stale' })
    expect(() => table.handleOf(handle)).toThrow(expect.objectContaining({ code: 'handle-stale' }))
  })

  test('is stale after its epoch, and then drops nothing', async () => {
    const { table, dropped } = createTable()
    const handle = table.toHandle({ id: 5, type: 'counter' })

    table.endEpoch()

    await expect(handle.call('add')).rejects.toMatchObject({ code: 'handle-stale' })
    handle.dispose()
    expect(dropped).toEqual([])
  })
})
