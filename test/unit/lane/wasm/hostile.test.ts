import { describe, expect, test } from 'vitest'
import { isGloveboxError } from '../../../../src/errors.ts'
import { readComponent } from '../../../../src/lane/wasm/component.ts'
import { wasmKind } from '../../../../src/lane/wasm/kind.ts'
import { prepareCore } from '../../../../src/lane/wasm/prepare-core.ts'
import { unsignedBytes } from '../../../../src/lane/wasm/writer.ts'
import { bytesOf, COMPONENT_HEADER, CORE_HEADER, section, text } from '../binary.ts'
import { compileFixture, compileWat } from '../wasm-tools.ts'

const CAPS = { memoryPages: 100, tableEntries: 1000 }

/** Typed refusal, or acceptance; anything else fails the test. */
function outcomeOf(run: () => unknown): string {
  try {
    run()
    return 'accepted'
  } catch (error) {
    if (!isGloveboxError(error)) throw error
    return error.code
  }
}

describe('the kind', () => {
  test.each([
    ['a component in the core lane', (bytes: Uint8Array) => prepareCore(bytes, CAPS), COMPONENT_HEADER],
    ['a core module in the component lane', readComponent, CORE_HEADER],
    ['text', readComponent, new TextEncoder().encode('(module)        ')],
    ['nothing', readComponent, []],
    ['a component of an old version', readComponent, [0, 0x61, 0x73, 0x6d, 0x0a, 0, 1, 0]],
  ] as const)('%s is told as such', (_name, run, bytes) => {
    expect(() => run(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code: 'wasm-kind' }))
  })

  test('comes from the layer', () => {
    expect([CORE_HEADER, COMPONENT_HEADER, [0, 1, 2]].map((bytes) => wasmKind(Uint8Array.from(bytes)))).toEqual(['core', 'component', undefined])
  })
})

describe('size', () => {
  test('a million functions take no time to speak of', () => {
    const million = 1_000_000
    const types = section(1, bytesOf(1, 0x60, 0, 0))
    const functions = section(3, bytesOf(unsignedBytes(million), new Uint8Array(million)))
    const bodies = new Uint8Array(3 * million)
    for (let at = 0; at < bodies.length; at += 3) bodies.set([2, 0, 0x0b], at)
    const module = bytesOf(CORE_HEADER, types, functions, section(10, bytesOf(unsignedBytes(million), bodies)))

    const start = performance.now()
    readComponent(bytesOf(COMPONENT_HEADER, section(1, module)))
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test('a data segment of 100 MB is only passed over', () => {
    const data = new Uint8Array(100 * 2 ** 20)
    const module = bytesOf(CORE_HEADER, section(5, bytesOf(1, 0, 1)), section(11, bytesOf(1, 1, unsignedBytes(data.length), data)))

    const start = performance.now()
    readComponent(bytesOf(COMPONENT_HEADER, section(1, module)))
    expect(performance.now() - start).toBeLessThan(3000)
  })

  test('a million exports are gated in a moment', () => {
    const [million, entry] = [1_000_000, bytesOf(text('_ZN4core3ops8function6FnOnce'), 0, 0)]
    const entries = new Uint8Array(million * entry.length)
    for (let at = 0; at < entries.length; at += entry.length) entries.set(entry, at)
    const module = bytesOf(CORE_HEADER, section(7, bytesOf(unsignedBytes(million), entries)))

    const start = performance.now()
    readComponent(bytesOf(COMPONENT_HEADER, section(1, module)))
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

describe('depth', () => {
  test('components nested 10 000 deep', () => {
    let nested = bytesOf(COMPONENT_HEADER)
    for (let depth = 0; depth < 10_000; depth += 1) nested = bytesOf(COMPONENT_HEADER, section(4, nested))

    expect(outcomeOf(() => readComponent(nested))).toBe('wasm-invalid')
  })

  test('types nested 100 000 deep', () => {
    const opening = new Uint8Array(300_000)
    for (let at = 0; at < opening.length; at += 3) opening.set([0x42, 1, 1], at)

    expect(outcomeOf(() => readComponent(bytesOf(COMPONENT_HEADER, section(7, bytesOf(1, opening)))))).toBe('wasm-invalid')
  })
})

test('a count beyond the bytes is refused before it is counted down', () => {
  const start = performance.now()

  expect(outcomeOf(() => prepareCore(bytesOf(CORE_HEADER, section(7, Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f]))), CAPS))).toBe('wasm-invalid')
  expect(performance.now() - start).toBeLessThan(100)
})

describe('damage ends in a typed error', () => {
  const MODULE = '(module (import "a" "b" (func)) (memory 1) (table 2 funcref) (func (export "f")) (data (i32.const 0) "x"))'

  test.each([
    ['component', () => compileFixture('waiter'), readComponent],
    ['core module', () => compileWat(MODULE), (bytes: Uint8Array) => prepareCore(bytes, CAPS)],
  ] as const)('of a %s, wherever it is cut or changed', async (_name, make, run) => {
    const bytes = await make()

    for (let end = 0; end < bytes.length; end += 1) outcomeOf(() => run(bytes.slice(0, end)))
    for (let at = 0; at < bytes.length; at += 1) {
      for (const change of [0x01, 0x40, 0x80, 0xff]) {
        const damaged = bytes.slice()
        damaged[at] = (damaged[at] ?? 0) ^ change
        outcomeOf(() => run(damaged))
      }
    }
    expect(outcomeOf(() => run(bytes))).toBe('accepted')
  })
})
