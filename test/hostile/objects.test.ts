/** Attack 13, through the objects of the web API: marks, ports, blobs, listeners, patterns, and errors in the handlers of errors. */
import { expect, test } from 'vitest'
import { codeOf, failure, logsOf, openBox, pkg, run, until } from '../browser/box-harness.ts'

test.each([
  ['blobs of blobs', 'let b = new Blob(["x".repeat(1e5)]); for (;;) b = new Blob([await b.arrayBuffer(), b])'],
  ['ports with messages that nobody reads', 'const all = []; for (;;) { const c = new MessageChannel(); c.port1.postMessage("x".repeat(1000)); all.push(c) }'],
  ['listeners', 'for (;;) addEventListener("x", () => 1)'],
  ['forms', 'const f = new FormData(); for (;;) f.append("a", "x".repeat(1000))'],
  ['form bodies', 'const f = new FormData(); f.append("a", "x".repeat(1e6)); const all = []; for (;;) all.push(new Response(f))'],
  ['clones', 'let o = { a: [1, 2, 3] }; const all = []; for (;;) all.push(o = structuredClone({ o, p: o, all }))'],
  ['details of marks', 'for (;;) performance.mark("m", { detail: "x".repeat(1e5) })'],
  ['abort signals', 'const c = new AbortController(); for (;;) AbortSignal.any([c.signal])'],
  ['rejections that nobody handles', 'for (;;) Promise.reject(new Error("x"))'],
])('memory taken by %s ends at the cap or the deadline, and others go on', async (_name, code) => {
  const box = await openBox({ limits: { memoryMib: 32, callMs: 1500 }, startTimeoutMs: 10_000 })
  const eater = await box.install(pkg(`export const eat = async () => { ${code} }; export const ok = () => 1`))
  const other = await box.install(pkg('let n = 0; export const count = () => ++n', { id: 'com.example.other' }))
  await other.call('count')

  const error = await failure(eater.call('eat'))

  expect(['memory-exceeded', 'deadline-exceeded', 'thrown', 'crashed']).toContain(error.code)
  expect(await other.call('count')).toBe(2)
  // Garbage in cycles may still fill the memory, and the engine collects when it likes: then a new start helps.
  expect(await eater.call('ok').catch(() => eater.stop().then(() => eater.call('ok')))).toBe(1)
}, 30_000)

test('a million marks keep ten thousand', async () => {
  const extension = await run(`export const mark = () => { for (let i = 0; i < 3e4; i++) performance.mark('m' + i)
    const names = performance.getEntriesByType('mark').map((entry) => entry.name)
    return [names.length <= 10000, names.length >= 9000, names.at(-1)] }`, {}, { limits: { callMs: 20_000 } })

  expect(await extension.call('mark')).toEqual([true, true, 'm29999'])
})

test('messages that answer each other for ever leave the extension its calls and the page its turns', async () => {
  const extension = await run(`let n = 0
    export const start = () => { const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => { n++; port1.postMessage(0) }; port2.onmessage = () => port2.postMessage(0); port1.postMessage(0) }
    export const count = () => n`)
  await extension.call('start')
  const before = performance.now()

  const first = Number(await extension.call('count'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const second = Number(await extension.call('count'))

  expect(second).toBeGreaterThan(first)
  expect(performance.now() - before).toBeLessThan(1500)
})

test('a pattern that backtracks for ever ends at the deadline', async () => {
  const extension = await run(`export const match = () => typeof URLPattern === 'undefined' ? (() => { for (;;); })()
    : new URLPattern({ pathname: '/((?:a|a?)+)b' }).test({ pathname: '/' + 'a'.repeat(40) }); export const ok = () => 1`, {}, { startTimeoutMs: 10_000 })
  await extension.start()

  const result = await codeOf(extension.call('match', [], { timeoutMs: 500 }).then(() => Promise.reject(new Error('matched'))))

  // An engine may give up on such a match by itself.
  expect(['deadline-exceeded', 'Error: matched']).toContain(result)
  expect(await extension.call('ok')).toBe(1)
})

test('handlers that throw, reject and report in turn end as lines of the log', async () => {
  const extension = await run(`export const go = async () => {
    let n = 0
    onerror = () => { n++; throw new Error('in the handler') }
    onunhandledrejection = () => { n++; Promise.reject(new Error('again')).catch(() => 1); throw new Error('in the other') }
    addEventListener('error', () => { n++; reportError(new Error('reported')) })
    reportError(new Error('first'))
    Promise.reject(new Error('rejected'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    return n
  }`)
  const lines = logsOf(extension)

  const count = Number(await extension.call('go'))
  await until(() => lines.length >= 3, 'lines')

  expect(count).toBeLessThan(20)
  expect(lines.every(({ level }) => level === 'error')).toBe(true)
})

test('nothing of a port, a pattern or a blob outlives the memory that held it', async () => {
  const extension = await run(`let kept
    export const open = () => { const { port1, port2 } = new MessageChannel(); port2.onmessage = () => { console.log('late'); port1.postMessage(1) }; port1.postMessage(1); kept = port2; return typeof kept }
    export const see = async () => { await new Promise((resolve) => setTimeout(resolve, 30)); return typeof kept }`, { lifetime: 'call' })
  const lines = logsOf(extension)

  expect(await extension.call('open')).toBe('object')
  expect(await extension.call('see')).toBe('undefined')
  const before = lines.length
  await extension.call('see')

  expect(lines.length).toBe(before)
})
