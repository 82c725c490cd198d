/** The core lane in a real box: functions of numbers, the JSON ABI, Extism plug-ins, as their toolchains made them. */
import { describe, expect, test } from 'vitest'
import { describePlugins } from '../conformance/plugins.ts'
import { codeOf, failure, logsOf, openBox } from './box-harness.ts'
import { fileBytes, installCore } from './core-harness.ts'

/** The page is not isolated: without JSPI nothing waits. */
const CAN_WAIT = 'Suspending' in WebAssembly

const REVERSE = `(module
  (import "extism:host/env" "input_length" (func $length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $load (param i64) (result i32)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (func (export "reverse") (result i32) (local $out i64) (local $at i64)
    (local.set $out (call $alloc (call $length)))
    (block $done (loop $next
      (br_if $done (i64.eq (local.get $at) (call $length)))
      (call $store (i64.add (local.get $out) (local.get $at)) (call $load (i64.sub (i64.sub (call $length) (i64.const 1)) (local.get $at))))
      (local.set $at (i64.add (local.get $at) (i64.const 1)))
      (br $next)))
    (call $output (local.get $out) (call $length))
    (i32.const 0)))`

const demo = (name: string): Promise<Uint8Array> => fileBytes(new URL(`../../demo/extensions/${name}/dist/${name}.wasm`, import.meta.url).href)

describe('functions of numbers', () => {
  const COUNTER = `(module (global $n (mut i32) (i32.const 0))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "big") (param i64) (result i64) (local.get 0))
    (func (export "count") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
    (func (export "trap") unreachable)
    (func $deep (export "deep") (result i32) (i32.add (call $deep) (i32.const 1))))`

  test('are called', async () => {
    const extension = await installCore(COUNTER, { core: { abi: 'wasi' } })

    expect(await extension.call('add', [2, 3])).toBe(5)
    expect(await extension.call('big', [-(2n ** 63n)])).toBe(-(2n ** 63n))
    expect([await extension.call('count'), await extension.call('count')]).toEqual([1, 2])
    expect(await codeOf(extension.call('add', ['2', 3]))).toBe('value-unsupported')
    expect(await codeOf(extension.call('nothing'))).toBe('export-missing')
    expect(await codeOf(extension.fetch('https://a.test/'))).toBe('export-missing')
  })

  test('that trap or recurse are replaced', async () => {
    const extension = await installCore(COUNTER, { core: { abi: 'wasi' } })
    await extension.call('count')

    expect(await failure(extension.call('trap'))).toMatchObject({ code: 'crashed', message: expect.stringMatching(/unreachable/i) })
    expect(await extension.call('count')).toBe(1)
    expect(await codeOf(extension.call('deep'))).toBe('stack-overflow')
    expect(await extension.call('count')).toBe(1)
  })

  test('begin anew in every call with the lifetime call', async () => {
    const extension = await installCore(COUNTER, { core: { abi: 'wasi' }, manifest: { lifetime: 'call' } })

    expect([await extension.call('count'), await extension.call('count')]).toEqual([1, 1])
  })

  test('with an unknown import are refused when it starts, by name', async () => {
    const extension = await installCore('(module (func (import "env" "secret")))', { core: { abi: 'wasi' } })

    expect(await failure(extension.call('x'))).toMatchObject({ code: 'thrown', guestName: 'LinkError', message: expect.stringContaining('env.secret') })
  })
})

test('the JSON ABI calls an AssemblyScript module with fresh memory each time', async () => {
  const extension = await installCore(await demo('palette'), { core: { abi: 'json', allocator: 'alloc' } })

  for (let round = 0; round < 3; round++) {
    expect(await extension.call('palette', ['#2d36b8', 'complement'])).toMatchObject({ ok: [{ hex: '#2d36b8' }, { hex: expect.stringMatching(/^#/) }] })
  }
  expect(await extension.call('palette', ['blue', 'complement'])).toEqual({ error: expect.stringContaining('not a colour') })
})

describe('an Extism plug-in', () => {
  test('in plain WebAssembly text reverses its input', async () => {
    const extension = await installCore(REVERSE, { core: { abi: 'extism' } })

    expect(await extension.call('reverse', ['abc', 'text'])).toBe('cba')
    expect(await extension.call('reverse', [new Uint8Array([1, 2, 3])])).toEqual(new Uint8Array([3, 2, 1]))
    expect(await extension.call('reverse')).toEqual(new Uint8Array())
    expect(await extension.call('reverse', [12, 'json'])).toBe(21)
  })

  test('from a toolchain runs unchanged, with its config, variables, log and a function of the app', async () => {
    const known_names = { extensions: ['com.example.core'], params: ['json'], result: 'json', run: ([words]: readonly unknown[]) => words } as const
    const opening = installCore(await demo('redact'), {
      core: { abi: 'extism' }, manifest: { config: { mask: '#', words: 'Ada' } }, options: { functions: { 'extism:host/user': { known_names } } },
    })
    if (!CAN_WAIT) return void expect(await failure(opening)).toMatchObject({ name: 'LaneError', code: 'not-supported' })
    const extension = await opening
    const lines = logsOf(extension)

    expect(await extension.call('redact', ['Ada: a@b.example', 'json'])).toMatchObject({ text: '###: #@#.#######', mail: 1, word: 1, total: 2 })
    expect(await extension.call('redact', ['Ada', 'json'])).toMatchObject({ total: 3 })
    expect(new TextDecoder().decode((await extension.call('redact', ['nothing'])) as Uint8Array)).toContain('"total":3')
    expect(await failure(extension.call('forget', [{ sure: false }]))).toMatchObject({ code: 'thrown', message: expect.stringContaining('not sure enough'), guestCode: '2' })
    await extension.call('forget', [{ sure: true }])
    expect(await extension.call('redact', ['Ada', 'json'])).toMatchObject({ total: 1 })
    expect(lines.map(({ text }) => text).join()).toContain('bytes taken out')
  })

  describePlugins(CAN_WAIT)
})

test('a command runs', async () => {
  const box = await openBox()
  const extension = await box.install({
    manifest: { id: 'com.example.maze', name: 'Maze', version: '1.0.0', lane: 'core', core: { abi: 'wasi' }, entry: 'main.wasm', files: ['main.wasm'], lifetime: 'call' },
    files: { 'main.wasm': await demo('maze') },
  })

  const { exitCode, stdout } = await extension.run({ args: ['9', '7', '1', 'depth'] })

  expect([exitCode, stdout.length > 50]).toEqual([0, true])
})

describe('a kept directory', () => {
  /** Appends a byte to /data/log, and exits with the size that it has; traps instead where it has an argument. */
  const APPEND = `(module
    (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "log")
    (data (i32.const 16) "\\00\\00\\00\\00\\01\\00\\00\\00")
    (func $append (result i32)
      (if (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 3) (i32.const 1) (i64.const 0x46) (i64.const 0) (i32.const 1) (i32.const 32)) (then unreachable))
      (if (call $write (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i32.const 40)) (then unreachable))
      (if (call $seek (i32.load (i32.const 32)) (i64.const 0) (i32.const 2) (i32.const 48)) (then unreachable))
      (i32.load (i32.const 48)))
    START)`
  const COMMAND = `(func (export "_start") (local $size i32)
    (local.set $size (call $append))
    (drop (call $args (i32.const 64) (i32.const 68)))
    (if (i32.ne (i32.load (i32.const 64)) (i32.const 1)) (then unreachable))
    (call $exit (local.get $size)))`
  const REACTOR = '(func (export "append") (result i32) (call $append)) (func (export "lose") (drop (call $append)) unreachable)'
  const directory = (name: string): unknown => ({ name, scope: { directories: ['/data'] }, reason: 'to test' })
  const manifest = { permissions: [directory('file:read'), directory('file:write')] }

  test('keeps what runs that ended have written, not what a run that trapped has', async () => {
    const extension = await installCore(APPEND.replace('START', COMMAND), { core: { abi: 'wasi' }, manifest })

    expect((await extension.run()).exitCode).toBe(1)
    expect(await codeOf(extension.run({ args: ['trap'] }))).toBe('crashed')
    await extension.stop()
    expect((await extension.run()).exitCode).toBe(2)
  })

  test('does so for calls, too', async () => {
    const extension = await installCore(APPEND.replace('START', REACTOR), { core: { abi: 'wasi' }, manifest })

    expect([await extension.call('append'), await extension.call('append')]).toEqual([1, 2])
    expect(await codeOf(extension.call('lose'))).toBe('crashed')
    expect(await extension.call('append')).toBe(3)
  })
})
