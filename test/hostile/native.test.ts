/** Attack 13 and 14 through what the worker does natively: crypto.subtle and Intl. What ends a worker does not end a native loop. */
import { describe, expect, test } from 'vitest'
import type { Extension } from 'glovebox'
import { codeOf, openBox, pkg } from '../browser/box-harness.ts'

const CODE = `export const ok = () => 1
  export const run = (body) => (0, eval)("(async () => { const sample = new Uint8Array(32);" + body + "})()")`

async function pair(): Promise<{ readonly attacker: Extension; readonly other: Extension }> {
  const box = await openBox({ limits: { memoryMib: 128, callMs: 15_000, handles: 2000 }, startTimeoutMs: 10_000 })
  const attacker = await box.install(pkg(CODE))
  const other = await box.install(pkg('let n = 0; export const count = () => ++n', { id: 'com.example.other' }))
  await other.call('count')
  return { attacker, other }
}

describe('natively', () => {
  test.each([
    ['a million keys', "const kept = []; for (let i = 0; i < 1e6; i++) kept.push(await crypto.subtle.importKey('raw', sample, 'AES-GCM', true, ['encrypt']))", 'QuotaExceededError'],
    ['a key of 16 MiB again and again', "const kept = []; const big = new Uint8Array(16 * 2 ** 20); for (;;) kept.push(await crypto.subtle.importKey('raw', big, 'HKDF', false, ['deriveBits']))", 'QuotaExceededError'],
    ['a message of 100 MB', "await crypto.subtle.digest('SHA-256', new ArrayBuffer(1e8))", 'QuotaExceededError'],
    ['a hundred messages of 10 MB at once', "const b = new ArrayBuffer(1e7); await Promise.all(Array.from({ length: 100 }, () => crypto.subtle.digest('SHA-256', b)))", 'QuotaExceededError'],
    ['iterations over the cap', "const k = await crypto.subtle.importKey('raw', sample, 'PBKDF2', false, ['deriveBits']); await crypto.subtle.deriveBits({ name: 'PBKDF2', salt: sample, hash: 'SHA-512', iterations: 2 ** 32 - 1 }, k, 8)", 'OperationError'],
    ['an RSA key of 16384 bits', "await crypto.subtle.generateKey({ name: 'RSA-OAEP', modulusLength: 16384, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-1' }, true, ['encrypt'])", 'OperationError'],
    ['thousands of operations at once', "const all = await Promise.all(Array.from({ length: 5000 }, () => crypto.subtle.digest('SHA-1', sample))); return String(all.length)", '5000'],
    ['marks without end', "('a' + '\\u0301\\u0316'.repeat(3e5)).localeCompare('a' + '\\u0316\\u0301'.repeat(3e5))", 'RangeError'],
    ['a number of a million digits', "(10n ** 30000n).toLocaleString()", 'RangeError'],
    ['a list of a million names', "new Intl.ListFormat('en').format(Array(1e6).fill('a'))", 'RangeError'],
    ['a million locales', "Intl.getCanonicalLocales(Array(1e6).fill('en-x-a'))", 'RangeError'],
    ['an array-like without end', "Intl.getCanonicalLocales({ length: 2 ** 40, 0: 'en' })", 'deadline'],
  ])('%s ends at a limit that the guest is told, or at its deadline; others go on', async (_, body, expected) => {
    const { attacker, other } = await pair()
    const timeoutMs = expected === 'deadline' ? 2_000 : 12_000
    const attempt = attacker.call('run', [`try { ${body} } catch (e) { return e.name }`], { timeoutMs })

    const outcome = await attempt.catch((error: { readonly code?: unknown }) => String(error.code))

    expect(outcome).toMatch(expected === 'deadline' ? /deadline-exceeded|memory-exceeded/ : new RegExp(`^${expected}$`))
    expect(await other.call('count')).toBe(2)
    expect(await attacker.call('ok')).toBe(1)
  })

  test('a million formatters cost no more than the last few', { timeout: 60_000 }, async () => {
    const { attacker, other } = await pair()
    const body = "const kept = []; for (let i = 0; i < 1e6; i++) kept.push(new Intl.DateTimeFormat('en-u-ca-' + ['gregory', 'buddhist', 'roc', 'japanese'][i % 4] + '-nu-' + ['latn', 'arab', 'thai'][i % 3], { timeZone: 'UTC', era: i % 2 ? 'long' : 'short' })); return kept.length"

    expect(await codeOf(attacker.call('run', [body], { timeoutMs: 4000 }))).toMatch(/deadline-exceeded|memory-exceeded/)
    expect(await other.call('count')).toBe(2)
  })

  test('dates in ever other locales end at a limit, since engines keep data of each for good; those that it had go on', async () => {
    const { attacker } = await pair()
    const body = `let count = 0; try { for (; count < 10_000; count++) new Intl.DateTimeFormat(['en-x-' + count.toString(36)]).format(0) } catch (error) { return [error.name, count > 0, new Intl.DateTimeFormat(['en-x-0']).format(0)] }`

    expect(await attacker.call('run', [body])).toEqual(['RangeError', true, '1/1/1970'])
  })

  test('work that was begun when the worker ended is little: the next one is served', { timeout: 60_000 }, async () => {
    const { attacker } = await pair()
    const body = `const k = await crypto.subtle.importKey('raw', sample, 'PBKDF2', false, ['deriveBits'])
      for (let i = 0; i < 200; i++) crypto.subtle.deriveBits({ name: 'PBKDF2', salt: sample, hash: 'SHA-256', iterations: 1e6 }, k, 256).catch(() => {})
      for (let i = 0; i < 50; i++) crypto.subtle.generateKey({ name: 'RSA-PSS', modulusLength: 4096, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign']).catch(() => {}); return 1`

    expect(await attacker.call('run', [body])).toBe(1)
    await attacker.stop()
    const before = performance.now()
    const digest = "return (await crypto.subtle.digest('SHA-256', sample)).byteLength"

    expect(await attacker.call('run', [digest], { timeoutMs: 20_000 })).toBe(32)
    expect(performance.now() - before).toBeLessThan(15_000) // four of them, on a machine that may be busy
  })
})

describe('objects that are read while they change', () => {
  test('bytes that a getter detaches, shrinks or fills', async () => {
    const { attacker } = await pair()
    const body = `const out = []; const tell = async (run) => { try { const r = await run(); out.push(r.byteLength) } catch (e) { out.push(e.name) } }
      const fresh = () => new Uint8Array(64)
      let a = fresh(); await tell(() => crypto.subtle.digest({ get name() { a.buffer.transfer(); return 'SHA-1' } }, a))
      const r = new ArrayBuffer(64, { maxByteLength: 64 }); const v = new Uint8Array(r, 32); await tell(() => crypto.subtle.digest({ get name() { r.resize(8); return 'SHA-1' } }, v))
      const k = await crypto.subtle.importKey('raw', sample, 'AES-GCM', true, ['encrypt'])
      let iv = fresh(); await tell(() => crypto.subtle.encrypt({ name: 'AES-GCM', get additionalData() { iv.buffer.transfer(); return fresh() }, get iv() { return iv } }, k, fresh()))
      await tell(() => crypto.subtle.encrypt({ name: 'AES-GCM', iv: new DataView(new ArrayBuffer(12)), get tagLength() { throw new RangeError('mine') } }, k, fresh()))
      return out`

    expect(await attacker.call('run', [body])).toEqual([20, 20, expect.stringMatching(/Error$/), 'RangeError'])
  })

  test('names that objects inherit, getters of then, and proxies change nothing and run nothing outside', async () => {
    const { attacker } = await pair()
    const body = `const out = []; const tell = async (run) => { try { await run(); out.push('no') } catch (e) { out.push(e.name) } }
      for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) { await tell(() => crypto.subtle.digest(name, sample)); await tell(() => new Intl.NumberFormat(name)); await tell(() => Intl.supportedValuesOf(name)) }
      const evil = JSON.parse('{"__proto__":{"polluted":1},"name":"HMAC","hash":{"name":"SHA-1","__proto__":{"polluted":1}},"constructor":{"prototype":{"polluted":1}}}')
      Object.defineProperty(evil, 'then', { get() { throw new Error('read') } })
      const key = await crypto.subtle.importKey('raw', sample, evil, true, ['sign']); out.push(key.algorithm.hash.name, ({}).polluted ?? 'clean')
      await tell(() => crypto.subtle.importKey('jwk', new Proxy({}, { get() { throw new EvalError('trap') } }), 'AES-GCM', true, ['encrypt']))
      await tell(() => new Intl.DateTimeFormat('en', new Proxy({}, { get() { throw new EvalError('trap') }, has() { throw 1 }, ownKeys() { throw 2 } })))
      await tell(() => crypto.subtle.importKey('raw', sample, { name: 'HMAC', hash: { name: { toString() { return { } } } } }, true, ['sign'])); return out`

    const [...out] = (await attacker.call('run', [body])) as string[]

    expect(out.slice(0, 12).every((name) => /^(?:NotSupportedError|RangeError|no)$/.test(name)), out.join()).toBe(true)
    expect(out.slice(12)).toEqual(['SHA-1', 'clean', 'EvalError', 'EvalError', 'TypeError'])
    expect(Reflect.get({}, 'polluted')).toBe(undefined)
  })

  test('a guest that patches what the prelude uses spoils only itself', async () => {
    const { attacker, other } = await pair()
    const body = `JSON.stringify = () => '[{"name":"SHA-1"},0,{"__proto__":null}]'; JSON.parse = () => ({ key: { handle: 1 } }); Array.from = () => [1]
      Object.fromEntries = () => ({}); Object.prototype.toJSON = () => 5; Array.prototype.push = () => 0; String.prototype.split = () => []
      const names = []; for (const run of [() => crypto.subtle.digest('SHA-1', sample), () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']), () => (1).toLocaleString(), () => new Intl.Locale('de')]) { try { await run() } catch {} } return 1`

    await attacker.call('run', [body], { timeoutMs: 4000 }).catch(() => {})

    expect(await other.call('count')).toBe(2)
  })
})
