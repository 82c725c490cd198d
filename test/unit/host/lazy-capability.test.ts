import { expect, test } from 'vitest'
import type { Capability } from '../../../src/capability/capability.ts'
import { LazyCapability } from '../../../src/host/broker/lazy-capability.ts'
import { call, FakeCaller } from '../capability/harness.ts'

test('code that could not be loaded is tried again at the next use, and what was loaded is kept', async () => {
  let loads = 0
  const capability: Capability = { name: 'notes', methods: new Map([['notes.read', async () => 'read']]) }
  const lazy = new LazyCapability('notes', ['notes.read'], async () => {
    loads++
    if (loads === 1) throw new TypeError('Failed to fetch dynamically imported module')
    return capability
  })
  const use = (): Promise<unknown> => call(lazy, new FakeCaller([]), 'notes.read')

  await expect(use()).rejects.toThrow(TypeError)
  expect([await use(), await use(), loads]).toEqual(['read', 'read', 2])
})
