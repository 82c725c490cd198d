/** The guest's globals in this engine, compared with the page's own. The same bodies run in Node's unit tests. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Extension, Glovebox } from 'glovebox'
import { createGlovebox } from 'glovebox'
import { BLOB_CASES } from '../conformance/blobs.ts'
import { ATTEMPT, GLOBAL_CASES } from '../conformance/globals.ts'
import { STREAM_CASES, STREAM_RESULTS } from '../conformance/streams.ts'
import { OBJECT_CASES, SHAPE } from '../conformance/objects.ts'
import { URL_PATTERN_CASES } from '../conformance/url-pattern.ts'
import { createPlainWorker, type PlainWorker } from './plain-worker.ts'
import { keepFrames, logsOf, pkg, run, until } from './box-harness.ts'

let box: Glovebox
let extension: Extension
let plain: PlainWorker
beforeAll(async () => {
  keepFrames()
  plain = createPlainWorker()
  box = await createGlovebox({ trust: { kind: 'development' }, store: 'memory', name: 'globals' })
  extension = await box.install(pkg('export const run = (body) => (0, eval)("(async () => {" + body + "})()")'))
})
afterAll(() => {
  plain.end()
  box.dispose()
})

/** Where this engine's page itself is not what the standard says. */
const PAGE_DIFFERS: ReadonlyMap<string, string> = new Map([])

test.each(GLOBAL_CASES.filter(([name]) => !PAGE_DIFFERS.has(name)))('%s are as in the page', async (_name, body) => {
  const expected: unknown = await (0, eval)(`(async () => {${ATTEMPT}${body}})()`)

  expect(await extension.call('run', [ATTEMPT + body])).toEqual(expected)
})

const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null')

test.each(STREAM_RESULTS)('%s are as they should be', async (_name, body, expected) => {
  expect(toJson(await extension.call('run', [ATTEMPT + body]))).toEqual(expected)
})

test.skipIf(!/Chrome/.test(navigator.userAgent)).each(STREAM_CASES)('%s are in the page as they should be', async (name, body) => {
  const expected = STREAM_RESULTS.find(([other]) => other === name)?.[2]
  expect(toJson(await (0, eval)(`(async () => {${ATTEMPT}${body}})()`))).toEqual(expected)
})

/** What WebKitGTK's own workers do otherwise: two engines and the standards agree on these. */
const WEBKIT_DIFFERS: ReadonlySet<string> = new Set([
  // reportError and what timers and listeners throw: no error event, or one without the error
  'reportError dispatches', 'reported primitives', 'onerror takes five arguments', 'listener errors reach the error event',
  'timer and microtask errors reach the error event',
  // a port in no transfer list is a TypeError, a closed one loses its handler, a null handler starts nothing
  'structuredClone moves ports', 'closed ports are silent', 'onmessage starts, also again',
  // a buffer that is transferred twice, and properties of a Map
  'the first refusal wins', 'map and set contents',
  // positions are not rounded, one blob becomes two in a clone, multipart is read loosely
  'blobs: slices', 'blobs: cloned blobs', 'blobs: forms that are read', 'blobs: forms that are refused',
  // loadstart tells of the end
  'blobs: a FileReader tells of its reading',
  // no byte streams
  'blobs: blob streams are byte streams', 'blobs: forms round', 'blobs: how forms are written',
])
const isWebKit = /AppleWebKit/.test(navigator.userAgent) && !/Chrome/.test(navigator.userAgent)

// Beside a worker, not the page: errors that nobody handles are its own to report, and tests of a page fail by them.
test.each([...OBJECT_CASES, ...BLOB_CASES, ...URL_PATTERN_CASES].filter(([name]) => !(isWebKit && WEBKIT_DIFFERS.has(name))))('%s are as in a worker', async (_name, body) => {
  const code = ATTEMPT + SHAPE + body

  expect(await extension.call('run', [code])).toEqual(await plain.run(code))
})

test('nothing that shares memory, compiles or reaches outside is a global', async () => {
  const names = (await extension.call('run', ['return Reflect.ownKeys(globalThis).map(String)'])) as string[]

  for (const name of ['SharedArrayBuffer', 'Atomics', 'WebAssembly', 'Worker', 'indexedDB', 'XMLHttpRequest', 'WebSocket', 'importScripts', 'postMessage', 'std', 'os', 'scriptArgs', 'bridge', 'host']) {
    expect(names).not.toContain(name)
  }
})

test('clocks are coarse', async () => {
  const ticks = (await extension.call('run', ['const t = []; for (let i = 0; i < 2000; i++) t.push(performance.now(), Date.now()); return t'])) as number[]

  expect(ticks.every(Number.isInteger)).toBe(true)
})

test('eval stays inside', async () => {
  expect(await extension.call('run', ['return [eval("typeof document"), new Function("return typeof window")(), (0, eval)("typeof fetch")]'])).toEqual([
    'undefined', 'undefined', 'function',
  ])
})

test('log lines come one by one, capped and without control or direction characters', async () => {
  const loud = await run(`export const log = () => {
    console.log('two\\nlines %s', { constructor: 1 })
    console.warn('\\u001b[31mred\\u202etxt.exe\\u0007')
    console.error('x'.repeat(20000))
  }`)
  const lines = logsOf(loud)

  await loud.call('log')
  await until(() => lines.length >= 4, 'four lines')

  expect(lines.slice(0, 2).map(({ level, text }) => [level, text])).toEqual([['info', 'two'], ['info', expect.stringMatching(/^lines .*constructor/)]])
  expect(lines[2]).toMatchObject({ level: 'warn', text: '\\u001b[31mred\\u202etxt.exe\\u0007' })
  expect(lines[3]?.text.length).toBeLessThanOrEqual(8192)
})

test('a log flood loses lines and is told, the extension lives on', async () => {
  const loud = await run('export const flood = () => { for (let i = 0; i < 20000; i++) console.log("x".repeat(100)) }; export const ok = () => 1')
  const lines = logsOf(loud)
  const limits: string[] = []
  loud.addEventListener('limit', ({ detail }) => limits.push(detail.code))

  await loud.call('flood')
  await loud.call('ok')
  await new Promise((resolve) => setTimeout(resolve, 1100)) // the rate is per second: the next line tells what was lost
  await loud.call('flood')
  await until(() => limits.length > 0, 'the limit event')

  await expect.poll(() => limits[0]).toBe('rate-limit')
  expect(lines.length).toBeLessThan(5000)
})
