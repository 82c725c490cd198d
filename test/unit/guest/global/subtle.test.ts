/** What bounds crypto.subtle, inside the real engine. */
import { describe, expect, test } from 'vitest'
import { SUBTLE_HELP } from '../../../conformance/subtle.ts'
import { call, load } from '../script/harness.ts'

const RUN = 'export const run = (body) => (0, eval)("(async () => {" + body + "})()")'
const TELL = "const tell = async (run) => { try { await run(); return 'no' } catch (e) { return [e.name, e instanceof DOMException, e.message] } };"
const COLLECT = 'const all = []; for (let i = 0; i < 3e5; i++) all.push({ i }); return 1'

async function run(body: string): Promise<unknown> {
  const { vm } = await load(RUN, { limits: { turnMs: 5000, memoryMib: 128, handles: 100, pendingCapabilityCalls: 300 } })
  return call(vm, 'run', [`${SUBTLE_HELP}${TELL}${body}`], 10_000)
}

describe('one call costs at most', () => {
  test.each([
    ['iterations', "const k = await raw(sample, 'PBKDF2', ['deriveBits'], false); return tell(() => subtle.deriveBits({ name: 'PBKDF2', salt: sample, iterations: 1000001, hash: 'SHA-256' }, k, 256))", 'OperationError', '1000000 iterations'],
    ['iterations for long output', "const k = await raw(sample, 'PBKDF2', ['deriveBits'], false); return tell(() => subtle.deriveBits({ name: 'PBKDF2', salt: sample, iterations: 1000000, hash: 'SHA-256' }, k, 264))", 'OperationError', 'iterations'],
    ['iterations for a derived key', "const k = await raw(sample, 'PBKDF2', ['deriveKey'], false); return tell(() => subtle.deriveKey({ name: 'PBKDF2', salt: sample, iterations: 600000, hash: 'SHA-1' }, k, { name: 'AES-GCM', length: 256 }, true, ['encrypt']))", 'OperationError', 'iterations'],
    ['derived bits', "const k = await raw(sample, 'PBKDF2', ['deriveBits'], false); return tell(() => subtle.deriveBits({ name: 'PBKDF2', salt: sample, iterations: 1, hash: 'SHA-256' }, k, 2 ** 31))", 'OperationError', 'bits'],
    ['bits of a generated key', "return tell(() => subtle.generateKey({ name: 'HMAC', hash: 'SHA-1', length: 2 ** 31 }, true, ['sign']))", 'OperationError', 'bits'],
    ['an RSA modulus', "return tell(() => subtle.generateKey({ name: 'RSA-PSS', modulusLength: 8192, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign']))", 'OperationError', '4096'],
    ['an RSA exponent', "return tell(() => subtle.generateKey({ name: 'RSA-PSS', modulusLength: 1024, publicExponent: new Uint8Array(99).fill(255), hash: 'SHA-256' }, true, ['sign']))", 'OperationError', 'exponent'],
    ['an imported RSA modulus', "const n = btoa('\\xff'.repeat(1024)).replace(/=/g, '').replace(/\\//g, '_'); return tell(() => subtle.importKey('jwk', { kty: 'RSA', n, e: 'AQAB' }, { name: 'RSA-PSS', hash: 'SHA-256' }, true, ['verify']))", 'OperationError', '4096'],
    ['a message', "return tell(() => subtle.digest('SHA-1', new ArrayBuffer(16 * 2 ** 20 + 1)))", 'QuotaExceededError', 'bytes'],
    ['a container of a key', "return tell(() => subtle.importKey('spki', new ArrayBuffer(70000), { name: 'RSA-PSS', hash: 'SHA-256' }, true, ['verify']))", 'QuotaExceededError', '65536'],
    ['a jwk', "return tell(() => subtle.importKey('jwk', { kty: 'RSA', e: 'AQAB', n: 'A'.repeat(70000) }, { name: 'RSA-PSS', hash: 'SHA-256' }, true, ['verify']))", 'QuotaExceededError', '65536'],
  ])('%s', async (_, body, name, message) => {
    expect(await run(body)).toEqual([name, true, expect.stringContaining(message)])
  })

  test('a leading zero in an exponent is none', async () => {
    const body = "const k = await subtle.generateKey({ name: 'RSA-PSS', modulusLength: 1024, publicExponent: new Uint8Array([0, 1, 0, 1]), hash: 'SHA-256' }, true, ['sign']); return k.privateKey.type"

    expect(await run(body)).toBe('private')
  })
})

test('many operations at once wait for their turn, as far as their bytes have room', async () => {
  const body = `const all = await Promise.allSettled([...Array.from({ length: 600 }, () => subtle.digest('SHA-1', sample)), ...Array.from({ length: 5 }, () => subtle.digest('SHA-1', new ArrayBuffer(10 * 2 ** 20)))]);
    const failed = all.filter((a) => a.status === 'rejected').map((a) => a.reason.name + (a.reason instanceof DOMException)); return [failed.length, [...new Set(failed)]]`

  expect(await run(body)).toEqual([2, ['QuotaExceededErrortrue']])
})

test('keys are counted, and given back when they are dropped', async () => {
  const { vm } = await load(RUN, { limits: { turnMs: 5000, handles: 20 } })
  const make = `${SUBTLE_HELP}${TELL}globalThis.kept = []; return tell(async () => { for (;;) kept.push(await raw(sample, 'AES-GCM', ['encrypt'])) })`

  expect(await call(vm, 'run', [make], 5000)).toEqual(['QuotaExceededError', true, expect.stringContaining('20')])
  await call(vm, 'run', [`kept = undefined; ${COLLECT}`], 5000)

  expect(vm.stats().handles).toBe(0)
})

// Of the engines' own, some make them anew each time, and Node lets the key itself be changed.
test("a key's attributes are copies, always the same", async () => {
  const body = `const k = await raw(sample, 'AES-GCM', ['encrypt']); k.algorithm.name = 5; k.usages.push('decrypt')
    return [k.algorithm === k.algorithm, k.usages === k.usages, k.algorithm.name, await fails(() => subtle.encrypt({ name: 'AES-GCM', iv: sample }, k, sample)),
      await fails(() => subtle.decrypt({ name: 'AES-GCM', iv: sample }, k, sample))]`

  expect(await run(body)).toEqual([true, true, 5, 'no', 'InvalidAccessError dom'])
})

test('a clone is the same key, and outlives the one it was made of', async () => {
  const { vm } = await load(RUN, { limits: { turnMs: 5000, handles: 20 } })
  const make = `${SUBTLE_HELP} const k = await raw(sample, 'AES-GCM', ['encrypt'], false); const c = structuredClone({ k }).k; globalThis.clone = c
    return [c !== k, c instanceof CryptoKey, JSON.stringify(show(c)) === JSON.stringify(show(k)), c.algorithm !== k.algorithm]`
  const use = `${SUBTLE_HELP} return (await subtle.encrypt({ name: 'AES-GCM', iv: sample }, clone, sample)).byteLength`

  expect(await call(vm, 'run', [make], 5000)).toEqual([true, true, true, true])
  expect(await call(vm, 'run', [use], 5000)).toBe(48)
  await call(vm, 'run', [`clone = undefined; ${COLLECT}`], 5000)
  expect(vm.stats().handles).toBe(0)
})

test('a key that the main module made is there after every reset', async () => {
  const { vm } = await load(`const key = await crypto.subtle.importKey('raw', new Uint8Array(16), 'AES-CBC', true, ['encrypt'])
    export const use = async () => (await crypto.subtle.encrypt({ name: 'AES-CBC', iv: new Uint8Array(16) }, key, new Uint8Array(3))).byteLength`)
  vm.snapshot()

  for (let i = 0; i < 3; i++) {
    expect(await call(vm, 'use')).toBe(16)
    expect(vm.reset()).toBe(true)
  }
})

test('a key of before a reset is gone', async () => {
  const { vm } = await load("let key; export const make = async () => { key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']) }; export const has = () => key !== undefined")
  vm.snapshot()
  await call(vm, 'make')
  const before = vm.stats().handles

  vm.reset()

  expect([before, vm.stats().handles, await call(vm, 'has')]).toEqual([1, 0, false])
})
