import { describe, expect, it } from 'vitest'
import { openModule } from './harness.ts'

const MODULE = `(module
  (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
  (import "env" "console.log" (func $print (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 96) "\\06\\00\\00\\00a\\00b\\00c\\00")
  (data (i32.const 196) "\\04\\00\\00\\00x\\00y\\00")
  (global $count (mut i32) (i32.const 0))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "big") (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))
  (func (export "half") (param f32 f64) (result f64) (f64.mul (f64.promote_f32 (local.get 0)) (local.get 1)))
  (func (export "two") (result i32 i64) (i32.const 1) (i64.const 2))
  (func (export "nothing"))
  (func (export "count") (result i32) (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count))
  (func (export "vector") (param v128))
  (func (export "reference") (param externref))
  (func (export "trap") unreachable)
  (func $deep (export "deep") (result i32) (i32.add (call $deep) (i32.const 1)))
  (func (export "stop") (call $abort (i32.const 100) (i32.const 200) (i32.const 7) (i32.const 3)))
  (func (export "stop far") (call $abort (i32.const -8) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (export "print") (call $print (i32.const 100))))`

describe('functions of numbers', () => {
  it('are called as they are', async () => {
    const module = await openModule(MODULE, { abi: 'wasi' })

    expect(module.problem).toBeUndefined()
    expect(await module.call('add', [2, 3])).toBe(5)
    expect(await module.call('add', [2 ** 32 - 1, 2])).toBe(1)
    expect(await module.call('big', [2n ** 62n])).toBe(2n ** 62n + 1n)
    expect(await module.call('half', [3, 0.5])).toBe(1.5)
    expect(await module.call('two')).toEqual([1, 2n])
    expect(await module.call('nothing')).toBeUndefined()
  })

  it.each<[string, readonly unknown[], string]>([
    ['add', [1], '"add" takes 2 arguments, (i32, i32) -> i32; got 1.'],
    ['add', [1, 2, 3], 'got 3'],
    ['add', [1.5, 2], 'argument 1 must be a 32-bit integer; got 1.5'],
    ['add', [1, 2 ** 32], 'argument 2'],
    ['add', ['1', 2], 'got string'],
    ['add', [null, 2], 'got null'],
    ['big', [1], 'a bigint'],
    ['big', [2n ** 64n], 'a bigint of 64 bits'],
    ['half', [1n, 1], 'a number'],
    ['vector', [1], 'only functions of numbers'],
    ['reference', [1], 'only functions of numbers'],
  ])('refuse what WebAssembly would turn into something else: %s %s', async (name, args, message) => {
    const module = await openModule(MODULE, { abi: 'wasi' })

    await expect(module.call(name, args)).rejects.toMatchObject({ code: 'value-unsupported', message: expect.stringContaining(message) })
  })

  it.each(['missing', 'memory', '__proto__', 'constructor', 'toString'])('that are not there are named as missing: %s', async (name) => {
    const module = await openModule(MODULE, { abi: 'wasi' })

    await expect(module.call(name)).rejects.toMatchObject({ code: 'export-missing', message: expect.stringContaining('its functions: add, big, half') })
  })

  it('that trap say so, and the next call has a fresh instance', async () => {
    const module = await openModule(MODULE, { abi: 'wasi' })
    await module.call('count')
    expect(await module.call('count')).toBe(2)

    await expect(module.call('trap')).rejects.toMatchObject({ code: 'crashed', message: expect.stringContaining('unreachable') })

    expect(await module.call('count')).toBe(1)
  })

  it('that recurse too deep are a stack overflow', async () => {
    const module = await openModule(MODULE, { abi: 'wasi' })

    await expect(module.call('deep')).rejects.toMatchObject({ code: 'stack-overflow' })
    expect(await module.call('count')).toBe(1)
  })

  it('that AssemblyScript aborts say where and why; a pointer to nowhere does no harm', async () => {
    const module = await openModule(MODULE, { abi: 'wasi' })

    await expect(module.call('stop')).rejects.toMatchObject({ code: 'thrown', guestName: 'AbortError', message: 'abc (xy:7:3)' })
    await expect(module.call('stop far')).rejects.toMatchObject({ code: 'thrown', message: '(text at 4294967288) (unknown file:0:0)' })
    await module.call('print')
    expect(module.lines).toEqual([['info', 'abc']])
  })

  it('begin anew after a reset', async () => {
    const module = await openModule(MODULE, { abi: 'wasi' })
    await module.call('count')

    expect(await module.reset()).toBe(true)
    expect(await module.call('count')).toBe(1)
    expect(await module.stats()).toMatchObject({ memoryBytes: 65_536, pendingCapabilityCalls: 0 })
  })

  it('answer no requests, and are not run', async () => {
    const module = await openModule(MODULE, { abi: 'wasi' })

    await expect(module.run()).rejects.toMatchObject({ code: 'export-missing', message: expect.stringContaining('no command') })
  })
})

describe('imports', () => {
  it.each<[string, string, string]>([
    ['an unknown function', '(func (import "env" "secret") (param i64))', 'imports the function env.secret (i64) -> ()'],
    ['an unknown module', '(func (import "wasi_unstable" "fd_write") (param i32 i32 i32 i32) (result i32))', 'wasi_unstable.fd_write'],
    ['a name of Object\'s', '(func (import "env" "toString"))', 'env.toString'],
    ['another type', '(func (import "env" "seed") (result f32))', 'imports env.seed as () -> f32; it is () -> f64'],
    ['another type of WASI', '(func (import "wasi_snapshot_preview1" "fd_close") (param i64) (result i32))', 'wasi_snapshot_preview1.fd_close'],
    ['a table', '(table (import "env" "table") 1 funcref)', 'imports the table env.table'],
    ['a global', '(global (import "env" "g") i32)', 'imports the global env.g'],
  ])('%s is an error when it starts, which names module and field', async (_name, text, message) => {
    const { problem } = await openModule(`(module ${text})`, { abi: 'wasi' })

    expect(problem).toMatchObject({ code: 'thrown', guestName: 'LinkError', message: expect.stringContaining(message) })
  })

  it('of memory get one within the cap', async () => {
    const text = (limits: string): string => `(module (import "env" "memory" (memory ${limits}))
      (func (export "size") (result i32) (memory.size)) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`
    const module = await openModule(text('1'), { abi: 'wasi', memoryPages: 5 })

    expect(await module.call('size')).toBe(5)
    expect(await module.call('grow', [59])).toBe(5)
    expect(await module.call('grow', [1])).toBe(-1)
    expect((await openModule(text('65'), { abi: 'wasi' })).problem).toMatchObject({ code: 'memory-exceeded' })
    expect(await (await openModule(text('2 3'), { abi: 'wasi', memoryPages: 9 })).call('size')).toBe(3)
  })

  it('of WASI print to the log', async () => {
    const module = await openModule(`(module
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\\08\\00\\00\\00\\03\\00\\00\\00hi\\0a")
      (func (export "hello") (result i32) (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 32))))`, { abi: 'wasi' })

    expect(await module.call('hello')).toBe(0)
    expect(module.lines).toEqual([['error', 'hi']])
  })

  it('that wait are refused where nothing can wait', async () => {
    const functions = [['env', 'ask', ['i32'], 'i32']] as const
    const { problem } = await openModule('(module (import "env" "ask" (func (param i32) (result i32))))', { abi: 'wasi', functions })

    expect(problem).toMatchObject({ guestName: 'NotSupportedError', message: expect.stringContaining('env.ask') })
  })
})

describe('a start', () => {
  it('that traps is a crash', async () => {
    expect((await openModule('(module (func $s unreachable) (start $s))', { abi: 'wasi' })).problem).toMatchObject({ code: 'crashed' })
  })

  it('runs _initialize once', async () => {
    const module = await openModule(`(module (global $n (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $n (i32.add (global.get $n) (i32.const 1))))
      (func (export "get") (result i32) (global.get $n)))`, { abi: 'wasi' })

    expect([await module.call('get'), await module.call('get')]).toEqual([1, 1])
  })

  it('of a command is left to a run', async () => {
    const module = await openModule(`(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start") (call $exit (i32.const 3))))`, { abi: 'wasi' })

    expect(module.problem).toBeUndefined()
    expect(await module.run()).toMatchObject({ exitCode: 3 })
    await expect(module.call('_start')).rejects.toMatchObject({ code: 'export-missing' })
  })
})
