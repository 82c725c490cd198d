import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { lowerMemoryMinimum } from '../../../src/build/wasm-memory.ts'

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

/** A module that imports what `imports` describes; each is its bytes after the two names. */
function moduleImporting(imports: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const body = [imports.length, ...imports.flatMap((description) => [1, 0x61, 1, 0x62, ...description])]
  return Uint8Array.from([...MAGIC, 2, body.length, ...body])
}
const MEMORY_OF_256 = [2, 0, 0x80, 2]
const MUTABLE_GLOBAL = [3, 0x7f, 1]
const TABLE_WITH_MAXIMUM = [1, 0x70, 1, 1, 2]

/** Whether an instance gets by with a memory of `pages`. */
function instantiates(bytes: Uint8Array<ArrayBuffer>, pages: number): boolean {
  try {
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { a: { b: new WebAssembly.Memory({ initial: pages }) } })
    return true
  } catch {
    return false
  }
}

describe('lowerMemoryMinimum', () => {
  test('lets a module start with exactly that many pages, and keeps its length', () => {
    const before = moduleImporting([MEMORY_OF_256])

    const after = lowerMemoryMinimum(before, 96)

    expect(instantiates(before, 96)).toBe(false)
    expect([instantiates(after, 95), instantiates(after, 96)]).toEqual([false, true])
    expect(after.length).toBe(before.length)
  })

  test('finds the memory behind other imports', () => {
    const after = lowerMemoryMinimum(moduleImporting([MUTABLE_GLOBAL, TABLE_WITH_MAXIMUM, MEMORY_OF_256]), 1)

    expect([...after.slice(-2)]).toEqual([0x81, 0])
    expect(WebAssembly.validate(after)).toBe(true)
  })

  test.each([
    ['no imports', Uint8Array.from(MAGIC), 1],
    ['no memory among the imports', moduleImporting([MUTABLE_GLOBAL]), 1],
    ['a minimum that would rise', moduleImporting([MEMORY_OF_256]), 257],
    ['a module cut short', moduleImporting([MEMORY_OF_256]).slice(0, -1), 1],
  ])('refuses %s', (_name, bytes, pages) => {
    expect(() => lowerMemoryMinimum(bytes, pages)).toThrow(RangeError)
  })

  test('makes the shipped QuickJS ask for 96 pages', async () => {
    const file = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')

    const after = lowerMemoryMinimum(await readFile(file), 96)

    expect(WebAssembly.validate(after)).toBe(true)
  })
})
