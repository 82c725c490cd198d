import { expect, test } from 'vitest'
import { CountedHandles } from '../../../../src/guest/script/handle-table.ts'

const room = (): number => 1000

test('keeps an object under a number until it is removed', () => {
  const table = new CountedHandles(2, room)
  const value = {}
  const id = table.add(value, 1)

  expect(table.get(id)).toBe(value)
  table.remove(id)

  expect(() => table.get(id)).toThrow(expect.objectContaining({ code: 'invalid-handle' }) as Error)
})

test.each([undefined, null, 'x', '1', -1, 0, 0.5, NaN, true, new ArrayBuffer(1)])('%s is no handle', (id) => {
  const table = new CountedHandles(2, room)
  table.add({}, 1)

  expect(() => table.get(id)).toThrow(expect.objectContaining({ code: 'invalid-handle' }) as Error)
  expect(() => table.remove(id)).not.toThrow()
})

test('refuses more handles, and more bytes, than allowed; removed ones give their room back', () => {
  const table = new CountedHandles(2, room)
  const first = table.add({}, 600)

  expect(() => table.add({}, 401)).toThrow(expect.objectContaining({ code: 'too-many-handles' }) as Error)
  table.add({}, 400)
  expect(() => table.add({}, 0)).toThrow(expect.objectContaining({ code: 'too-many-handles' }) as Error)
  table.remove(first)
  table.remove(first)
  table.add({}, 600)

  expect(table.size).toBe(2)
})

test('numbers go back to the mark after clear: they tell nothing of what was between, and none from before the mark comes again', () => {
  const table = new CountedHandles(4, room)
  const before = [table.add({}, 1), table.add({}, 1)]
  table.mark()
  const first = table.add({}, 1)
  table.add({}, 1)

  table.clear()

  expect(table.add({}, 1)).toBe(first)
  expect(before).not.toContain(first)
})

test('what never changes outlives resets where a snapshot holds its number, and cannot be given back then', () => {
  const table = new CountedHandles(5, room)
  const value = {}
  const key = table.add(value, 10, { isConstant: true })
  const stream = table.add({}, 10)
  table.mark()
  table.clear()
  const late = table.add({}, 10, { isConstant: true })
  table.remove(key)
  table.clear()

  expect(table.get(key)).toBe(value)
  expect(() => table.get(stream)).toThrow(expect.objectContaining({ code: 'invalid-handle' }) as Error)
  expect(() => table.get(late)).toThrow(expect.objectContaining({ code: 'invalid-handle' }) as Error)
  expect(table.size).toBe(1)
})
