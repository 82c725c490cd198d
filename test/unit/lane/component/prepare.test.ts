import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { makeGlue } from '../../../../src/lane/component/glue.ts'
import { prepareComponent, type PrepareOptions } from '../../../../src/lane/component/prepare.ts'
import { encodePrepared, parsePrepared, type PreparedComponent } from '../../../../src/lane/component/prepared.ts'
import { TRANSPILER_VERSION } from '../../../../src/lane/component/version.ts'
import { bytesOf, COMPONENT_HEADER, section } from '../binary.ts'
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

const MODULE = '(core module $m (memory (export "memory") 1) (func (export "f") (param i32) (result i32) i32.const 0)) (core instance $i (instantiate $m))'
const LIFT = '(canon lift (core func $i "f"))'

test.each([
  ['exports what would make it a promise', `(component ${MODULE} (func $f (param "a" u32) (result u32) ${LIFT}) (export "then" (func $f)))`, 'unsafe-name'],
  ['imports a component', '(component (import "c" (component)))', 'transpile-failed'],
  ['exports a module', '(component (core module $m) (export "m" (core module $m)))', 'transpile-failed'],
  ['makes thousands of memories', `(component (component $c0 (core module $m (memory 1)) (core instance (instantiate $m))) ${
    Array.from({ length: 10 }, (_, index) => `(component $c${index + 1} (alias outer 1 $c${index} (component $x)) (instance (instantiate $x)) (instance (instantiate $x)))`).join(' ')
  } (instance (instantiate $c10)))`, 'wasm-memory'],
  ['has types of exponential size', `(component ${MODULE} ${
    Array.from({ length: 60 }, (_, index) => `(type $t${index} (tuple ${index === 0 ? 'u8 u8' : `$t${index - 1} $t${index - 1}`}))`).join(' ')
  } (func $f (param "a" $t59) (result u32) ${LIFT}) (export "f" (func $f)))`, 'transpile-failed'],
])('a component that %s is refused, and a fresh transpiler goes on', async (_what, wat, code) => {
  const bytes = await compileWat(wat)

  await expect(prepare(bytes)).rejects.toMatchObject({ code })
  expect((await prepare(await compileFixture('adder'))).exports).toHaveLength(2)
})

test.each(['default', 'constructor', 'import', 'eval', 'await', 'to-string', 'gen', 'promise', 'console', 'set-timeout', 'exports'])(
  'a function may be called %s', async (name) => {
    const prepared = await prepare(await compileWat(`(component ${MODULE} (func $f (param "a" u32) (result u32) ${LIFT}) (export "${name}" (func $f)))`))

    const exported = await run(prepared)
    expect(Object.values(exported).map((one) => typeof one)).toEqual(['function'])
  })

test('a component with asynchronous functions needs an engine that suspends', async () => {
  const bytes = await compileWat(`(component ${MODULE} (import "a" (func (param "x" u32))) (type (func async (param "a" u32) (result u32))))`).catch(() => undefined)
  const made = bytes ?? bytesOf(COMPONENT_HEADER, section(7, bytesOf(1, 0x43, 0, 1, 0)))

  await expect(prepare(made, { asyncMode: 'sync' })).rejects.toMatchObject({ code: 'not-supported' })
})

test('streams in its types change the form of the transpiler\'s code, not that of the glue', async () => {
  const bytes = await compileWat(`(component ${MODULE} (type $s (stream u8)) (func $f (param "a" $s) (result u32) ${LIFT}) (export "f" (func $f)))`)

  expect((await prepare(bytes)).glue).toMatch(/return instantiate\}\)$/)
})

test('the version in the cache\'s key is that of the transpiler', async () => {
  const text = await readFile(new URL('../../../../package.json', import.meta.url), 'utf8')

  expect(JSON.parse(text).devDependencies['@bytecodealliance/jco-transpile']).toBe(TRANSPILER_VERSION)
})

test('static functions of resources that wait are as asynchronous as the others', async () => {
  const bytes = await readFile(new URL('../../../fixtures/values/values.wasm', import.meta.url))

  // It only could poll; as if it did:
  const imports = ['wasi:io/poll#[method]pollable.block']
  const transpiler = await createTestTranspiler()
  const files = transpiler.generate(bytes, { asyncMode: { tag: 'jspi', val: { imports, exports: ['[static]counter.take', '[method]counter.add'] } } })
  const glue = makeGlue(new TextDecoder().decode(files.find(([name]) => name.endsWith('.js'))?.[1]))

  expect(glue).toMatch(/Counter\.take = async function take\(/)
  expect(glue).toMatch(/Counter\.prototype\.add = async function add\(/)
})
