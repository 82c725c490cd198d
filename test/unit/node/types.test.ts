import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { typesOf } from '../../../src/node/types.ts'
import { compileFixture, createTestTranspiler } from '../lane/wasm-tools.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const COUNTER = new URL('../../fixtures/wit/counter.wit', import.meta.url)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glovebox-types-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Problems that TypeScript finds in `use`, beside the types. */
async function compile(types: string, use: string): Promise<string> {
  await writeFile(join(folder, 'extension.d.ts'), types)
  await writeFile(join(folder, 'use.ts'), `import type { Exports } from './extension.d.ts'\ndeclare const exports: Exports\n${use}`)
  const args = ['--strict', '--noEmit', '--allowImportingTsExtensions', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', 'use.ts']
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--ignoreConfig', ...args], { cwd: folder })
    .catch((error: unknown) => Object(error))
  return stdout
}

test('what a WIT world exports is typed, every function as a promise', async () => {
  const types = await typesOf(COUNTER, {}, createTestTranspiler)

  expect(await compile(types, `
    const reading = await exports['acme:counter/counting@1.2.0'].last('metre')
    const place: string = reading.place
    const value: number | undefined = reading.value
    const raw: Uint8Array = reading.raw
    const total: bigint = await exports.total([{ a: 1, b: 2 }])
    export { place, value, raw, total }
  `)).toBe('')
  expect(await compile(types, "await exports.total('many')")).toMatch(/TS2345/)
  expect(await compile(types, 'const now: bigint = exports.total([]); export { now }')).toMatch(/TS2322/)
  expect(types).not.toMatch(/Instantiates|ImportObject|Logging/)
})

test('so is what a component exports', async () => {
  const file = join(folder, 'adder.wasm')
  await writeFile(file, await compileFixture('adder'))
  const types = await typesOf(file, {}, createTestTranspiler)

  expect(await compile(types, "const sum: number = await exports['acme:math/api@1.2.0'].addTwo(1, await exports.add(2, 3)); export { sum }")).toBe('')
})

test.each([
  ['a file that is not there', 'nowhere.wit', 'file-missing', undefined],
  ['WIT that is not valid', 'bad.wit', 'transpile-failed', 'package a:b; world w { export x: func( }'],
  ['a core module', 'core.wasm', 'wasm-kind', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
])('%s is refused by its code', async (_what, name, code, contents) => {
  if (contents !== undefined) await writeFile(join(folder, name), contents)

  await expect(typesOf(join(folder, name), {}, createTestTranspiler)).rejects.toMatchObject({ code })
})
