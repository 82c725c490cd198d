import { describe, expect, test } from 'vitest'
import { rewriteCoreModule } from '../../../../src/lane/wasm/core-module.ts'
import { prepareCore } from '../../../../src/lane/wasm/prepare-core.ts'
import { bytesOf, CORE_HEADER, section } from '../binary.ts'
import { compileWat } from '../wasm-tools.ts'

const CAPS = { memoryPages: 10, tableEntries: 100 }

async function growthOf(wat: string, kind: 'memory' | 'table', by: number): Promise<string> {
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(prepareCore(await compileWat(wat), CAPS)))
  const grown = exports[kind]
  if (!(grown instanceof WebAssembly.Memory) && !(grown instanceof WebAssembly.Table)) throw new Error('not exported')
  try {
    grown.grow(by)
    return 'grew'
  } catch {
    return 'refused'
  }
}

test.each([
  ['a memory without a maximum', '(module (memory (export "memory") 1))', 'memory', 9, 10],
  ['a memory with a larger one', '(module (memory (export "memory") 1 60000))', 'memory', 9, 10],
  ['a memory with a smaller one', '(module (memory (export "memory") 1 3))', 'memory', 2, 3],
  ['a table without a maximum', '(module (table (export "table") 1 funcref))', 'table', 99, 100],
  ['a table with a larger one', '(module (table (export "table") 1 5000 externref))', 'table', 99, 100],
] as const)('%s grows to the limit and not beyond', async (_name, wat, kind, fits, isTooMuch) => {
  expect(await growthOf(wat, kind, fits)).toBe('grew')
  expect(await growthOf(wat, kind, isTooMuch)).toBe('refused')
})

test.each([
  ['64-bit memory', '(module (memory i64 1))', 'wasm-memory'],
  ['shared memory', '(module (memory 1 2 shared))', 'wasm-memory'],
  ['imported shared memory', '(module (import "a" "b" (memory 1 2 shared)))', 'wasm-memory'],
  ['two memories', '(module (memory 1) (memory 1))', 'wasm-memory'],
  ['garbage-collected structs', '(module (type (struct (field i32))))', 'wasm-memory'],
  ['garbage-collected arrays', '(module (type $a (array (mut i32))))', 'wasm-memory'],
  ['a recursive group of them', '(module (rec (type $a (func)) (type $b (struct (field (ref null $a))))))', 'wasm-memory'],
  ['many tables', `(module ${'(table 1 funcref)'.repeat(17)})`, 'wasm-memory'],
  ['a minimum above the limit', '(module (memory 11))', 'memory-exceeded'],
  ['a table that begins above it', '(module (table 1000000 funcref))', 'memory-exceeded'],
])('%s cannot be held and is refused', async (_name, wat, code) => {
  const bytes = await compileWat(wat)

  expect(() => prepareCore(bytes, CAPS)).toThrow(expect.objectContaining({ code }))
})

describe('what stays', () => {
  test('functions, data and the names that stacks show', async () => {
    const bytes = await compileWat('(module (memory (export "memory") 1) (data (i32.const 0) "hello") (func $inner unreachable) (func (export "f") call $inner))')
    const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(prepareCore(bytes, CAPS)))

    const { memory, f } = exports
    expect(memory instanceof WebAssembly.Memory && new TextDecoder().decode(new Uint8Array(memory.buffer, 0, 5))).toBe('hello')
    expect(() => (typeof f === 'function' ? f() : undefined)).toThrow(expect.objectContaining({ stack: expect.stringContaining('inner') }))
  })

  test('function types of every form', async () => {
    const bytes = await compileWat('(module (rec (type $a (func (param (ref null $b)) (result i64 v128))) (type $b (func))) (type (sub (func))) (func (type $b)))')

    expect(rewriteCoreModule(bytes, { caps: CAPS, keepsNames: true }).join()).toEqual(bytes)
  })
})

test('a section that comes twice is refused: what reads the module next might take the other one', () => {
  const memory = section(5, bytesOf(1, 0, 1))

  expect(() => prepareCore(bytesOf(CORE_HEADER, memory, memory), CAPS)).toThrow(expect.objectContaining({ code: 'wasm-invalid' }))
})
