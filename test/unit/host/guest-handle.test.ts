import { describe, expect, test } from 'vitest'
import { HandleTable, type GuestHandle, type HandleOwner } from '../../../src/host/call/guest-handle.ts'
import { SYMBOL_DISPOSE } from '../../../src/util/dispose.ts'

function createTable(max = 100): {
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
  const table = new HandleTable(max)
  return { table, dropped, calls, epoch, toHandle: (id) => table.receiver(owner)({ id, type: 'counter' }) as GuestHandle }
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

  test('is the same one as long as it lives, however often its object comes', () => {
    const { toHandle, dropped } = createTable(1)
    const handle = toHandle(5)

    expect(toHandle(5)).toBe(handle)
    handle.dispose()
    expect(toHandle(5)).not.toBe(handle)
    expect(dropped).toEqual([5])
  })
})

describe('handles', () => {
  test('are no more at once than the limit, of which those disposed of are no part', () => {
    const { toHandle } = createTable(2)
    const first = toHandle(1)
    toHandle(2)

    expect(() => toHandle(3)).toThrow(expect.objectContaining({ name: 'WireError', code: 'flood' }))
    first.dispose()
    expect(toHandle(3)).toMatchObject({ type: 'counter' })
  })

  test('of one value are no more than the limit, also of one object', () => {
    const { table, epoch } = createTable(2)
    const receive = table.receiver({ signal: epoch.signal, call: async () => {}, drop: () => {} })
    receive({ id: 1, type: 'counter' })
    receive({ id: 1, type: 'counter' })

    expect(() => receive({ id: 1, type: 'counter' })).toThrow(expect.objectContaining({ name: 'WireError', code: 'flood' }))
  })

  test('of memory that is gone are no part of the next run\'s', () => {
    const { table, toHandle, epoch } = createTable(1)
    toHandle(1)
    epoch.abort()
    const next = table.receiver({ signal: new AbortController().signal, call: async () => {}, drop: () => {} })

    expect(next({ id: 1, type: 'counter' })).toMatchObject({ type: 'counter' })
  })
})
