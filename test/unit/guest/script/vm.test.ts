import { expect, test } from 'vitest'
import { call, load } from './harness.ts'

test('a loaded module\'s export is called with values and returns one', async () => {
  const { vm, error } = await load('export function add(a, b) { return { sum: a + b, m: new Map([[1, new Uint8Array([1,2])]]) } }')

  expect(error).toBeUndefined()
  expect(await call(vm, 'add', [1, 2])).toEqual({ sum: 3, m: new Map([[1, new Uint8Array([1, 2])]]) })
})
