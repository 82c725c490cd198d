/** Promises that nobody handles, as the engine itself tells of them. */
import { expect, test } from 'vitest'
import { call, load } from './harness.ts'

const RUN = 'export const run = (body) => (0, eval)("(async () => {" + body + "})()")'

async function linesOf(body: string): Promise<readonly string[]> {
  const { vm, outward } = await load(RUN)
  await call(vm, 'run', [body])
  return outward.lines.map((line) => line.split('\n')[0] ?? '')
}

test.each([
  ['Promise.reject', 'Promise.reject(new TypeError("a"))'],
  ['an async function, rejected after a while', '(async () => { await null; throw new TypeError("a") })()'],
  ['a chain', 'Promise.resolve().then(() => { throw new TypeError("a") }).finally(() => 1)'],
])('a rejection that nobody handles is logged: %s', async (_name, code) => {
  expect(await linesOf(`${code}; for (let i = 0; i < 9; i++) await null`)).toEqual(['error: Uncaught (in promise) TypeError: a'])
})

test('one that is handled before the jobs are done is not', async () => {
  expect(await linesOf('const p = Promise.reject(1); for (let i = 0; i < 9; i++) await null; await p.catch(() => 2)')).toEqual([])
})

test('what a call returns is handled by the host', async () => {
  const { vm, outward } = await load(`${RUN}; export const fail = async () => { throw new Error('mine') }`)

  expect(await call(vm, 'fail')).toMatchObject({ error: { message: 'mine' } })
  expect(outward.lines).toEqual([])
})

test('a main module that throws is told once, as the error of the load', async () => {
  const { outward, error } = await load('throw new Error("main")')

  expect(error).toMatchObject({ message: 'main' })
  expect(outward.lines).toEqual([])
})

test('many in one turn neither fill the memory nor end the VM', async () => {
  const { vm, outward } = await load(RUN)
  await call(vm, 'run', ['for (let i = 0; i < 5000; i++) Promise.reject(i)'], 5000)

  expect(await call(vm, 'run', ['return 7'])).toBe(7)
  expect(outward.lines.length).toBe(1000)
})

test('rejections that a reset forgets are not told afterwards', async () => {
  const { vm, outward } = await load(`${RUN}; export const keep = () => { globalThis.p = new Promise((_, r) => globalThis.r = r) }`)
  vm.snapshot()
  await call(vm, 'keep')
  expect(vm.reset()).toBe(true)

  expect(await call(vm, 'run', ['return typeof globalThis.r'])).toBe('undefined')
  expect(outward.lines).toEqual([])
})

test('listeners hear of a rejection, may prevent the line, and hear of the late handler', async () => {
  const { vm, outward } = await load(`${RUN}
    const seen = []
    addEventListener('unhandledrejection', (event) => { seen.push(event.type, event.reason, event.promise === globalThis.p); event.preventDefault() })
    addEventListener('rejectionhandled', (event) => seen.push(event.type, event.reason, event.promise === globalThis.p))
    export const read = () => seen`)
  await call(vm, 'run', ['globalThis.p = Promise.reject(5)'])
  await call(vm, 'run', ['globalThis.p.catch(() => {})'])

  expect(await call(vm, 'read')).toEqual(['unhandledrejection', 5, true, 'rejectionhandled', 5, true])
  expect(outward.lines).toEqual([])
})
