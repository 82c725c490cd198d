import { expect, test } from 'vitest'
import type { Outcome } from '../../../../src/wire/payload.ts'
import { call, load, ok } from './harness.ts'

const STORE = `export const get = (k) => glovebox.storage.get(k)
  export const set = (k, v) => glovebox.storage.set(k, v)
  export const failing = async () => { try { await glovebox.storage.get('k') } catch (e) { return [e.name, e.message, e.code, e instanceof Error, e instanceof TypeError] } }
  export const many = (n) => Promise.allSettled(Array.from({ length: n }, (_, i) => glovebox.storage.get('k' + i))).then((all) => all.map((r) => r.reason?.code ?? r.value))`

test('a capability call carries values out and back', async () => {
  const { vm, outward } = await load(STORE)
  outward.answer = (_method, args) => Promise.resolve(ok({ value: args }))

  const value = new Map([['bytes', new Uint8Array([1, 2])], ['text', 'a\0\ud800']] as [string, unknown][])
  expect(await call(vm, 'set', ['k', value])).toEqual({ value: ['k', value, { ifVersion: null }] })
  expect(outward.calls).toEqual([{ method: 'storage.set', args: ['k', value, { ifVersion: null }] }])
})

test.each([
  ['PermissionError', 'permission-denied', false],
  ['TypeError', 'invalid-argument', true],
  ['__proto__', 'x', false],
  ['constructor', '', false],
])('a refusal named %s rejects with its name and code', async (name, code, isTypeError) => {
  const { vm, outward } = await load(STORE)
  outward.answer = () => Promise.resolve({ ok: false, error: { name, message: 'No\0.', code, stack: 'host secret' } })

  expect(await call(vm, 'failing')).toEqual([name, 'No\0.', code === '' ? undefined : code, true, isTypeError])
})

test('answers in any order reach the calls that asked', async () => {
  const { vm, outward } = await load(STORE)
  const answers: (() => void)[] = []
  outward.answer = (_method, args) => new Promise((resolve) => answers.push(() => resolve(ok({ value: (args as string[])[0] }))))
  const pending = call(vm, 'many', [4])
  await expect.poll(() => answers.length).toBe(4)

  for (const answer of answers.reverse()) answer()

  expect(await pending).toEqual(['k0', 'k1', 'k2', 'k3'])
})

test('bytes that wait outside the VM are counted, whatever the memory cap says inside', async () => {
  const code = `const one = new Uint8Array(12e6)
    export const hoard = () => Promise.all([1, 2, 3, 4, 5, 6].map((n) => glovebox.storage.set('k' + n, one).then(() => 'sent', (error) => error.code)))`
  const { vm, outward } = await load(code, { limits: { memoryMib: 128, messageBytes: 16 * 2 ** 20 } })
  const answers: ((outcome: Outcome) => void)[] = []
  outward.answer = () => new Promise((resolve) => answers.push(resolve))
  const pending = call(vm, 'hoard', [], 5000)
  await expect.poll(() => answers.length).toBe(4)

  for (const answer of answers) answer(ok(1))

  expect(await pending).toEqual(['sent', 'sent', 'sent', 'sent', 'queue-full', 'queue-full'])
})

test('requests beyond the number that may wait send nothing of their bodies', async () => {
  const code = `export const post = async (count) => {
    const codes = []
    for (let i = 0; i < count; i++) {
      const body = new ReadableStream({ pull(controller) { controller.enqueue(new Uint8Array(65_536)) } }, { highWaterMark: 1 })
      fetch('https://example.com', { method: 'POST', body, duplex: 'half' }).catch(({ code }) => codes.push(code))
      for (let tick = 0; tick < 50; tick++) await null
    }
    return codes
  }`
  const { vm, outward } = await load(code, { limits: { turnMs: 5000 } })
  outward.answer = () => new Promise(() => {})
  outward.sink = { ...outward.sink, write: (bytes) => new Promise(() => { outward.written.push(bytes) }) }

  expect(await call(vm, 'post', [40], 5000)).toEqual(new Array(32).fill('queue-full'))
  expect([outward.written.length, outward.ended.length]).toEqual([8, 32])
})

test('more pending capability calls than allowed are refused inside, without a message', async () => {
  const { vm, outward } = await load(STORE)
  const answers: ((outcome: Outcome) => void)[] = []
  outward.answer = () => new Promise((resolve) => answers.push(resolve))
  const pending = call(vm, 'many', [10])
  await expect.poll(() => answers.length).toBe(8)
  expect(vm.stats().pendingCapabilityCalls).toBe(8)

  for (const answer of answers) answer(ok({ value: 1 }))

  expect(await pending).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 'queue-full', 'queue-full'])
})

test.each([
  ['a function', '() => {}', 'value-unsupported'],
  ['too much', '"x".repeat(2 ** 20 + 1)', 'message-too-large'],
])('an argument with %s is the guest\'s own error', async (_name, value, code) => {
  const { vm, outward } = await load(`export const f = async () => { try { await glovebox.storage.set('k', ${value}) } catch (e) { return e.code } }`)

  expect(await call(vm, 'f')).toBe(code)
  expect(outward.calls).toEqual([])
})

test('a streamed body is read chunk by chunk', async () => {
  const { vm, outward } = await load('export const text = async () => { const r = await fetch("https://a.example/x"); return [r.status, await r.text()] }')
  const chunks = ['he', 'llo'].map((text) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>)
  outward.source = { read: () => Promise.resolve(chunks.shift()), cancel: () => {} }
  outward.answer = () => Promise.resolve(ok({ status: 200, statusText: 'OK', headers: [], url: 'https://a.example/x', redirected: false, body: 3 }))

  expect(await call(vm, 'text')).toEqual([200, 'hello'])
})

test('a stream that fails fails the read, and a reset cancels an open one', async () => {
  const { vm, outward } = await load(`export const f = async () => { const r = await fetch("https://a.example/x"); try { await r.text() } catch (e) { return e instanceof Error } }
    export const open = async () => { globalThis.r = await fetch("https://a.example/x"); const reader = r.body.getReader(); await reader.read() }`)
  outward.answer = () => Promise.resolve(ok({ status: 200, statusText: 'OK', headers: [], url: 'https://a.example/x', redirected: false, body: 3 }))
  vm.snapshot()
  outward.source = { read: () => Promise.reject(new Error('cut')), cancel: () => {} }
  expect(await call(vm, 'f')).toBe(true)

  outward.source = { read: () => Promise.resolve(new Uint8Array([1])), cancel: () => void outward.ended.push('cancelled') }
  expect(await call(vm, 'open')).toBeUndefined()
  vm.reset()

  expect(outward.ended).toEqual(['cancelled'])
})

test('nothing of the bridge is a global', async () => {
  const { vm } = await load('export const names = () => Object.getOwnPropertyNames(globalThis).filter((n) => /bridge|host|dispatch|prelude|crossing/i.test(n))')

  expect(await call(vm, 'names')).toEqual([])
})
