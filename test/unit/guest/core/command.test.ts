import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { runCommand, type CommandInput, type CommandProgram } from '../../../../src/guest/core/command.ts'
import { FsError } from '../../../../src/guest/fs/error.ts'
import { CapabilityFailure, type GuestSink } from '../../../../src/guest/outward.ts'
import { LimitError } from '../../../../src/errors.ts'
import { compileWat } from '../../lane/wasm-tools.ts'

type Bytes = Uint8Array<ArrayBuffer>

const NOTHING: CommandInput = { args: [], env: [], files: [] }
const bytes = (text: string): Bytes => new TextEncoder().encode(text)
const text = (bytes: Bytes): string => new TextDecoder().decode(bytes)

function programOf(module: WebAssembly.Module, { outputBytes = 2 ** 20 }: { outputBytes?: number } = {}): CommandProgram {
  return {
    module, name: 'program', outward: { waits: 'never', sleep: () => {} }, random: (bytes) => void crypto.getRandomValues(bytes),
    limits: { outputBytes, files: { bytes: 2 ** 20 } },
  }
}

const demo = async (name: string): Promise<WebAssembly.Module> =>
  WebAssembly.compile(await readFile(new URL(`../../../../demo/extensions/${name}/dist/${name}.wasm`, import.meta.url)))

/** Copies stdin to stdout, and exits with how often it read. */
const CAT = `(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $count i32)
    (loop $again
      (i32.store (i32.const 0) (i32.const 100))
      (i32.store (i32.const 4) (i32.const 1000))
      (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
      (if (i32.eqz (i32.load (i32.const 8))) (then (call $exit (local.get $count))))
      (i32.store (i32.const 4) (i32.load (i32.const 8)))
      (if (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br $again))))`

function sinkInto(written: string[]): GuestSink {
  return { write: async (bytes) => void written.push(text(bytes)), end: () => void written.push('end'), fail: () => void written.push('fail') }
}

describe('a program in C', () => {
  let codec: WebAssembly.Module
  beforeAll(async () => { codec = await demo('codec') })

  it('gets files and gives back what it wrote', async () => {
    const picture = new Uint8Array(16 * 16 * 4).fill(200)
    const args = ['encode', '16', '16', 'in/a.rgba', 'out/b.qoi']
    const files = [['in/a.rgba', picture], ['out/', new Uint8Array(0)]] as const
    const encoded = await runCommand(programOf(codec), { ...NOTHING, args, files })
    expect([encoded.exitCode, text(encoded.stderr), encoded.files.map(([path]) => path)]).toEqual([0, '', ['out/b.qoi']])
    expect(JSON.parse(text(encoded.stdout))).toBeTypeOf('object')

    const decoded = await runCommand(programOf(codec), { ...NOTHING, args: ['decode', 'out/b.qoi', 'c'], files: encoded.files })
    expect(decoded.files).toEqual([['c', picture]])
  })

  it('says what is wrong by its exit code and on stderr', async () => {
    const { exitCode, stderr, files } = await runCommand(programOf(codec), { ...NOTHING, args: ['decode', 'missing', 'c'] })
    expect([exitCode !== 0, text(stderr).includes('missing'), files]).toEqual([true, true, []])
  })

  it('sees only the directories that it was given', async () => {
    const files = [['in/a', bytes('x')], ['secret', bytes('x')]] as const
    const { exitCode } = await runCommand(programOf(codec), { ...NOTHING, args: ['decode', 'in/../../secret', 'in/c'], files, dirs: ['in'] })
    expect(exitCode).not.toBe(0)
  })
})

describe('stdin', () => {
  it('is read to its end before a start where nothing can wait', async () => {
    const chunks = [bytes('hello '), bytes('world')]
    const { exitCode, stdout } = await runCommand(programOf(await WebAssembly.compile(await compileWat(CAT))), {
      ...NOTHING, stdin: { read: async () => chunks.shift(), cancel: () => {} },
    })
    expect([exitCode, text(stdout)]).toEqual([1, 'hello world'])
  })

  it('that fails ends the run before it began', async () => {
    const stdin = { read: () => Promise.reject(new CapabilityFailure('internal', 'gone')), cancel: () => {} }
    await expect(runCommand(programOf(await WebAssembly.compile(await compileWat(CAT))), { ...NOTHING, stdin })).rejects.toThrow('gone')
  })
})

describe('output', () => {
  it('streams in order, and ends', async () => {
    const written: string[] = []
    const stdin = bytes('x'.repeat(2500))
    const { stdout } = await runCommand(programOf(await WebAssembly.compile(await compileWat(CAT))), { ...NOTHING, stdin, stdout: sinkInto(written) })
    expect([stdout.length, written.map(({ length }) => length), written.at(-1)]).toEqual([0, [1000, 1000, 500, 3], 'end'])
  })

  it.each(['collected', 'streamed'])('above the limit ends the run when %s', async (how) => {
    const program = programOf(await WebAssembly.compile(await compileWat(CAT)), { outputBytes: 1500 })
    const written: string[] = []
    const input = { ...NOTHING, stdin: bytes('x'.repeat(2500)), ...(how === 'streamed' ? { stdout: sinkInto(written) } : {}) }
    const error: unknown = await runCommand(program, input).catch((error: unknown) => error)
    expect(error instanceof LimitError && error.code).toBe('message-too-large')
  })
})

it.each([
  ['/a', 'not-permitted'], ['../a', 'not-permitted'], ['a/../../b', 'not-permitted'], ['', 'no-entry'], ['a\0', 'invalid'],
  ['a//../..', 'not-permitted'],
])('a file at %j is refused: %s', async (path, code) => {
  const running = runCommand(programOf(await demo('codec')), { ...NOTHING, files: [[path, bytes('x')]] })
  const error: unknown = await running.catch((error: unknown) => error)
  expect(error instanceof FsError && error.code).toBe(code)
})

it('more files than fit are refused before the start', async () => {
  const files = [['a', new Uint8Array(2 ** 20)], ['b', new Uint8Array(1)]] as const
  await expect(runCommand(programOf(await demo('codec')), { ...NOTHING, files })).rejects.toMatchObject({ code: 'message-too-large' })
})

it('files named like parts of objects are files', async () => {
  const files = [['__proto__/constructor', bytes('x')], ['__proto__/in', new Uint8Array(4)]] as const
  const args = ['encode', '1', '1', '__proto__/in', '__proto__/constructor']
  const result = await runCommand(programOf(await demo('codec')), { ...NOTHING, args, files })
  expect([result.exitCode, result.files.map(([path]) => path)]).toEqual([0, ['__proto__/constructor']])
})

it('a module without _start is no command', async () => {
  const module = await WebAssembly.compile(await compileWat('(module (memory (export "memory") 1))'))
  await expect(runCommand(programOf(module), NOTHING)).rejects.toMatchObject({ code: 'export-missing' })
})
