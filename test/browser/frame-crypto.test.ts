/** crypto.subtle of workers that have none: their frame lends its own. The shipped worker, with its own taken away before it starts. */
import { beforeAll, expect, inject, test } from 'vitest'
import { ATTEMPT } from '../conformance/globals.ts'
import { SUBTLE_CASES } from '../conformance/subtle.ts'
import { openBox, pkg } from './box-harness.ts'
import { comparable, isSame } from './firefox-errors.ts'

const WITHOUT = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
const CODE = 'export const run = (body) => (0, eval)("(async () => {" + body + "})()")'

/** Folder of the library's files, the worker after `prologue`. */
async function register(name: string, prologue: string): Promise<string> {
  const { origin } = inject('server')
  const [frame, worker, engine] = await Promise.all(['frame.html', 'script.worker.js', 'quickjs.wasm'].map((file) => fetch(`${origin}/dist/${file}`)))
  const bytes = new Uint8Array((await engine?.arrayBuffer()) ?? new ArrayBuffer(0))
  const base64 = btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''))
  const files = { 'frame.html': await frame?.text(), 'script.worker.js': prologue + (await worker?.text()), 'quickjs.wasm': { base64 } }
  const answer = await fetch(`${origin}/register/${name}`, { method: 'POST', body: JSON.stringify({ files }) })
  return ((await answer.json()) as { readonly url: string }).url
}

let assets: string
beforeAll(async () => {
  assets = await register('no-subtle', WITHOUT)
})

test('every case is as in the page', async () => {
  const box = await openBox({ assets })
  const extension = await box.install(pkg(CODE))

  for (const [name, body] of SUBTLE_CASES.filter(isSame)) {
    const expected: unknown = await (0, eval)(`(async () => {${ATTEMPT}${body}})()`)
    expect(comparable(await extension.call('run', [ATTEMPT + body])), name).toEqual(comparable(expected))
  }
})

test('many operations at once, and keys that are dropped by the thousand', async () => {
  const box = await openBox({ assets })
  const extension = await box.install(pkg(CODE))
  const body = `const { subtle } = crypto; const one = () => subtle.importKey('raw', new Uint8Array(16), 'AES-GCM', true, ['encrypt'])
    const all = await Promise.all(Array.from({ length: 200 }, one)); for (let i = 0; i < 300; i++) await one(); return all.length`

  expect(await extension.call('run', [body])).toBe(200)
  expect(await extension.call('run', ["return crypto.subtle.digest('SHA-1', new Uint8Array()).then((d) => d.byteLength)"])).toBe(20)
})

test.each(['session', 'call'])('the frame of a %s extension keeps no key that was dropped, also when one was dropped in use', async (lifetime) => {
  const prologue = `${WITHOUT}{ let keys = 0; const post = MessagePort.prototype.postMessage
    MessagePort.prototype.postMessage = function (...args) { const [id, method] = Array.isArray(args[0]) ? args[0] : []
      if (method === 'importKey') keys++; if (method === 'free') keys--; return post.apply(this, args) }
    const encode = TextEncoder.prototype.encode; TextEncoder.prototype.encode = function (text) { return encode.call(this, text.startsWith('nownow') ? String(keys) : text) } }`
  const box = await openBox({ assets: await register('count-keys', prologue) })
  const extension = await box.install(pkg(`const { subtle } = crypto
    const fixed = await subtle.importKey('raw', new Uint8Array(16), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
    export const signFixed = async () => (await subtle.sign('HMAC', fixed, new Uint8Array(8))).byteLength
    const sign = async () => (await subtle.sign('HMAC', await subtle.importKey('raw', new Uint8Array(16), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign']), new Uint8Array(8))).byteLength
    const collect = () => { for (let i = 0; i < 1e5; i++) { const cycle = {}; cycle.self = cycle } }
    export const many = async () => { const { length } = await Promise.all(Array.from({ length: 50 }, sign)); collect(); return length }
    export const keep = async () => { globalThis.kept = await subtle.importKey('raw', new Uint8Array(16), 'HKDF', false, ['deriveBits']) }
    export const count = () => new TextDecoder().decode(new TextEncoder().encode('now'.repeat(99)))`, { lifetime }))

  expect(await extension.call('many')).toBe(50)
  expect(await extension.call('count')).toBe('1')
  await extension.call('keep')
  expect(await extension.call('count')).toBe(lifetime === 'call' ? '1' : '2')
  expect([await extension.call('signFixed'), await extension.call('signFixed')]).toEqual([20, 20])
})

test.each([
  ['floods it', "for (let i = 0; i < 1e5; i++) port.postMessage([i, 'digest', ['SHA-1', new Uint8Array(1)]])"],
  ['floods it with calls that fail at once', "for (let i = 0; i < 1e5; i++) port.postMessage([i, 'digest', []])"],
  ['asks for something else', "port.postMessage([1, 'constructor', ['return this']])"],
  ['asks for a method of Object', "port.postMessage([1, 'toString', []])"],
  ['frees what it never had', "port.postMessage([1, 'free', [7]])"],
  ['sends a list that takes minutes to walk', "const list = []; list.length = 4e7; port.postMessage([1, 'digest', list])"],
  ['hides such a list in a key', "const list = []; list.length = 4e7; port.postMessage([1, 'importKey', ['jwk', { kty: 'oct', k: '', key_ops: list }, 'HKDF', false, []]])"],
  ['sends more bytes than its own half would', "port.postMessage([1, 'digest', ['SHA-1', new Uint8Array(2 ** 26)]])"],
  ['speaks another language', "port.postMessage({ then: 1 })"],
])('a worker that %s is ended, and the frame lives', async (_, attack) => {
  // Escaped code: takes the frame's port, and attacks when its extension calls crypto.
  const prologue = `${WITHOUT}{ let port; addEventListener('message', (event) => { port = event.data.crypto });
    const encode = TextEncoder.prototype.encode; TextEncoder.prototype.encode = function (text) { if (text.startsWith('nownow')) { ${attack} } return encode.call(this, text) } }`
  const box = await openBox({ assets: await register('attack-frame', prologue) })
  const attacker = await box.install(pkg('export const go = () => { new TextEncoder().encode("now".repeat(99)); return new Promise(() => {}) }; export const ok = () => 1'))
  await attacker.start()

  await expect(attacker.call('go', [], { timeoutMs: 5000 })).rejects.toMatchObject({ code: 'worker-failed' })
  expect(await attacker.call('ok')).toBe(1) // in another worker of the same frame
})
