import { expect, test } from 'vitest'
import type { Outcome } from '../../../../src/wire/payload.ts'
import { call, load, ok, type Loaded } from './harness.ts'

const COUNTER = 'let n = 0; const m = new Map(); export const next = () => { m.set(n, n); return [++n, m.size] }; export const draw = () => Math.random()'

async function loadSnapshot(source: string, memoryMib = 32): Promise<Loaded> {
  const loaded = await load(source, { limits: { memoryMib } })
  expect(loaded.error).toBeUndefined()
  loaded.vm.snapshot()
  return loaded
}

test('a reset takes the guest back to where it was after loading', async () => {
  const { vm } = await loadSnapshot(COUNTER)

  for (let round = 0; round < 3; round++) {
    expect(await call(vm, 'next')).toEqual([1, 1])
    expect(await call(vm, 'next')).toEqual([2, 2])
    expect(vm.reset()).toBe(true)
  }
})

test('two hundred resets do not wear it out', async () => {
  const { vm } = await loadSnapshot(COUNTER)
  const before = vm.stats().memoryBytes

  for (let round = 0; round < 200; round++) {
    expect(vm.reset()).toBe(true)
    expect(await call(vm, 'next')).toEqual([1, 1])
  }

  expect(vm.stats().memoryBytes).toBe(before)
})

test('Math.random differs after each reset', async () => {
  const { vm } = await loadSnapshot(COUNTER)
  const drawn = new Set<unknown>()

  for (let round = 0; round < 20; round++) {
    drawn.add(await call(vm, 'draw'))
    vm.reset()
  }

  expect(drawn.size).toBe(20)
})

test('memory grown since the snapshot is zeroed and used again; past four times there is no way back', async () => {
  const { vm } = await loadSnapshot(`let keep = []; export const eat = (mib) => { for (let i = 0; i < mib; i++) keep.push(new Uint8Array(2 ** 20).fill(0xab)); return keep.length }
    export const dirt = () => { const fresh = new Uint8Array(4 * 2 ** 20); return [fresh.some((x) => x !== 0), keep.length] }`, 64)
  const before = vm.stats().memoryBytes

  expect(await call(vm, 'eat', [8])).toBe(8)
  expect(vm.stats().memoryBytes).toBeGreaterThan(before)
  expect(vm.reset()).toBe(true)
  expect(await call(vm, 'dirt')).toEqual([false, 0])
  expect(vm.reset()).toBe(true)
  expect(await call(vm, 'eat', [8])).toBe(8)

  expect(await call(vm, 'eat', [28])).toBe(36)
  expect(vm.stats().memoryBytes).toBeGreaterThan(4 * before)
  expect(vm.reset()).toBe(false)
})

test('a snapshot reset still holds after out-of-memory that the guest survived', async () => {
  const { vm } = await load(`let keep = []; export const f = () => keep.length; export const fill = () => { try { for (;;) keep.push(new Uint8Array(2 ** 18)) } catch { return true } }`, { limits: { memoryMib: 16 } })
  vm.snapshot()

  expect(await call(vm, 'fill', [], 5000)).toBe(true)

  expect(vm.reset()).toBe(true)
  expect(await call(vm, 'f')).toBe(0)
})

test('timers of an ended epoch never fire, nor those of the start', async () => {
  const { vm, outward } = await loadSnapshot('setTimeout(() => console.log("start"), 1); export const arm = () => { setInterval(() => console.log("old"), 1) }; export const wait = () => new Promise((r) => setTimeout(r, 20))')
  await call(vm, 'arm')
  expect(vm.stats().timers).toBe(1)

  vm.reset()
  expect(vm.stats().timers).toBe(0)
  await call(vm, 'wait')

  expect(outward.lines).toEqual([])
})

test('late answers to capability calls of an ended epoch are dropped', async () => {
  const { vm, outward } = await loadSnapshot('export const ask = () => { glovebox.storage.get("k").then(() => console.log("late")) }; export const settle = () => glovebox.storage.get("k2").then(() => 1)')
  const answers: ((outcome: Outcome) => void)[] = []
  outward.answer = () => new Promise((resolve) => answers.push(resolve))
  await call(vm, 'ask')
  expect(vm.stats().pendingCapabilityCalls).toBe(1)

  vm.reset()
  expect(vm.stats().pendingCapabilityCalls).toBe(0)
  const pending = call(vm, 'settle')
  answers[0]?.(ok({ text: 'old' }))
  await Promise.resolve()
  answers[1]?.(ok(null))

  expect(await pending).toBe(1)
  expect(outward.lines).toEqual([])
})

test('handles of an ended epoch are gone and their numbers not used again', async () => {
  const { vm } = await loadSnapshot('export const open = () => { globalThis.d = new TextDecoder("utf-16le"); d.decode(new Uint8Array([65]), { stream: true }) }')
  await call(vm, 'open')
  expect(vm.stats().handles).toBe(1)

  vm.reset()

  expect(vm.stats().handles).toBe(0)
})

test('a call in flight at a reset is settled', async () => {
  const { vm } = await loadSnapshot('export const never = () => new Promise(() => {}); export const f = () => 1')
  const pending = call(vm, 'never')

  expect(vm.reset()).toBe(true)

  expect(await pending).toMatchObject({ error: { name: 'GloveboxVerdict', code: 'crashed' } })
  expect(await call(vm, 'f')).toBe(1)
})

test('a reset without a snapshot is refused', async () => {
  const { vm } = await load(COUNTER)

  expect(vm.reset()).toBe(false)
  expect(await call(vm, 'next')).toEqual([1, 1])
})

test('import() of a file after the snapshot works after every reset', async () => {
  const { vm } = await load('export const f = async () => (await import("./x.js")).n()', { files: { 'x.js': 'let n = 0; export { g as n }; function g() { return ++n }' } })
  vm.snapshot()

  for (let round = 0; round < 3; round++) {
    expect(await call(vm, 'f')).toBe(1)
    expect(vm.reset()).toBe(true)
  }
})
