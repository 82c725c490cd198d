/** Attack 13, through what the worker computes for the guest: bombs, coders without end, coders left half-way. */
import { expect, test } from 'vitest'
import { codeOf, openBox, pkg } from '../browser/box-harness.ts'

/** 256 MiB of zeros in a quarter of a megabyte. */
async function makeBomb(): Promise<Uint8Array> {
  const zeros = new Uint8Array(2 ** 20)
  let left = 256
  const source = new ReadableStream({ pull: (controller) => (left-- > 0 ? controller.enqueue(zeros.slice()) : controller.close()) })
  return new Uint8Array(await new Response(source.pipeThrough(new CompressionStream('gzip'))).arrayBuffer())
}

const CODE = `
  const inflate = (bomb) => new Response(bomb).body.pipeThrough(new DecompressionStream('gzip'))
  export const count = async (bomb) => { let size = 0; for await (const chunk of inflate(bomb)) size += chunk.length; return size }
  export const peek = async (bomb) => { const reader = inflate(bomb).getReader(); const { value } = await reader.read(); await reader.cancel(); return value.length }
  export const keep = async (bomb) => (await new Response(inflate(bomb)).arrayBuffer()).byteLength
  export const leave = async (bomb) => { const reader = inflate(bomb).getReader(); globalThis.kept = reader; return (await reader.read()).value.length }
  export const many = async () => { const all = []; for (let i = 0; i < 1e6; i++) { const stream = new CompressionStream('gzip'); all.push(stream); await Promise.race([
    stream.readable.getReader().read(), stream.writable.getWriter().write(new Uint8Array(1))]) } }
  export const ok = () => 1
`

test('a bomb is counted, looked into and left without growing anything; kept, it ends at the cap', async () => {
  const box = await openBox({ limits: { memoryMib: 32, callMs: 25_000 }, startTimeoutMs: 10_000 })
  const extension = await box.install(pkg(CODE))
  const bomb = await makeBomb()

  expect(await extension.call('peek', [bomb.slice()])).toBeLessThanOrEqual(65_536)
  expect(await extension.call('count', [bomb.slice()])).toBe(256 * 2 ** 20)
  const [instance] = (await extension.inspect()).instances
  expect(instance).toMatchObject({ handles: 0 })
  expect(instance?.memoryBytes).toBeLessThan(24 * 2 ** 20)
  expect(await codeOf(extension.call('keep', [bomb]))).toMatch(/^(memory-exceeded|thrown|crashed)$/)
  expect(await extension.call('ok')).toBe(1)
}, 60_000)

test('coders without end stop at the limits, others go on', async () => {
  const box = await openBox({ limits: { memoryMib: 32, callMs: 10_000 }, startTimeoutMs: 10_000 })
  const extension = await box.install(pkg(CODE))
  const other = await box.install(pkg('let n = 0; export const count = () => ++n', { id: 'com.example.other' }))
  await other.call('count')

  expect(await codeOf(extension.call('many'))).toMatch(/^(memory-exceeded|deadline-exceeded|thrown|crashed)$/)

  expect(await other.call('count')).toBe(2)
  expect(await extension.call('ok')).toBe(1)
}, 30_000)

test('a reset in mid-stream frees the coder, the next call has its own', async () => {
  const box = await openBox({ limits: { memoryMib: 32 }, startTimeoutMs: 10_000 })
  const extension = await box.install(pkg(CODE, { lifetime: 'call' }))
  const bomb = await makeBomb()

  for (let round = 0; round < 3; round += 1) expect(await extension.call('leave', [bomb.slice()])).toBe(65_536)

  const { instances } = await extension.inspect()
  expect(instances.map(({ handles }) => handles)).toEqual([0])
}, 30_000)
