import { describe, expect, it } from 'vitest'
import { KernelMemory } from '../../../../src/guest/core/extism/kernel-memory.ts'
import { Vars } from '../../../../src/guest/core/extism/vars.ts'
import { openModule } from './harness.ts'

const IMPORTS: Readonly<Record<string, string>> = {
  alloc: '(param i64) (result i64)', free: '(param i64)', length: '(param i64) (result i64)', load_u8: '(param i64) (result i32)', load_u64: '(param i64) (result i64)',
  store_u8: '(param i64 i32)', store_u64: '(param i64 i64)', input_offset: '(result i64)', input_length: '(result i64)', input_load_u8: '(param i64) (result i32)',
  input_load_u64: '(param i64) (result i64)', output_set: '(param i64 i64)', error_set: '(param i64)', config_get: '(param i64) (result i64)',
  var_get: '(param i64) (result i64)', var_set: '(param i64 i64)', log_warn: '(param i64)', get_log_level: '(result i32)',
}

/** A plug-in of these functions; every import is there as `$name`. */
function plugin(functions: Readonly<Record<string, string>>): string {
  const imports = Object.entries(IMPORTS).map(([name, type]) => `(import "extism:host/env" "${name}" (func $${name} ${type}))`)
  return `(module ${imports.join('\n')} ${Object.entries(functions).map(([name, body]) => `(func (export "${name}") (result i32) ${body})`).join('\n')})`
}

const OUTPUT_INPUT = '(call $output_set (call $input_offset) (call $input_length)) (i32.const 0)'
const blockOf = (text: string): string => `(local $b i64) (local.set $b (call $alloc (i64.const ${text.length})))
  ${[...text].map((character, index) => `(call $store_u8 (i64.add (local.get $b) (i64.const ${index})) (i32.const ${character.charCodeAt(0)}))`).join(' ')}`
const OUTPUT_BLOCK = '(call $output_set (local.get $b) (call $length (local.get $b))) (i32.const 0)'

describe('a plug-in', () => {
  it('gets text, bytes and JSON, and gives them as asked', async () => {
    const module = await openModule(plugin({ echo: OUTPUT_INPUT }), { abi: 'extism' })

    expect(await module.call('echo', ['h\u00e9'])).toEqual(new Uint8Array([104, 195, 169]))
    expect(await module.call('echo', ['h\u00e9', 'text'])).toBe('h\u00e9')
    expect(await module.call('echo', [new Uint8Array([0, 255]), 'bytes'])).toEqual(new Uint8Array([0, 255]))
    expect(await module.call('echo', [{ a: [1] }, 'json'])).toEqual({ a: [1] })
    expect([await module.call('echo'), await module.call('echo', [null, 'json'])]).toEqual([new Uint8Array(), undefined])
  })

  it.each<[string, readonly unknown[], string]>([
    ['another word', ['x', 'yaml'], 'how to read its output'], ['a third argument', ['x', 'text', 1], 'how to read'], ['a bigint', [1n], 'a bigint'],
    ['bytes that are no text', [new Uint8Array([255]), 'text'], 'not UTF-8'], ['text that is no JSON', ['{', 'json'], 'not JSON'],
  ])('is not called with %s', async (_name, args, message) => {
    const module = await openModule(plugin({ echo: OUTPUT_INPUT }), { abi: 'extism' })

    await expect(module.call('echo', args)).rejects.toMatchObject({ code: 'value-unsupported', message: expect.stringContaining(message) })
  })

  it('says what went wrong', async () => {
    const module = await openModule(plugin({
      says: `${blockOf('no luck')} (call $error_set (local.get $b)) (i32.const 7)`, code: '(i32.const 3)', fine: '(i32.const 0)',
    }), { abi: 'extism' })

    await expect(module.call('says')).rejects.toMatchObject({ code: 'thrown', guestName: 'PluginError', message: 'no luck', guestCode: '7' })
    await expect(module.call('code')).rejects.toMatchObject({ message: '"code" returned 3.', guestCode: '3' })
    expect(await module.call('fine')).toEqual(new Uint8Array())
  })

  it('reads its config, and writes lines and variables that last until a reset', async () => {
    const module = await openModule(plugin({
      config: `${blockOf('mask')} (local.set $b (call $config_get (local.get $b))) ${OUTPUT_BLOCK}`,
      set: `${blockOf('k')} (call $var_set (local.get $b) (call $input_offset)) (i32.const 0)`,
      get: `${blockOf('k')} (local.set $b (call $var_get (local.get $b))) ${OUTPUT_BLOCK}`,
      unset: `${blockOf('k')} (call $var_set (local.get $b) (i64.const 0)) (i32.const 0)`,
      log: `${blockOf('careful')} (call $log_warn (local.get $b)) (i32.const 0)`,
    }), { abi: 'extism', config: { mask: '#' } })

    expect(await module.call('config', ['', 'text'])).toBe('#')
    await module.call('set', ['kept'])
    expect(await module.call('get', ['', 'text'])).toBe('kept')
    await module.call('unset')
    expect(await module.call('get', ['', 'text'])).toBe('')
    await module.call('set', ['again'])
    await module.reset()
    expect(await module.call('get', ['', 'text'])).toBe('')
    await module.call('log')
    expect(module.lines).toEqual([['warn', 'careful']])
  })

  it('gains nothing by offsets and lengths that are not its own', async () => {
    const module = await openModule(plugin({
      'load far': '(call $load_u8 (i64.const -1)) (drop) (call $load_u64 (i64.const 0x7fffffffffffffff)) (drop) (call $input_load_u8 (i64.const -1))',
      'load past the end': '(i32.wrap_i64 (call $load_u64 (i64.add (call $input_offset) (i64.const 100000))))',
      'store far': '(call $store_u8 (i64.const -1) (i32.const 1)) (call $store_u64 (i64.const 0xffffffff) (i64.const 1)) (i32.const 0)',
      'output far': '(call $output_set (i64.const 64) (i64.const 0x7fffffff)) (i32.const 0)',
      'output of length -1': '(call $output_set (call $input_offset) (i64.const -1)) (i32.const 0)',
      'alloc 2^63': '(i32.wrap_i64 (call $alloc (i64.const -9223372036854775808)))',
      'alloc 2^40': '(i32.wrap_i64 (call $alloc (i64.const 1099511627776)))',
      'free twice': '(call $free (call $input_offset)) (call $free (call $input_offset)) (call $free (i64.const -1)) (i32.const 0)',
      'error far': '(call $error_set (i64.const 12345)) (i32.const 0)',
      echo: OUTPUT_INPUT,
    }), { abi: 'extism' })

    for (const name of ['load far', 'load past the end', 'store far', 'output far', 'output of length -1', 'alloc 2^63', 'alloc 2^40', 'free twice']) {
      expect(await module.call(name, ['abc']), name).toEqual(new Uint8Array())
    }
    await expect(module.call('error far')).rejects.toMatchObject({ code: 'thrown', message: '' })
    expect(await module.call('echo', ['abc', 'text'])).toBe('abc')
  })

  it('that allocates without end gets nothing more, and little is left of it after the call', async () => {
    const module = await openModule(plugin({ fill: '(loop $more (br_if $more (i32.wrap_i64 (call $alloc (i64.const 65536))))) (i32.const 0)', echo: OUTPUT_INPUT }), { abi: 'extism' })

    await module.call('fill')
    await module.call('echo', ['x'])

    expect(await module.stats()).toMatchObject({ memoryBytes: 65_536 })
  })

  it.each([['a function with parameters', '(func (export "f") (param i32))'], ['a function of two results', '(func (export "f") (result i32 i32) (i32.const 0) (i32.const 0))']])(
    'does not call %s', async (_name, text) => {
      await expect((await openModule(`(module ${text})`, { abi: 'extism' })).call('f')).rejects.toMatchObject({ code: 'export-missing' })
    })

  it('begins as its toolchain has it: _initialize, hs_init; not _start', async () => {
    const counter = (starts: string): string => `(module (import "extism:host/env" "output_set" (func $o (param i64 i64)))
      (global $n (mut i32) (i32.const 0)) (func $count (param i32) (global.set $n (i32.add (i32.mul (global.get $n) (i32.const 10)) (local.get 0))))
      ${starts} (func (export "get") (result i32) (global.get $n)))`
    const [initialize, start, hs] = ['(func (export "_initialize") (call $count (i32.const 1)))', '(func (export "_start") (call $count (i32.const 2)))',
      '(func (export "hs_init") (param i32 i32) (call $count (i32.add (local.get 0) (i32.const 3))))']

    for (const [starts, code] of [[initialize, '1'], [`${initialize} ${start}`, '1'], [`${initialize} ${hs}`, '13']] as const) {
      await expect((await openModule(counter(starts), { abi: 'extism' })).call('get')).rejects.toMatchObject({ guestCode: code })
    }
    expect(await (await openModule(counter(start), { abi: 'extism' })).call('get')).toEqual(new Uint8Array())
  })
})

describe('the kernel\'s memory', () => {
  it('uses freed blocks again, and grows to its cap', () => {
    const memory = new KernelMemory(2 ** 20)
    const blocks = Array.from({ length: 100 }, () => memory.alloc(1000n))
    for (const block of blocks) memory.free(block)

    for (let round = 0; round < 10_000; round++) memory.free(memory.alloc(1000n))
    expect(memory.byteLength).toBeLessThanOrEqual(2 ** 18)
    expect(memory.alloc(2n ** 20n)).toBe(0n)
    expect(memory.alloc(2n ** 20n - 2n ** 17n)).not.toBe(0n)
    expect(memory.byteLength).toBeLessThanOrEqual(2 ** 20)
  })

  it('tells blocks apart from places inside them', () => {
    const memory = new KernelMemory(2 ** 20)
    const block = memory.store(new Uint8Array([1, 2, 3]))

    expect([memory.lengthOf(block), memory.lengthOf(block + 1n), memory.read(block + 1n), memory.loadU8(block + 1n)]).toEqual([3n, 0n, undefined, 2])
    expect(memory.copy(block + 1n, 2n)).toEqual(new Uint8Array([2, 3]))
  })

  it('has variables of a bounded size', () => {
    const vars = new Vars()

    expect([vars.set('a', new Uint8Array(2 ** 20 - 1)), vars.set('b', new Uint8Array(1)), vars.byteLength]).toEqual([true, false, 2 ** 20])
    expect([vars.set('a', new Uint8Array(1)), vars.set('b', new Uint8Array(1)), vars.byteLength]).toEqual([true, true, 4])
  })
})
