/** The preparer as it is built, in this engine. */
import type { Extension } from 'glovebox'
import { afterEach, describe, expect, test } from 'vitest'
import fixtures from 'virtual:glovebox-wat'
import { parseOutcome } from '../../src/wire/message.ts'
import { Session } from '../../src/wire/session.ts'
import { codeOf, openBox } from './box-harness.ts'

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
const component = (name: string): Uint8Array<ArrayBuffer> => fromBase64(fixtures[name]?.component ?? '')

const workers: Worker[] = []
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate()
})

/** The preparer's worker without a frame around it; gives bytes or the code of what was wrong. */
async function prepare(bytes: Uint8Array, lane: 'component' | 'core' = 'component'): Promise<{ readonly result: Uint8Array | string; readonly stages: readonly unknown[] }> {
  const [source, ...modules] = await Promise.all([
    fetch('/dist/prepare.worker.js').then((response) => response.text()),
    ...['/dist/transpiler.core.wasm', '/dist/transpiler.core2.wasm'].map((url) => WebAssembly.compileStreaming(fetch(url))),
  ])
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))
  workers.push(worker)
  const { port1, port2 } = new MessageChannel()
  const stages: unknown[] = []
  const methods = new Map([['progress', async (argument: unknown) => (stages.push(argument), { result: undefined, transfer: [] })]])
  const session = new Session(port1, { side: 'page', methods, maxPendingRequests: 10, onBreach: () => undefined })
  worker.postMessage({ modules: lane === 'core' ? [] : modules, port: port2 }, [port2])
  const request = { lane, bytes: bytes.slice().buffer, memoryPages: 2048, waiting: 'jspi' }
  const outcome = parseOutcome(await session.call('prepare', request))
  session.end(new Error('done'))
  if (outcome === undefined) throw new Error('no outcome')
  return { result: outcome.ok ? new Uint8Array(outcome.value.buffers[0] ?? new ArrayBuffer(0)) : outcome.error.code, stages }
}

test.each(Object.keys(fixtures))('%s becomes the same bytes as in Node', async (name) => {
  const { result } = await prepare(component(name))

  expect(result).toEqual(fromBase64(fixtures[name]?.prepared ?? ''))
})

test('progress is told in order', async () => {
  const { stages } = await prepare(component('adder'))

  expect(stages).toEqual([
    { stage: 'load', fraction: 0 }, { stage: 'read', fraction: 0.1 }, { stage: 'transpile', fraction: 0.2 }, { stage: 'glue', fraction: 0.6 },
  ])
})

test('a module of the core lane needs no transpiler', async () => {
  const { result } = await prepare(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 'core')

  expect(WebAssembly.validate(Uint8Array.from(result, Number))).toBe(true)
})

test('what Node prepared is asked for by the key that Node gave it', async () => {
  const { prepared = '', keys } = fixtures['adder'] ?? {}
  const asked: string[] = []
  const box = await openBox({ prepared: (key) => (asked.push(key), fromBase64(prepared).buffer) })
  const manifest = { id: 'com.example.wat', name: 'adder', version: '1.0.0', lane: 'component', entry: 'a.wasm', files: ['a.wasm'] }
  const extension = await box.install({ manifest, files: { 'a.wasm': component('adder') } })

  expect(await extension.call('add', [2, 3])).toBe(5)
  expect(asked).toEqual(['Suspending' in WebAssembly ? keys?.jspi : keys?.never])
})

describe('in a box', () => {
  const install = async (bytes: Uint8Array): Promise<Extension> => {
    const box = await openBox()
    return box.install({
      manifest: { id: 'com.example.adder', name: 'Adder', version: '1.0.0', lane: 'component', entry: 'a.wasm', files: ['a.wasm'] }, files: { 'a.wasm': bytes },
    })
  }

  test('a component is prepared and called', async () => {
    const extension = await install(component('adder'))

    expect(await extension.call('add', [2, 3])).toBe(5)
  })

  test.each([
    ['a core module', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 'wasm-kind'],
    ['a damaged component', component('adder').slice(0, -5), 'wasm-invalid'],
    ['a component that does not hold together', withoutExport(component('adder')), 'transpile-failed'],
    ['a name that would be code', withName(component('adder'), 'add-two', "';x()//"), 'unsafe-name'],
  ])('%s is refused with its code', async (_what, bytes, code) => {
    expect(await codeOf(install(bytes))).toBe(code)
  })
})

/** With the name replaced by another of its length, everywhere. */
function withName(bytes: Uint8Array, name: string, other: string): Uint8Array {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return Uint8Array.from(text.replaceAll(name, other), (char) => char.charCodeAt(0))
}

/** Its lifted function is one that the core module does not export. */
function withoutExport(bytes: Uint8Array): Uint8Array {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return Uint8Array.from(text.replace('\x03add', '\x03odd'), (char) => char.charCodeAt(0))
}
