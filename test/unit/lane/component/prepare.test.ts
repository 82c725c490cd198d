import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { prepareComponent, type PrepareOptions } from '../../../../src/lane/component/prepare.ts'
import { encodePrepared, parsePrepared, type PreparedComponent } from '../../../../src/lane/component/prepared.ts'
import { compileFixture, compileWat, createTestTranspiler } from '../wasm-tools.ts'

const OPTIONS: PrepareOptions = { asyncMode: 'jspi', memoryPages: 256, tableEntries: 10_000 }

async function prepare(bytes: Uint8Array, options: Partial<PrepareOptions> = {}): Promise<PreparedComponent> {
  return prepareComponent(bytes, { ...OPTIONS, ...options }, { transpiler: await createTestTranspiler() })
}

/** What a worker does with glue, here in the test's realm: only for components that the test wrote. */
async function run(prepared: PreparedComponent, imports: object = {}): Promise<Record<string, Record<string, (...args: number[]) => unknown>>> {
  const box: { factory?: (realm?: object) => (getModule: (name: string) => Promise<WebAssembly.Module>, imports: object) => Promise<never> } = {}
  new Function('gloveboxGlue', prepared.glue)((factory: never) => { box.factory = factory })
  const getModule = async (name: string): Promise<WebAssembly.Module> => WebAssembly.compile(Uint8Array.from(prepared.modules.get(name) ?? []))
  if (box.factory === undefined) throw new Error('no glue')
  return box.factory()(getModule, imports)
}

describe('a component', () => {
  test('runs as prepared, with its world told', async () => {
    const prepared = await prepare(await compileFixture('adder'))

    expect(prepared).toMatchObject({
      asyncMode: 'sync', mustWait: false, waitingImports: [], imports: [],
      exports: [{ kind: 'function', name: 'add' }, { kind: 'instance', name: 'acme:math/api@1.2.0', functions: ['add-two'] }],
    })
    const exports = await run(prepared)
    expect(exports['acme:math/api@1.2.0']?.['addTwo']?.(2, 3)).toBe(5)
  })

  test('that waits is made to suspend where that is asked for, else not', async () => {
    const bytes = await compileFixture('waiter')

    const suspending = await prepare(bytes)
    expect(suspending).toMatchObject({
      asyncMode: 'jspi', mustWait: false, waitingImports: ['wasi:io/poll#[method]pollable.block'],
      imports: [{ kind: 'instance', name: 'wasi:io/poll@0.2.3' }, { kind: 'instance', name: 'wasi:clocks/monotonic-clock@0.2.3' }, { kind: 'function', name: 'log-number' }],
    })
    expect(suspending.glue).toMatch(/WebAssembly\.Suspending/)
    expect(suspending.glue).toMatch(/async function wait\(/)
    const blocking = await prepare(bytes, { asyncMode: 'sync' })
    expect(blocking.asyncMode).toBe('sync')
    expect(blocking.glue).not.toMatch(/async function wait\(/)
  })

  test('becomes the same bytes every time', async () => {
    const bytes = await compileFixture('waiter')

    const [first, second] = [encodePrepared(await prepare(bytes)), encodePrepared(await prepare(bytes))]

    expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true)
  })

  test('has memories that stop at the limit', async () => {
    const prepared = await prepare(await compileFixture('adder'), { memoryPages: 3 })
    const [module = new Uint8Array()] = prepared.modules.values()
    const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(Uint8Array.from(module)))
    const memory = exports['memory']

    expect(memory).toBeInstanceOf(WebAssembly.Memory)
    expect(() => (memory instanceof WebAssembly.Memory ? memory.grow(3) : 0)).toThrow(RangeError)
  })
})

test('the glue is smaller than what the transpiler made, and logs nothing', async () => {
  const { glue } = await prepare(await compileFixture('adder'))

  expect(glue.length).toBeLessThan(80_000)
  expect(glue).not.toMatch(/^\s*_debugLog\('/m)
  expect(glue).not.toMatch(/\/\/ |import\.meta/)
})

describe('prepared bytes', () => {
  test('come back as they were', async () => {
    const prepared = await prepare(await compileFixture('waiter'))

    expect(parsePrepared(encodePrepared(prepared))).toEqual(prepared)
  })

  test('that are damaged are refused in one way', async () => {
    const bytes = new Uint8Array(encodePrepared(await prepare(await compileFixture('adder'))))
    const damaged = [new ArrayBuffer(0), undefined, 'text', bytes, bytes.slice(0, -1).buffer, bytes.slice(0, 40).buffer, new Uint8Array([...bytes, 0]).buffer]

    for (const one of damaged) expect(() => parsePrepared(one)).toThrow(expect.objectContaining({ code: 'prepared-invalid' }))
    for (let at = 0; at < 300; at += 1) {
      const flipped = bytes.slice()
      flipped[at] = (flipped[at] ?? 0) ^ 0x41
      try {
        parsePrepared(flipped.buffer)
      } catch (error) {
        expect(error).toMatchObject({ code: 'prepared-invalid' })
      }
    }
  })
})

test('a trap in the transpiler is the package\'s fault, and a fresh one goes on', async () => {
  const transpiler = await createTestTranspiler()
  const refused = await compileWat('(component (import "a" (func $f)) (core module $m (func (export "x"))) (core instance $i (instantiate $m)) (func $g (param "a" string) (canon lift (core func $i "x"))) (export "g" (func $g)))').catch(() => undefined)
  const broken = refused ?? (await compileFixture('adder')).slice(0, -3)

  expect(() => prepareComponent(broken, OPTIONS, { transpiler })).toThrow(expect.objectContaining({ name: 'PackageError' }))
  expect((await prepare(await compileFixture('adder'))).exports).toHaveLength(2)
})

test('static functions of resources that wait are as asynchronous as the others', async () => {
  const bytes = await readFile(new URL('../../../fixtures/values/values.wasm', import.meta.url))

  const { glue, asyncMode } = await prepare(new Uint8Array(bytes))

  expect(asyncMode).toBe('jspi')
  expect(glue).toMatch(/Counter\.take = async function take\(/)
  expect(glue).toMatch(/Counter\.prototype\.add = async function add\(/)
})
