/**
 * `extension.run` in a real box: streams, exits, waiting, limits, however the guest waits. What commands do with files is tried in unit tests
 * and by `npm run conformance`.
 */
import type { Extension } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { codeOf, failure } from '../browser/box-harness.ts'
import { installCore } from '../browser/core-harness.ts'

type Bytes = Uint8Array<ArrayBuffer>

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const bytes = (text: string): Bytes => new TextEncoder().encode(text)

/** @param body  of `_start`; `$again` is a loop around it */
function command(body: string): Promise<Extension> {
  return installCore(`(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "_start") (loop $again ${body})))`, { core: { abi: 'wasi' }, manifest: { lifetime: 'call' } })
}

/** Copies stdin to stdout. */
const CAT = `
  (i32.store (i32.const 0) (i32.const 100))
  (i32.store (i32.const 4) (i32.const 1000))
  (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
  (if (i32.eqz (i32.load (i32.const 8))) (then (call $exit (i32.const 7))))
  (i32.store (i32.const 4) (i32.load (i32.const 8)))
  (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
  (br $again)`

/** One subscription of the monotonic clock, in 20 ms; exits with what poll gave, 100 added for each event. */
const SLEEP = `
  (i32.store (i32.const 16) (i32.const 1))
  (i64.store (i32.const 24) (i64.const 20000000))
  (call $exit (i32.add
    (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200))
    (i32.mul (i32.load (i32.const 200)) (i32.const 100))))`

/** @param canWait  else stdin is read to its end before the start */
export function describeCommands(canWait: boolean): void {
  describe('stdin and stdout', () => {
    test('are bytes at once', async () => {
      const cat = await command(CAT)
      const { exitCode, stdout, stderr, files } = await cat.run({ stdin: 'x'.repeat(100_000) })
      expect([exitCode, stdout.length, stderr.length, files.size]).toEqual([7, 100_000, 0, 0])
      expect(text((await cat.run()).stdout)).toBe('')
    })

    test('are streams, line by line where the engine can suspend', async () => {
      const cat = await command(CAT)
      const [input, output] = [new TransformStream<Bytes, Bytes>(), new TransformStream<Bytes, Bytes>()]
      const running = cat.run({ stdin: input.readable, stdout: output.writable })
      const [writer, reader] = [input.writable.getWriter(), output.readable.getReader()]
      const lines: string[] = []
      for (const line of ['one', 'two', 'three']) {
        await writer.write(bytes(line))
        if (canWait) lines.push(text((await reader.read()).value ?? bytes('')))
      }
      await writer.close()
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) lines.push(text(chunk.value))

      expect(lines).toEqual(canWait ? ['one', 'two', 'three'] : ['onetwothree'])
      expect(await running).toMatchObject({ exitCode: 7 })
    })

    test('that nobody ends can be given up', async () => {
      const cat = await command(CAT)
      const abort = new AbortController()
      const running = cat.run({ stdin: new ReadableStream(), signal: abort.signal })
      abort.abort(new Error('enough'))

      await expect(running).rejects.toThrow('enough')
      expect(await codeOf(cat.run({ stdin: new ReadableStream(), timeoutMs: 300 }))).toBe('deadline-exceeded')
      expect(text((await cat.run({ stdin: 'again' })).stdout)).toBe('again')
    })
  })

  test('a clock is waited for', async () => {
    const start = performance.now()
    const { exitCode } = await (await command(SLEEP)).run()
    expect([exitCode, performance.now() - start >= 19]).toEqual([100, true])
  })

  describe('a program that', () => {
    test('traps has crashed', async () => {
      expect(await codeOf((await command('unreachable')).run())).toBe('crashed')
    })

    test('writes without end is ended', async () => {
      const endless = await command(`
        (i32.store (i32.const 4) (i32.const 60000))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br $again)`)
      expect(await codeOf(endless.run())).toBe('message-too-large')
    })

    test('is no command says so', async () => {
      const module = await installCore('(module (memory (export "memory") 1))', { core: { abi: 'wasi' } })
      expect(await codeOf(module.run())).toBe('export-missing')
    })

    test('is given paths that are none is not started', async () => {
      const cat = await command(CAT)
      for (const path of ['', '/a', '../a', 'a//b', 'a/./b', 'a\0']) {
        expect(await failure(cat.run({ files: { [path]: 'x' } }))).toBeInstanceOf(TypeError)
      }
    })
  })
}
