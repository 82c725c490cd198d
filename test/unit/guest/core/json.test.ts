import { describe, expect, it } from 'vitest'
import { openModule, type TestModule } from './harness.ts'

/** `echo` answers its own input; the others give what is on their label. The allocator bumps from 1024. */
const MODULE = `(module
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (global $calls (mut i32) (i32.const 0))
  (data (i32.const 64) "\\02\\00\\00\\00\\"\\ff")
  (data (i32.const 80) "\\ff\\ff\\ff\\ff")
  (data (i32.const 96) "\\ff\\ff\\ff\\7f")
  (data (i32.const 112) "\\03\\00\\00\\00{a}")
  (data (i32.const 128) "\\17\\00\\00\\00{\\"__proto__\\":{\\"x\\":[1]}}")
  (data (i32.const 160) "\\08\\00\\00\\00\\"\\ef\\bb\\bf\\ed\\a0\\80\\"")
  (func (export "alloc") (param i32) (result i32)
    (global.get $top) (global.set $top (i32.add (global.get $top) (local.get 0))))
  (func (export "echo") (param $at i32) (param $length i32) (result i32)
    (i32.store (i32.const 0) (local.get $length))
    (memory.copy (i32.const 4) (local.get $at) (local.get $length))
    (i32.const 0) (drop)
    (memory.copy (i32.const 516) (local.get $at) (local.get $length))
    (i32.store (i32.const 512) (local.get $length))
    (i32.const 512))
  (func (export "packed") (param $at i32) (param $length i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32)) (i64.extend_i32_u (local.get $length))))
  (func (export "count") (param i32 i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store (i32.const 512) (i32.const 1))
    (i32.store8 (i32.const 516) (i32.add (global.get $calls) (i32.const 48)))
    (i32.const 512))
  (func (export "none") (param i32 i32) (result i32) (i32.const 0))
  (func (export "none packed") (param i32 i32) (result i64) (i64.const 0))
  (func (export "not utf-8") (param i32 i32) (result i32) (i32.const 64))
  (func (export "length of 2^32-1") (param i32 i32) (result i32) (i32.const 80))
  (func (export "length of 2^31-1") (param i32 i32) (result i32) (i32.const 96))
  (func (export "not JSON") (param i32 i32) (result i32) (i32.const 112))
  (func (export "proto") (param i32 i32) (result i32) (i32.const 128))
  (func (export "surrogate") (param i32 i32) (result i32) (i32.const 160))
  (func (export "pointer at the end") (param i32 i32) (result i32) (i32.const 65534))
  (func (export "pointer of -1") (param i32 i32) (result i32) (i32.const -1))
  (func (export "pointer of -4") (param i32 i32) (result i32) (i32.const -4))
  (func (export "packed far") (param i32 i32) (result i64) (i64.const -1))
  (func (export "packed at the end") (param i32 i32) (result i64) (i64.const 0xffff00000002))
  (func (export "grow and answer") (param $at i32) (param $length i32) (result i64)
    (drop (memory.grow (i32.const 10)))
    (i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32)) (i64.extend_i32_u (local.get $length))))
  (func (export "add") (param f64 f64) (result f64) (local.get 0)))`

const open = (options: { readonly allocator?: string } = {}): Promise<TestModule> => openModule(MODULE, { abi: 'json', ...options })

describe('the JSON ABI', () => {
  it.each(['echo', 'packed', 'grow and answer'])('gives the array of arguments and reads the answer: %s', async (name) => {
    const module = await open()

    for (const args of [[], [1, 'h\u00e9\u{1f600}', null, [true, { a: { b: [] } }]], [{ ['constructor']: 1 }]]) expect(await module.call(name, args)).toEqual(args)
  })

  it('writes what JSON has a word for, and gives no value for 0', async () => {
    const module = await open()

    expect(await module.call('echo', [undefined, new Date(0), { a: undefined }])).toEqual([null, '1970-01-01T00:00:00.000Z', {}])
    expect([await module.call('none'), await module.call('none packed')]).toEqual([undefined, undefined])
  })

  it('has fresh memory in every call', async () => {
    const module = await open()

    expect([await module.call('count'), await module.call('count')]).toEqual([1, 1])
  })

  it.each<[string, readonly unknown[]]>([
    ['a bigint', [1n]], ['a Map', [{ a: new Map() }]], ['a Set', [[new Set()]]], ['bytes', [new Uint8Array(1)]], ['NaN', [NaN]], ['Infinity', [[Infinity]]],
  ])('refuses arguments that JSON would lose: %s', async (what, args) => {
    await expect((await open()).call('echo', args)).rejects.toMatchObject({ code: 'value-unsupported', message: expect.stringContaining(what) })
  })

  it.each<[string, string]>([
    ['not utf-8', 'not UTF-8'], ['surrogate', 'not UTF-8'], ['not JSON', 'not JSON'], ['length of 2^32-1', 'beyond its memory'], ['length of 2^31-1', 'beyond its memory'],
    ['pointer at the end', 'beyond its memory'], ['pointer of -1', 'beyond its memory'], ['pointer of -4', 'beyond its memory'],
    ['packed far', 'beyond its memory'], ['packed at the end', 'beyond its memory'],
  ])('refuses an answer with %s, and the next call works', async (name, message) => {
    const module = await open()

    await expect(module.call(name)).rejects.toMatchObject({ code: 'value-unsupported', message: expect.stringContaining(message) })
    expect(await module.call('echo', [1])).toEqual([1])
  })

  it('refuses a key __proto__, as everything that crosses', async () => {
    await expect((await open()).call('proto')).rejects.toMatchObject({ code: 'value-unsupported', details: { path: '$' } })
  })

  it('names what is missing: the function, its type, the allocator', async () => {
    const module = await open()

    await expect(module.call('missing')).rejects.toMatchObject({ code: 'export-missing', message: expect.stringContaining('"missing"') })
    await expect(module.call('add')).rejects.toMatchObject({ code: 'export-missing', message: expect.stringContaining('(f64, f64) -> f64') })
    await expect((await open({ allocator: 'get' })).call('echo')).rejects.toMatchObject({ code: 'export-missing', message: expect.stringContaining('"get"') })
    await expect((await open({ allocator: 'add' })).call('echo')).rejects.toMatchObject({ code: 'export-missing', message: expect.stringContaining('"add" is (f64, f64)') })
  })

  it.each<[string, string, string]>([
    ['malloc', '(param i32) (result i32)', '(local.get 0) (drop)'],
    ['cabi_realloc', '(param i32 i32 i32 i32) (result i32)', '(if (i32.ne (local.get 2) (i32.const 1)) (then unreachable))'],
    ['__new', '(param i32 i32) (result i32)', '(if (i32.ne (local.get 1) (i32.const 1)) (then unreachable))'],
  ])('finds the allocator %s', async (name, type, check) => {
    const module = await openModule(`(module (memory (export "memory") 1) (func (export "${name}") ${type} ${check} (i32.const 256))
      (func (export "f") (param i32 i32) (result i64) (i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32)) (i64.extend_i32_u (local.get 1)))))`, { abi: 'json' })

    expect(await module.call('f', ['x'])).toEqual(['x'])
  })

  it.each<[string, string]>([['gives nothing', 'memory-exceeded'], ['points far away', 'value-unsupported']])('does not trust an allocator that %s', async (how, code) => {
    const module = await openModule(`(module (memory (export "memory") 1) (func (export "alloc") (param i32) (result i32) (i32.const ${how === 'gives nothing' ? 0 : -2}))
      (func (export "f") (param i32 i32) (result i32) (i32.const 0)))`, { abi: 'json' })

    await expect(module.call('f')).rejects.toMatchObject({ code })
  })

  it('needs a memory', async () => {
    const module = await openModule('(module (func (export "alloc") (param i32) (result i32) (i32.const 8)) (func (export "f") (param i32 i32) (result i32) (i32.const 0)))', { abi: 'json' })

    await expect(module.call('f')).rejects.toMatchObject({ code: 'value-unsupported', message: expect.stringContaining('memory') })
  })
})
