/** Files that are made to hurt whoever reads them. The preparer is gone after each; the page and the box go on. */
import type { Glovebox } from 'glovebox'
import { expect, test } from 'vitest'
import fixtures from 'virtual:glovebox-wat'
import { codeOf, openBox } from '../browser/box-harness.ts'
import { bytesOf, COMPONENT_HEADER, CORE_HEADER, section, text } from '../unit/lane/binary.ts'
import { unsignedBytes } from '../../src/lane/wasm/writer.ts'

const MILLION = 1_000_000
/** WebKitGTK validates a million functions in 13 s on a busy machine of two cores; others in one. */
const SLOW_MS = 90_000

const adder = Uint8Array.from(atob(fixtures['adder']?.component ?? ''), (char) => char.charCodeAt(0))

async function install(box: Glovebox, bytes: Uint8Array, lane: 'component' | 'core', id: string): Promise<{ call(name: string, args: readonly unknown[]): Promise<unknown> }> {
  const core = lane === 'core' ? { core: { abi: 'wasi' } } : {}
  const manifest = { id: `com.example.${id}`, name: 'Hostile', version: '1.0.0', lane, entry: 'a.wasm', files: ['a.wasm'], ...core }
  return box.install({ manifest, files: { 'a.wasm': bytes } })
}

function millionFunctions(): Uint8Array {
  const bodies = new Uint8Array(3 * MILLION)
  for (let at = 0; at < bodies.length; at += 3) bodies.set([2, 0, 0x0b], at)
  const functions = section(3, bytesOf(unsignedBytes(MILLION), new Uint8Array(MILLION)))
  return bytesOf(CORE_HEADER, section(1, bytesOf(1, 0x60, 0, 0)), functions, section(10, bytesOf(unsignedBytes(MILLION), bodies)))
}

function nested(depth: number): Uint8Array {
  let bytes = bytesOf(COMPONENT_HEADER)
  for (let level = 0; level < depth; level += 1) bytes = bytesOf(COMPONENT_HEADER, section(4, bytes))
  return bytes
}

const exporting = (name: string): Uint8Array => bytesOf(
  CORE_HEADER, section(1, bytesOf(1, 0x60, 0, 0)), section(3, bytesOf(1, 0)), section(7, bytesOf(1, text(name), 0, 0)), section(10, bytesOf(1, 2, 0, 0x0b)),
)

test('each is refused with its code, and a good component installs after them in the same box', async () => {
  const box = await openBox()
  const inject = "'];globalThis.stolen=1;//"
  const memory = (...limits: readonly number[]): Uint8Array => bytesOf(CORE_HEADER, section(5, bytesOf(1, limits)))

  const codes = [
    await codeOf(install(box, bytesOf(COMPONENT_HEADER, section(1, exporting(inject))), 'component', 'names')),
    await codeOf(install(box, exporting(inject), 'core', 'core-names')),
    await codeOf(install(box, nested(2000), 'component', 'nested')),
    await codeOf(install(box, memory(4, 1), 'core', 'memory64')),
    await codeOf(install(box, memory(3, 1, 2), 'core', 'shared')),
    await codeOf(install(box, memory(0, ...unsignedBytes(65_536)), 'core', 'minimum')),
    await codeOf(install(box, bytesOf(COMPONENT_HEADER, section(1, millionFunctions())).slice(0, -1), 'component', 'cut')),
  ]

  expect(codes).toEqual(['unsafe-name', 'unsafe-name', 'wasm-invalid', 'wasm-memory', 'wasm-memory', 'memory-exceeded', 'wasm-invalid'])
  expect(Reflect.has(globalThis, 'stolen')).toBe(false)
  const good = await install(box, adder, 'component', 'good')
  expect(await good.call('add', [1, 2])).toBe(3)
})

test('a million functions are read in the preparer, while the page goes on', async () => {
  const box = await openBox()
  const component = bytesOf(COMPONENT_HEADER, section(1, millionFunctions()))
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 5)

  const code = await install(box, component, 'component', 'million').then(() => 'installed', (error: unknown) => Reflect.get(Object(error), 'code'))
  clearInterval(timer)

  expect(['installed', 'transpile-failed']).toContain(code)
  expect(longest).toBeLessThan(1000)
}, SLOW_MS)
