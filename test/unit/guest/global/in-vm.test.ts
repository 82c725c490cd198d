/** The globals inside the real engine, compared with Node's own: what a fake bridge in Node cannot show (strings crossing, engine gaps). */
import { beforeAll, expect, test } from 'vitest'
import { ATTEMPT, GLOBAL_CASES } from '../../../conformance/globals.ts'
import { INTL_CASES } from '../../../conformance/intl.ts'
import { STREAM_RESULTS } from '../../../conformance/streams.ts'
import { SUBTLE_CASES } from '../../../conformance/subtle.ts'
import { call, load, ok, type Loaded } from '../script/harness.ts'

const RUN = 'export const run = (body) => (0, eval)("(async () => {" + body + "})()")'

let loaded: Loaded
beforeAll(async () => {
  loaded = await load(RUN, { limits: { turnMs: 5000 } })
})

async function runInVm(body: string): Promise<unknown> {
  return call(loaded.vm, 'run', [body], 5000)
}

async function runInNode(body: string): Promise<unknown> {
  return (0, eval)(`(async () => {${body}})()`)
}

/** Weak references are looked after when the engine collects cycles, which allocating brings about. */
const COLLECT = 'const all = []; for (let i = 0; i < 3e5; i++) all.push({ i }); return 1'

/** Node's own: a jwk of bytes is a DataError, getters of the prototype do not throw. */
const NODE_DIFFERS = new Set(['import refuses', 'keys cannot be made from data'].map((name) => `crypto.subtle: ${name}`))

test.each([...GLOBAL_CASES, ...SUBTLE_CASES, ...INTL_CASES].filter(([name]) => !NODE_DIFFERS.has(name)))('%s are as in Node', async (_name, body) => {
  expect(await runInVm(ATTEMPT + body)).toEqual(await runInNode(ATTEMPT + body))
})

test.each(STREAM_RESULTS)('%s are as they should be', async (_name, body, expected) => {
  expect(JSON.parse(JSON.stringify(await runInVm(ATTEMPT + body)) ?? 'null')).toEqual(expected)
})

// Node's own clone of these gives an empty object.
test('refuses to clone platform objects', async () => {
  const body = `${ATTEMPT} return [new URL('a:b'), new Event('x'), new Headers()].map((v) => attempt(() => structuredClone(v))[0])`
  expect(await runInVm(body)).toEqual(['DataCloneError', 'DataCloneError', 'DataCloneError'])
})

test('transfers buffers, also under views', async () => {
  const body =
    'const b = new Uint8Array([1, 2, 3]).buffer; const c = structuredClone({ b, v: new Uint8Array(b, 1) }, { transfer: [b] });' +
    'return [b.byteLength, [...c.v], c.v.buffer === c.b]'
  expect(await runInVm(body)).toEqual([0, [2, 3], true])
})

test('clones a list longer than the stack is deep, refuses what is detached', async () => {
  const body =
    'let l = null; for (let i = 0; i < 20000; i++) l = { next: l }; let d = 0; for (let a = structuredClone(l); a; a = a.next) d++;' +
    'const b = new ArrayBuffer(2); b.transfer(); const names = [];' +
    String.raw`for (const run of [() => structuredClone(b), () => structuredClone(1,
      { transfer: [b] })]) try { run() } catch (e) { names.push(e.name) } return [d, ...names]`
  expect(await runInVm(body)).toEqual([20_000, 'DataCloneError', 'DataCloneError'])
})

test('logs text only, and reports what timers and listeners throw', async () => {
  const { vm, outward } = await load(RUN)
  const body =
    String.raw`console.warn('a\0b', { x: [1] }); const t = new EventTarget(); t.addEventListener('x',
      () => { throw new RangeError('l') }); t.dispatchEvent(new Event('x'));` +
    "setTimeout(() => { throw new TypeError('t') }); queueMicrotask(() => { throw 'm' }); return new Promise((resolve) => setTimeout(resolve, 10))"

  await call(vm, 'run', [body])

  expect(outward.lines.map((line) => line.split('\n')[0])).toEqual([
    'warn: a\0b { x: [1] }',
    'error: Uncaught RangeError: l',
    expect.stringMatching(/^error: Uncaught .*m$/),
    'error: Uncaught TypeError: t',
  ])
})

test('the timer limit is an error the guest can handle', async () => {
  const { vm } = await load(RUN, { limits: { timers: 3 } })

  expect(await call(vm, 'run', ['try { for (;;) setTimeout(() => 1, 1000) } catch (error) { return [error.name, error.code] }'])).toEqual([
    'LimitError',
    'too-many-handles',
  ])
})

test('fetches with bodies both ways', async () => {
  const { vm, outward } = await load(RUN)
  const chunks = [new Uint8Array([104, 195]), new Uint8Array([169])]
  outward.source = { read: async () => chunks.shift(), cancel: () => undefined }
  outward.answer = async () => ok({ url: 'https://a/', status: 200, statusText: 'OK', headers: [['x', 'y']], redirected: false, body: 1 })

  const text = await call(vm, 'run', [
    "const r = await fetch('https://a', { method: 'POST', body: 'up' }); return [r.status, r.headers.get('X'), await r.text()]",
  ])

  expect(text).toEqual([200, 'y', 'h\u00e9'])
  expect(outward.calls).toEqual([
    {
      method: 'http.fetch',
      args: [{ url: 'https://a/', method: 'POST', headers: [['content-type', 'text/plain;charset=UTF-8']], body: 7, redirect: 'follow' }],
    },
  ])
  expect([Buffer.concat(outward.written).toString(), outward.ended]).toEqual(['up', ['sink ended']])
})

test('a body that is dropped unread is cancelled', async () => {
  const { vm, outward } = await load(RUN)
  outward.answer = async () => ok({ url: 'https://a/', status: 200, statusText: 'OK', headers: [], redirected: false, body: 1 })

  await call(vm, 'run', ["const { ok } = await fetch('https://a'); return ok"])
  await call(vm, 'run', [COLLECT])

  expect(outward.ended).toEqual(['source cancelled'])
})

test('decoders dropped in mid-stream give their handles back', async () => {
  const { vm } = await load(RUN, { limits: { handles: 5 } })
  const body = 'for (let i = 0; i < 4; i++) new TextDecoder().decode(new Uint8Array([0xc3]), { stream: true })'

  await call(vm, 'run', [body])
  const before = vm.stats().handles
  await call(vm, 'run', [COLLECT])

  expect([before, vm.stats().handles]).toEqual([4, 0])
})

test('storage answers with values', async () => {
  const { vm, outward } = await load(RUN)
  outward.answer = async () => ok({ value: new Map([[1, 2]]), version: 3 })

  expect(await call(vm, 'run', ["return [await glovebox.storage.get('k'), await glovebox.storage.get('k', { version: true })]"])).toEqual([
    new Map([[1, 2]]),
    { value: new Map([[1, 2]]), version: 3 },
  ])
})

test('a call after a reset sees no timer, and clocks do not run back', async () => {
  const { vm, outward } = await load(
    String.raw`let n = 0; export const start = () => { setInterval(() => console.log('tick'), 1); n++; return [n,
      performance.now()] }; export const idle = () => new Promise((resolve) => setTimeout(resolve, 15))`,
  )
  vm.snapshot()

  const first = (await call(vm, 'start')) as number[]
  const wasReset = vm.reset()
  outward.lines.length = 0
  await call(vm, 'idle')
  const second = (await call(vm, 'start')) as number[]

  expect([wasReset, first[0], second[0], outward.lines]).toEqual([true, 1, 1, []])
  expect(second[1]).toBeGreaterThan(first[1] ?? 0)
})

test('a guest that patches every intrinsic spoils itself only', async () => {
  const { vm, outward } = await load(RUN)
  // Loops by index and no calls: what it uses itself is patched, too.
  const body = `const seen = []; let count = 0
    const spy = function () { seen[count++] = this; for (let i = 0; i < arguments.length; i++) seen[count++] = arguments[i];
      throw new Error('patched') }
    const list = [Array, Map, Set, WeakMap, String, Promise, RegExp, Uint8Array, Function, Object, Symbol, Error, Date, FinalizationRegistry]
    const { ownKeys, defineProperty, getOwnPropertyDescriptor } = Reflect
    for (let t = 0; t < list.length; t++) {
      const { prototype } = list[t]; const keys = ownKeys(prototype)
      for (let k = 0; k < keys.length; k++) {
        const old = getOwnPropertyDescriptor(prototype, keys[k])
        if (typeof old.value === 'function' && keys[k] !== 'constructor') try { defineProperty(prototype, keys[k], { value: spy }) } catch {}
      }
    }
    const uses = [() => console.log({ a: 1 }, new Map()), () => new URL('a:b'), () => new URLSearchParams('a=b'),
      () => fetch('https://a'), () => structuredClone([1, new Map()]),
      () => setTimeout(() => 1, 1), () => new Request('https://a', { signal: new AbortController().signal }),
        () => new TextDecoder('latin1'), () => crypto.randomUUID(), () => new Response('x').text()]
    for (let i = 0; i < uses.length; i++) try { uses[i]() } catch {}
    let leaks = 0
    for (let i = 0; i < count; i++) if (seen[i] && typeof seen[i] === 'object' && 'capability' in seen[i]) leaks++
    throw new Error('leaks ' + leaks + ' of ' + (count > 10))`

  const result = await call(vm, 'run', [body], 3000)

  expect([vm.state, outward.verdicts]).toEqual(['loaded', []])
  expect(result).toMatchObject({ error: { message: 'leaks 0 of true' } })
})

test('a patched WeakMap does not see the bridge', async () => {
  const { vm } = await load(RUN)
  const body = `const seen = []; const { get, set, has } = WeakMap.prototype
    for (const [name, old] of Object.entries({ get, set, has })) WeakMap.prototype[name] = function (...args) { seen.push(...args);
      return old.apply(this, args) }
    new Request('https://a', { signal: new AbortController().signal, body: 'x', method: 'PUT' }).clone(); new Response('x').clone();
      await fetch('https://a').catch(() => 0)
    new URL('a:b').searchParams.append('x', 'y'); await new Response('x').text(); new TextDecoder().decode(new Uint8Array(1),
      { stream: true }); setTimeout(() => 1)
    return [seen.length > 5, seen.filter((value) => typeof value === 'object' && value !== null && 'capability' in value).length]`

  expect(await call(vm, 'run', [body])).toEqual([true, 0])
})

test('the log survives every value', async () => {
  const { vm, outward } = await load(RUN)
  const body = `const bomb = new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 }, getOwnPropertyDescriptor() { throw 3 },
    getPrototypeOf() { throw 4 }, has() { throw 5 } })
    let deep = {}; for (let i = 0; i < 1e4; i++) deep = { deep }
    const wide = Object.fromEntries(Array.from({ length: 1e4 }, (_, i) => ['k' + i, 'x'.repeat(100)]))
    const error = new Error('e'); error.cause = error; Object.defineProperty(error, 'stack', { get() { throw 6 } })
    const named = new Error('x'); named.name = { toString() { throw 7 } }
    for (const value of [bomb, deep, wide, error, named, Object.create(bomb), Symbol('s'), [bomb, bomb], 'x'.repeat(1e6), new Map([[bomb,
      bomb]]), undefined]) console.log(value)
    console.log('%s %d %i %f %o %O %j %c', bomb, bomb, bomb, bomb, bomb, bomb, bomb, bomb); console.log(bomb, '%s'); console.assert(false, bomb)`

  const result = await call(vm, 'run', [body], 5000)

  expect([result, vm.state]).toEqual([undefined, 'loaded'])
  expect(outward.lines.length).toBe(14)
  expect(Math.max(...outward.lines.map((line) => line.length))).toBeLessThan(8192 + 10)
})

test('gives coders back that nobody holds, also those that wait for a reader or for data', async () => {
  const { vm } = await load(RUN)
  const body = `const c = new CompressionStream('gzip'); const w = c.writable.getWriter(); const r = c.readable.getReader(); w.write(new Uint8Array(70000)); await r.read(); w.write(new Uint8Array(70000));
    new CompressionStream('gzip').readable.getReader().read(); new CompressionStream('gzip').writable.getWriter().write(new Uint8Array(9)); await null; return 1`

  for (let round = 0; round < 5; round += 1) await call(vm, 'run', [body])
  expect(vm.stats().handles).toBeGreaterThan(0)
  for (let round = 0; round < 5; round += 1) await call(vm, 'run', [COLLECT], 5000)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await call(vm, 'run', [COLLECT], 5000)

  expect(vm.stats().handles).toBe(0)
})

test.each([
  ['bodies', 'await new Response(new Uint8Array(4e6)).arrayBuffer()'],
  ['blobs', 'await new Blob([new Uint8Array(4e6)]).slice(1).arrayBuffer()'],
  ['forms', 'const f = new FormData(); f.append("a", new Blob([new Uint8Array(1e6)])); await new Response(f).formData()'],
  ['clones', 'structuredClone(new Blob([new Uint8Array(4e6)]))'],
  ['messages', 'const c = new MessageChannel(); c.port1.postMessage(new Uint8Array(4e6)); await new Promise((r) => { c.port2.onmessage = () => r(1) }); c.port1.close()'],
  ['events', 'new CustomEvent("x", { detail: new Uint8Array(4e6) })'],
])('the bytes of %s go with the objects that held them', async (_name, body) => {
  const { vm } = await load(RUN, { limits: { turnMs: 5000, memoryMib: 32 } })

  expect(await call(vm, 'run', [`for (let i = 0; i < 40; i++) { ${body} } return 'done'`], 5000)).toBe('done')
})
