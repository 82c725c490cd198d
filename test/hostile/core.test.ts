/** Core modules that mean harm: no start, loop, growth or depth of theirs costs more than their own worker. */
import type { Extension, GloveboxOptions } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { codeOf, failure, openBox } from '../browser/box-harness.ts'
import { compileWat, installCore } from '../browser/core-harness.ts'

/**
 * WebKit never ends a worker inside a WebAssembly loop that calls nothing: it would keep a core from all tests that follow. A loop that calls an
 * import it does end, so that the attackers' loops here do.
 */
const BUSY = '(drop (call $now))'
const HEAD = '(import "env" "Date.now" (func $now (result f64)))'

async function install(body: string, core: Record<string, unknown> = {}, limits: GloveboxOptions['limits'] = {}): Promise<Extension> {
  return installCore(`(module ${HEAD} ${body} (func (export "ok") (result i32) (i32.const 1)))`, {
    core: { abi: 'wasi', ...core }, options: { limits: { memoryMib: 16, ...limits } },
  })
}

describe('time', () => {
  test('spent in a start function ends at the start\'s deadline', async () => {
    const extension = await install(`(func $start (loop $again ${BUSY} (br $again))) (start $start)`, {}, { startMs: 1_000 })

    expect(await codeOf(extension.call('ok'))).toBe('deadline-exceeded')
  })

  test('spent in _initialize as well', async () => {
    const extension = await install(`(func (export "_initialize") (loop $again ${BUSY} (br $again)))`, {}, { startMs: 1_000 })

    expect(await codeOf(extension.call('ok'))).toBe('deadline-exceeded')
  })

  test('spent in a loop ends at the deadline, and the next call has a new instance', async () => {
    const extension = await install(`(func (export "spin") (loop $again ${BUSY} (br $again)))`)
    expect(await extension.call('ok')).toBe(1)

    expect(await codeOf(extension.call('spin', [], { timeoutMs: 300 }))).toBe('deadline-exceeded')
    expect(await extension.call('ok')).toBe(1)
  })

  test('of an aborted call is over as well', async () => {
    const extension = await install(`(func (export "spin") (loop $again ${BUSY} (br $again)))`)
    await extension.call('ok')
    const stop = new AbortController()
    const pending = failure(extension.call('spin', [], { signal: stop.signal }))

    stop.abort(new Error('stop'))

    expect(await pending).toMatchObject({ message: 'stop' })
    expect(await extension.call('ok')).toBe(1)
  })
})

describe('memory', () => {
  test('is not grown beyond the cap, however often it is tried', async () => {
    const extension = await install(`(memory (export "memory") 1)
      (func (export "eat") (result i32) (loop $more ${BUSY} (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (memory.size))`)

    expect(await extension.call('eat')).toBe(256)
    expect((await extension.inspect()).instances[0]?.memoryBytes).toBe(16 * 2 ** 20)
  })

  test('that a module asks for at once beyond the cap is refused at install', async () => {
    const box = await openBox({ limits: { memoryMib: 16 } })
    const pkg = async (text: string): Promise<string> => codeOf(box.install({
      manifest: { id: 'com.example.big', name: 'Big', version: '1.0.0', lane: 'core', core: { abi: 'wasi' }, entry: 'main.wasm', files: ['main.wasm'] },
      files: { 'main.wasm': await compileWat(text) },
    }))

    expect(await pkg('(module (memory 257))')).toBe('memory-exceeded')
    expect(await pkg('(module (memory i64 1))')).toBe('wasm-memory')
    expect(await pkg('(module (memory 1 1 shared))')).toBe('wasm-memory')
    expect(await pkg('(module (table 1048577 funcref))')).toBe('memory-exceeded')
  })

  test('of tables is capped', async () => {
    const extension = await install(`(table $t 1 funcref)
      (func (export "eat") (result i32) (loop $more ${BUSY} (br_if $more (i32.ne (table.grow $t (ref.null func) (i32.const 65536)) (i32.const -1)))) (table.size $t))`)

    expect(await extension.call('eat')).toBeLessThanOrEqual(2 ** 20)
  })

  test('that is imported is made within the cap', async () => {
    const extension = await install('(import "env" "memory" (memory 1)) (func (export "grow") (result i32) (memory.grow (i32.const 256)))', { memoryPages: 2 })

    expect(await extension.call('grow')).toBe(-1)
  })

  test('between an Extism plug-in and its host is capped, too', async () => {
    const extension = await installCore(`(module (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
      (func (export "eat") (result i32) (loop $more (br_if $more (i32.wrap_i64 (call $alloc (i64.const 1000000))))) (i32.const 0)))`, {
      core: { abi: 'extism' }, options: { limits: { memoryMib: 16 } },
    })

    expect(await extension.call('eat')).toEqual(new Uint8Array())
    expect((await extension.inspect()).instances[0]?.memoryBytes).toBeLessThanOrEqual(16 * 2 ** 20)
  })
})

test('recursion without end is a stack overflow, and the next call works', async () => {
  const extension = await install('(func $deep (export "deep") (param i32) (result i32) (i32.add (call $deep (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))')

  expect(await codeOf(extension.call('deep', [0]))).toBe('stack-overflow')
  expect(await extension.call('ok')).toBe(1)
})

test('a plain loop of a module without imports ends at the deadline where the engine can end it', async () => {
  // See BUSY: where it cannot, these rounds end by themselves after a few seconds, so that no core is lost.
  const extension = await install('(func (export "spin") (local $n i64) (loop $again (br_if $again (i64.ne (local.tee $n (i64.add (local.get $n) (i64.const 1))) (i64.const 3000000000)))))')
  await extension.call('ok')

  expect(await codeOf(extension.call('spin', [], { timeoutMs: 300 }))).toBe('deadline-exceeded')
  expect(await extension.call('ok')).toBe(1)
}, 30_000)
