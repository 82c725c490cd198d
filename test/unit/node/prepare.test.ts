import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parsePrepared } from '../../../src/lane/component/prepared.ts'
import { preparePackage } from '../../../src/node/prepare.ts'
import { compileFixture, compileWat, createTestTranspiler } from '../lane/wasm-tools.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glovebox-prepare-'))
  await writeFile(join(folder, 'waiter.wasm'), await compileFixture('waiter'))
  await writeFile(join(folder, 'core.wasm'), await compileWat('(module (memory (export "memory") 1) (func (export "f")))'))
  await writeFile(join(folder, 'main.js'), 'export const f = () => 1')
})
afterAll(() => rm(folder, { recursive: true }))

async function extension(fields: object): Promise<string> {
  const path = join(folder, 'glovebox.json')
  await writeFile(path, JSON.stringify({ id: 'com.example.wasm', name: 'Wasm', version: '1.0.0', ...fields }))
  return path
}

test('a component package becomes what its worker runs', async () => {
  const { id, bytes, key, digest } = await preparePackage(await extension({ lane: 'component', entry: 'waiter.wasm', files: ['waiter.wasm'] }), {}, createTestTranspiler)

  expect(id).toBe('com.example.wasm')
  expect(key.startsWith(`${digest} `)).toBe(true)
  expect(parsePrepared(bytes)).toMatchObject({ asyncMode: 'jspi', exports: [{ kind: 'function', name: 'wait' }] })
})

test('how imports wait is part of the key', async () => {
  const source = await extension({ lane: 'component', entry: 'waiter.wasm', files: ['waiter.wasm'] })
  const keys = await Promise.all((['jspi', 'shared-buffer', 'never'] as const).map(async (waiting) => (await preparePackage(source, { waiting }, createTestTranspiler)).key))

  expect(new Set(keys).size).toBe(2)
})

test('a core package becomes its module, capped, without the transpiler', async () => {
  const source = await extension({ lane: 'core', entry: 'core.wasm', files: ['core.wasm'], core: { abi: 'json' } })
  const { bytes } = await preparePackage(source, { memoryMib: 16 }, () => Promise.reject(new Error('loaded')))

  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes))
  const { memory } = exports
  expect(() => (memory instanceof WebAssembly.Memory ? memory.grow(16 * 16) : 0)).toThrow(RangeError)
})

test('a script has nothing to prepare', async () => {
  const source = await extension({ lane: 'script', entry: 'main.js', files: ['main.js'] })

  await expect(preparePackage(source, {}, createTestTranspiler)).rejects.toMatchObject({ code: 'wasm-kind' })
})
