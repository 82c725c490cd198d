import { describe, expect, test } from 'vitest'
import { HandleTable, type GuestHandle, type HandleOwner } from '../../../src/host/guest-handle.ts'
import { SYMBOL_DISPOSE } from '../../../src/util/dispose.ts'

function createTable(): {
  readonly table: HandleTable, readonly toHandle: (id: number) => GuestHandle, readonly dropped: number[], readonly calls: unknown[], readonly epoch: AbortController
} {
  const dropped: number[] = []
  const calls: unknown[] = []
  const epoch = new AbortController()
  const owner: HandleOwner = {
    signal: epoch.signal,
    call: async (...call) => calls.push(call),
    drop: (id) => dropped.push(id),
  }
  const table = new HandleTable()
  const receive = table.receiver(owner)
  return { table, dropped, calls, epoch, toHandle: (id) => receive({ id, type: 'counter' }) as GuestHandle }
}

describe('a handle', () => {
  test('calls methods of its object', async () => {
    const { toHandle, calls } = createTable()

    await toHandle(5).call('add', [2])

    expect(calls).toEqual([[5, 'add', [2]]])
  })

  test('goes back as the number it came with', () => {
    const { table, toHandle } = createTable()
    const handle = toHandle(5)

    expect(table.has(handle)).toBe(true)
    expect(table.handleOf(handle)).toEqual({ id: 5, type: 'counter' })
    expect(table.has({})).toBe(false)
  })

  test.each([['dispose'], [SYMBOL_DISPOSE]] as const)('drops its object once, by %s', (key) => {
    const { toHandle, dropped } = createTable()
    const handle = toHandle(5)

    handle[key]()
    handle[key]()

    expect(dropped).toEqual([5])
  })

  test('is stale after dispose', async () => {
    const { table, toHandle } = createTable()
    const handle = toHandle(5)
    handle.dispose()

    await expect(handle.call('add')).rejects.toMatchObject({ code: 'handle-stale' })
    expect(() => table.handleOf(handle)).toThrow(expect.objectContaining({ code: 'handle-stale' }))
  })

  test('is stale after its epoch, and then drops nothing', async () => {
    const { toHandle, dropped, epoch } = createTable()
    const handle = toHandle(5)

    epoch.abort()

    await expect(handle.call('add')).rejects.toMatchObject({ code: 'handle-stale' })
    handle.dispose()
    expect(dropped).toEqual([])
  })
})
