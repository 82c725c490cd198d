/** The packed tarball in an empty project, by plain `npm ci`: what it needs at run time is published, for every platform. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileFixture } from '../unit/lane/wasm-tools.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const INSTALL_MS = 120_000
const run = promisify(execFile)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glovebox-install-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('installs, and types a component', async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT })
  const [{ filename }] = JSON.parse(stdout)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'user', version: '1.0.0', private: true, dependencies: { glovebox: `file:${filename}` } }))
  const npm = (...args: readonly string[]): Promise<unknown> => run('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder })
  await npm('install', '--package-lock-only')
  await npm('ci')
  await writeFile(join(folder, 'adder.wasm'), await compileFixture('adder'))

  const types = await run(process.execPath, ['node_modules/glovebox/dist/cli.js', 'types', 'adder.wasm'], { cwd: folder })

  expect(types.stdout).toMatch(/add\(a: number, b: number\): number/)
}, INSTALL_MS)
