import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseSync } from 'vite'
import { beforeAll, expect, test } from 'vitest'
import { parseSource } from '../unit/source-files.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const ALLOWED = /^(dist\/|wit\/|docs\/|README\.md$|LICENSE$|package\.json$)/

/** Words that only a door for tests would have. */
const TEST_HOOK = /__test|test-?hook|for-?testing|test-?only|escaped-?code|vitest/i

let paths: readonly string[] = []
beforeAll(async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT })
  const [packed] = JSON.parse(stdout)
  paths = packed.files.map((file: { readonly path: string }) => file.path)
})

test('ships what users need and nothing else', () => {
  expect(paths.filter((path) => !ALLOWED.test(path) || /test/i.test(path))).toEqual([])
  expect(paths).toEqual(expect.arrayContaining([
    'LICENSE', 'dist/index.js', 'dist/glovebox.iife.js', 'dist/script.worker.js', 'dist/frame.html', 'dist/quickjs.wasm', 'dist/types/index.d.ts',
    'dist/ui.js', 'dist/types/ui/index.d.ts',
    'dist/prepare.worker.js', 'dist/transpiler.core.wasm', 'dist/transpiler.core2.wasm', 'dist/node.js', 'dist/cli.js',
    'dist/types/node/index.d.ts', 'dist/types/extension.d.ts',
  ]))
})

test('holds no test hook', async () => {
  const texts = await Promise.all(paths.filter((path) => path.startsWith('dist/') && !path.endsWith('.wasm')).map(async (path) => {
    return { path, text: await readFile(join(ROOT, path), 'utf8') }
  }))

  expect(texts.flatMap(({ path, text }) => (TEST_HOOK.test(text) ? [`${path}: ${TEST_HOOK.exec(text)?.[0]}`] : []))).toEqual([])
})

test('ships the frame byte for byte', async () => {
  const [shipped, source] = await Promise.all(['dist/frame.html', 'src/host/frame/frame.html'].map((path) => readFile(join(ROOT, path))))

  expect(source?.equals(shipped ?? Buffer.alloc(0))).toBe(true)
})

test.each(['script', 'prepare'])('ships a %s worker that is one classic script', async (name) => {
  const text = await readFile(join(ROOT, `dist/${name}.worker.js`), 'utf8')

  const { module, errors } = parseSync('worker.js', text, { sourceType: 'script' })
  expect(errors).toEqual([])
  expect({ imports: module.dynamicImports, metas: module.importMetas, hasModuleSyntax: module.hasModuleSyntax })
    .toEqual({ imports: [], metas: [], hasModuleSyntax: false })
  expect([...parseSource('worker.js', text).uses].filter((use) => /^(console\.|eval\(\)$|new Function$|importScripts)/.test(use))).toEqual([])
})
