/** The table of the guest's web API against the code it is made from, and against a real VM. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ABSENT, makeWebApiTable, WEB_API_FILE } from '../../../src/build/web-api.ts'
import { call, load } from '../guest/script/harness.ts'

const LIST = 'export const list = () => Object.getOwnPropertyNames(globalThis); export const has = (name) => name in globalThis'

/** What JavaScript itself has, by an engine that runs no code of ours. */
async function languageNames(): Promise<readonly string[]> {
  const { newQuickJSWASMModule } = await import('quickjs-emscripten')
  const bare = (await newQuickJSWASMModule()).newContext()
  const names: unknown = bare.dump(bare.unwrapResult(bare.evalCode('Object.getOwnPropertyNames(globalThis)')))
  return Array.isArray(names) ? names.map(String) : []
}

test('docs/web-api.md is what the code gives: run `npm run generate` after a change', async () => {
  expect(await readFile(WEB_API_FILE, 'utf8')).toBe(await makeWebApiTable())
})

test('the table names every global that a guest has beside the language, and no other', async () => {
  const { vm } = await load(LIST)
  const language = new Set([...(await languageNames()), 'RegExp', 'Date'])
  const names = (await call(vm, 'list')) as string[]
  const [table = ''] = (await makeWebApiTable()).split('## What is not there')
  const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name))

  expect(named.filter((name) => !language.has(name)).toSorted()).toEqual(names.filter((name) => !language.has(name)).toSorted())
})

test('what it calls absent is absent', async () => {
  const { vm } = await load(LIST)
  const names = ABSENT.flatMap(([each]) => each.split(', '))

  expect(await Promise.all(names.map(async (name) => [name, await call(vm, 'has', [name])]))).toEqual(names.map((name) => [name, false]))
})
