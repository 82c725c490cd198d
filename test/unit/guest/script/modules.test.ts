import { expect, test } from 'vitest'
import { boot, call, load } from './harness.ts'

const files = (main: string, more: Record<string, string> = {}): Map<string, string> => new Map(Object.entries({ 'main.js': main, ...more }))

test('modules import each other by relative paths, in circles and across folders', async () => {
  const { vm, error } = await load('import { b } from "./lib/b.js"; export const a = () => "a"; export const f = () => b()', {
    files: { 'lib/b.js': 'import { a } from "../main.js"; import c from "./deep/c.js"; export const b = () => a() + "b" + c', 'lib/deep/c.js': 'export default "c"' },
  })

  expect(error).toBeUndefined()
  expect(await call(vm, 'f')).toBe('abc')
})

test.each(['', ' with { type: "json" }'])('JSON is imported as its value%s', async (attributes) => {
  const data = { a: ['\u2028', { __proto__x: 1 }], text: '"\\ \0'.replace('\0', '') }
  const { vm } = await load(`import data from "./data.json"${attributes}; export const f = () => data`, { files: { 'data.json': JSON.stringify(data) } })

  expect(await call(vm, 'f')).toEqual(data)
})

test('import() works later, inside the package only', async () => {
  const { vm } = await load('export const f = async (p) => (await import(p)).default', { files: { 'x.js': 'export default 4' } })

  expect(await call(vm, 'f', ['./x.js'])).toBe(4)
  for (const path of ['./y.js', 'x.js', 'glovebox:entry', 'https://a.example/x.js', '../x.js', '/x.js']) {
    expect(await call(vm, 'f', [path])).toMatchObject({ error: { name: 'Error', code: '' } })
  }
})

test('check finds nothing in sound modules, runs nothing, and leaves the VM fit to load', async () => {
  const vm = await boot()
  const sound = files('import { b } from "./b.js"; globalThis.ran = 1; export const f = () => [typeof globalThis.ran, b]', { 'b.js': 'export const b = 2; export * from "./main.js"' })

  expect(vm.check(sound, 'main.js')).toBeUndefined()
  expect(vm.check(files('throw new Error("ran")'), 'main.js')).toBeUndefined()
  expect(await vm.load(sound, 'main.js')).toBeUndefined()
  expect(await call(vm, 'f')).toEqual(['number', 2])
})

test.each([
  ['a syntax error', files('let a = 1\n  let b = ;'), 'syntax-error', 'main.js', 2, 11],
  ['a syntax error in an imported file', files('import "./b.js"', { 'b.js': '\n\nfoo(' }), 'syntax-error', 'b.js', 3, undefined],
  ['a bare specifier', files('\nimport x from "lodash"'), 'import-unresolved', 'main.js', 2, 15],
  ['a missing file', files('import "./b.js"', { 'b.js': '\nimport y from \'./gone.js\'' }), 'import-unresolved', 'b.js', 2, 15],
  ['a path out of the package', files('import "../x.js"', { 'x.js': '' }), 'import-unresolved', 'main.js', 1, 8],
  ['an absolute path', files('import "/b.js"', { 'b.js': '' }), 'import-unresolved', 'main.js', 1, 8],
  ['a URL', files('import "https://e.example/x.js"'), 'import-unresolved', 'main.js', 1, 8],
  ['a module of the prelude', files('import "glovebox:entry"'), 'import-unresolved', 'main.js', 1, 8],
  ['JSON with a mistake', files('import d from "./d.json"', { 'd.json': '{"a":}' }), 'syntax-error', 'd.json', 1, 1],
  ['a NUL', files('import "./b.js"', { 'b.js': 'a\0b' }), 'syntax-error', 'b.js', 1, undefined],
  ['no entry', new Map(), 'import-unresolved', 'main.js', 1, 1],
])('check finds %s', async (_name, package_, code, file, line, column) => {
  const vm = await boot()

  const problem = vm.check(package_, 'main.js')

  expect(problem).toMatchObject({ code, file, line, ...(column === undefined ? {} : { column }) })
  expect(vm.state).toBe('booted')
})

test('a missing export of another file shows when it is loaded', async () => {
  const { error } = await load('import { nope } from "./b.js"; nope()', { files: { 'b.js': 'export const yes = 1' } })

  expect(error).toMatchObject({ name: 'SyntaxError', message: 'Could not find export \'nope\' in module \'b.js\'' })
})
