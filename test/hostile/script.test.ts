/** Attacks 13 to 17: a guest inside the engine that wants memory, time, the host's objects, or its neighbour's randomness. */
import { describe, expect, test } from 'vitest'
import { codeOf, failure, logsOf, openBox, pkg, run, until } from '../browser/box-harness.ts'

describe('memory', () => {
  const EATERS: [string, string][] = [
    ['rope strings', 'let s = "x"; for (;;) s = s + s + "y"'],
    ['bigints', 'let n = 1n; for (;;) n = n << 1000000n'],
    ['array buffers that grow', 'const b = new ArrayBuffer(1, { maxByteLength: 2 ** 30 }); for (let n = 1; ; n *= 2) b.resize(n)'],
    ['ten million small objects', 'const all = []; for (let i = 0; i < 1e7; i++) all.push({ i })'],
    ['arrays of arrays', 'let a = []; for (;;) a = [a, a, new Array(1000).fill(0)]'],
    ['closures', 'const all = []; for (;;) { const x = all.length; all.push(() => x) }'],
    ['a million URLs', 'const all = []; for (let i = 0; i < 1e6; i++) all.push(new URL("https://example.com/" + i))'],
    ['decoders kept in mid-stream', 'const all = []; for (let i = 0; i < 1e6; i++) { const d = new TextDecoder("utf-16le"); d.decode(new Uint8Array(1), { stream: true }); all.push(d) }'],
    ['a body stream without end', 'const chunk = new Uint8Array(65536); const all = []; for (;;) all.push(new Response(chunk).body)'],
    ['a headers object', 'const h = new Headers(); for (let i = 0; ; i++) h.append("a" + i, "x".repeat(1000))'],
  ]
  test.each(EATERS)('taken by %s ends at the cap or the deadline, others go on, and it can start again', async (_, code) => {
    const box = await openBox({ limits: { memoryMib: 32, callMs: 4000 }, startTimeoutMs: 10_000 })
    const eater = await box.install(pkg(`export const eat = () => { ${code} }; export const ok = () => 1`))
    const other = await box.install(pkg('let n = 0; export const count = () => ++n', { id: 'com.example.other' }))
    await other.call('count')

    const error = await failure(eater.call('eat'))

    expect(['memory-exceeded', 'deadline-exceeded', 'thrown', 'crashed', 'too-many-handles']).toContain(error.code)
    expect(await other.call('count')).toBe(2)
    expect(await eater.call('ok')).toBe(1)
    const [instance] = (await eater.inspect()).instances
    expect(instance?.memoryBytes).toBeLessThanOrEqual(32 * 2 ** 20)
  }, 30_000)
})

describe('time', () => {
  test.each([
    ['a catch around the interrupt', 'for (;;) { try { for (;;) {} } catch {} }'],
    ['a finally around the interrupt', 'const f = () => { try { for (;;) {} } finally { f() } }; f()'],
    ['a generator that never ends', 'for (const x of (function* () { for (;;) yield 1 })()) ;'],
    ['a huge sort', 'Array.from({ length: 3e6 }, (_, i) => -i).sort((a, b) => { let n = 0; while (n < 50) n++; return a - b })'],
    ['a proxy in every step', 'const p = new Proxy({}, { get: () => p, has: () => true }); with_(p); function with_(q) { for (;;) q.x }'],
    ['an async loop', 'return (async () => { for (;;) await null })()'],
    ['a sparse join', 'for (;;) new Array(2e6).join()'],
  ])('spent in %s ends at the deadline', { retry: 2 }, async (_, code) => {
    const extension = await run(`export const spend = () => { ${code} }; export const ok = () => 1`, {}, { startTimeoutMs: 10_000 })
    await extension.start()
    const before = performance.now()

    expect(await codeOf(extension.call('spend', [], { timeoutMs: 400 }))).toMatch(/^(deadline|memory)-exceeded$/)

    expect(performance.now() - before).toBeLessThan(400 + 250)
    expect(await extension.call('ok')).toBe(1)
  })

  test('timers are counted, and a flood of them leaves the page its turns', async () => {
    const extension = await run(`
      export const flood = () => { try { for (let i = 0; i < 1e4; i++) setTimeout(() => {}, 1e6) } catch (error) { return error.code } }
      export const spin = () => { for (let i = 0; i < 50; i++) setInterval(() => {}, 0); return 1 }`)

    expect(await extension.call('flood')).toBe('too-many-handles')
    await extension.stop()
    await extension.call('spin')
    const before = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(performance.now() - before).toBeLessThan(550)
  })
})

describe('what crosses', () => {
  test('an error of the host tells the guest a code and our words, no stack, path or object', async () => {
    const extension = await run(`
      export const probe = async () => {
        const caught = []
        for (const attempt of [
          () => fetch('https://example.com'), () => glovebox.storage.get('k'), () => glovebox.storage.get({ toString: 1 }),
          () => new URL('nope'), () => atob('*'), () => crypto.getRandomValues(new Float64Array(1)), () => structuredClone(() => {}),
        ]) {
          try { await attempt() } catch (error) {
            const chain = []
            for (let e = error; e !== null && e !== undefined && chain.length < 20; e = Object.getPrototypeOf(e)) chain.push(e.constructor?.name)
            let escaped
            try { escaped = error.constructor.constructor('return typeof document + typeof importScripts + typeof indexedDB')() } catch (e) { escaped = String(e) }
            caught.push({ stack: String(error.stack), message: error.message, cause: String(error.cause), escaped, chain })
          }
        }
        return caught
      }`)

    const caught = (await extension.call('probe')) as { stack: string; message: string; cause: string; escaped: string }[]

    expect(caught.length).toBe(7)
    for (const { stack, message, cause, escaped } of caught) {
      expect(escaped).toBe('undefinedundefinedundefined')
      expect(cause).toBe('undefined')
      expect(`${stack} ${message}`).not.toMatch(/script\.worker|index\.js|node_modules|\/src\/|http:\/\/(?:127|localhost)|at Session|data:text/)
    }
  })

  test.each([
    ['getters', '({ get message() { globalThis.hit = 1; throw 1 }, get name() { for (;;) {} }, get stack() { return { toString() { throw 2 } } } })'],
    ['a proxy', 'new Proxy(new Error("x"), { get(_, k) { if (k === "message") return "y".repeat(1e6); throw k }, getPrototypeOf() { throw 3 } })'],
    ['a thousand causes', '(() => { let e = new Error("deep"); for (let i = 0; i < 1000; i++) e = new Error("x", { cause: e }); return e })()'],
    ['null', 'null'],
    ['a symbol', 'Symbol("s")'],
    ['an object that claims a verdict', 'Object.assign(new Error("fake"), { name: "GloveboxVerdict", code: "turn-exceeded" })'],
  ])('a thrown value with %s is data, capped, and runs nothing on the page', async (_, expression) => {
    const extension = await run(`export const fail = () => { throw ${expression} }; export const ok = () => 1`)

    const error = await failure(extension.call('fail', [], { timeoutMs: 1000 }))

    expect(['thrown', 'deadline-exceeded']).toContain(error.code)
    expect(typeof error.message).toBe('string')
    expect(error.message.length).toBeLessThanOrEqual(8192)
    expect(await extension.call('ok')).toBe(1)
  })

  test('a returned thenable, a getter result and a patched JSON harm only their own guest', async () => {
    const box = await openBox()
    const vandal = await box.install(pkg(`
      JSON.stringify = () => '{"__proto__":{"polluted":1}}'; Object.keys = () => ['__proto__']; Array.isArray = () => false
      Map.prototype.get = () => { throw 1 }; Promise.prototype.then = function () { return this }; Object.defineProperty(Object.prototype, '$', { value: 1 })
      export const value = () => ({ a: 1, get b() { return () => {} } })`))
    const other = await box.install(pkg('export const ok = () => 1', { id: 'com.example.other' }))

    await vandal.call('value', [], { timeoutMs: 500 }).catch(() => {})

    expect(Reflect.get({}, 'polluted')).toBe(undefined)
    expect(await other.call('ok')).toBe(1)
  })

  test('terminal escapes, format strings and bidi text in logs stay text', async () => {
    const extension = await run(`export const log = () => { console.log('%c%s', 'color: red', '\\u202e\\u0000\\u001b]0;title\\u0007'); console.log('%s'.repeat(100)) }`)
    const lines = logsOf(extension)

    await extension.call('log')
    await until(() => lines.length >= 2, 'two lines')

    expect(lines.every(({ text }) => !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(text))).toBe(true)
  })
})

describe('randomness', () => {
  test('differs between two extensions of the same code, and between calls from one snapshot', async () => {
    const box = await openBox()
    const code = 'const drawn = Math.random(); export const draw = () => [drawn, Math.random(), crypto.randomUUID()]'
    const one = await box.install(pkg(code, { id: 'com.example.one', lifetime: 'call' }))
    const two = await box.install(pkg(code, { id: 'com.example.two', lifetime: 'call' }))

    const drawn = (await Promise.all([one.call('draw'), one.call('draw'), two.call('draw')])) as [number, number, string][]

    expect(new Set(drawn.map(([, later]) => later)).size).toBe(3)
    expect(new Set(drawn.map(([, , uuid]) => uuid)).size).toBe(3)
    expect(drawn[0]?.[0]).not.toBe(drawn[2]?.[0])
  })
})
