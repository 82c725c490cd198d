import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build } from 'vite'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))
const ASSETS = ['frame.html', 'script.worker.js', 'quickjs.wasm'] as const

let folder = ''
let built: readonly string[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glovebox-bundler-'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><script type="module" src="./main.js"></script>')
  await writeFile(join(folder, 'main.js'), `import * as glovebox from ${JSON.stringify(join(DIST, 'index.js'))}\nwindow.glovebox = glovebox`)
  await build({ root: folder, configFile: false, logLevel: 'error' })
  built = await readdir(join(folder, 'dist/assets'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(ASSETS)("a user's bundler copies %s as it is, and inlines nothing", async (asset) => {
  const [, stem = '', extension = ''] = /^(.*)\.(\w+)$/.exec(asset) ?? []
  const copy = built.find((name) => name.startsWith(`${stem}-`) && name.endsWith(`.${extension}`)) ?? ''

  const [shipped, copied] = await Promise.all([readFile(join(DIST, asset)), readFile(join(folder, 'dist/assets', copy))])

  expect(copied.equals(shipped)).toBe(true)
})

test('what is loaded lazily stays out of the entry', () => {
  expect(built.filter((name) => /^(fflate|package-source)-.*\.js$/.test(name))).toHaveLength(2)
})
