/** `glovebox/node` and the command as a user has them: from the packed tarball, in a folder of their own. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileFixture } from '../unit/lane/wasm-tools.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glovebox-user-'))
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT })
  const [{ filename }] = JSON.parse(stdout)
  await mkdir(join(folder, 'node_modules'))
  await run('tar', ['-xzf', join(folder, filename), '-C', join(folder, 'node_modules')])
  await run('mv', [join(folder, 'node_modules/package'), join(folder, 'node_modules/glovebox')])
  await mkdir(join(folder, 'extension'))
  await writeFile(join(folder, 'extension/main.ts'), 'export const add = (a: number, b: number): number => a + b\n')
  await writeFile(join(folder, 'extension/glovebox.json'), JSON.stringify({
    id: 'com.example.add', name: 'Add', version: '1.0.0', lane: 'script', entry: 'main.ts', files: ['main.ts'],
  }))
})
afterAll(() => rm(folder, { recursive: true }))

test('without amaro, TypeScript is refused with what to install', async () => {
  const error = await glovebox('pack', 'extension').catch((reason: unknown) => reason)

  expect(error).toMatchObject({ code: 1, stderr: expect.stringContaining('npm install --save-dev amaro'), stdout: '' })
})

test('with it, the command packs', async () => {
  await symlink(join(ROOT, 'node_modules/amaro'), join(folder, 'node_modules/amaro'))

  const { stdout } = await glovebox('pack', 'extension')

  expect(stdout).toMatch(/^com\.example\.add-1\.0\.0\.glove: 1 file, \d+ bytes\nsha256:[0-9a-f]{64}\n$/)
  expect((await readFile(join(folder, 'com.example.add-1.0.0.glove'))).subarray(0, 2).toString()).toBe('PK')
})

test('glovebox/node packs the same bytes, and its errors are known by their codes', async () => {
  await writeFile(join(folder, 'pack.mjs'), `
    import { isGloveboxError, pack } from 'glovebox/node'
    const { archive, digest } = await pack('extension')
    const missing = await pack('nowhere').catch((error) => isGloveboxError(error, 'file-missing'))
    console.log(JSON.stringify([Buffer.from(archive).toString('base64'), digest, missing]))`)

  const { stdout } = await run(process.execPath, ['pack.mjs'], { cwd: folder })

  const [archive, , isMissing] = JSON.parse(stdout)
  expect(archive).toBe((await readFile(join(folder, 'com.example.add-1.0.0.glove'))).toString('base64'))
  expect(isMissing).toBe(true)
})

test("the guide's script runs as written", async () => {
  const guide = await readFile(join(ROOT, 'docs/extension-guide.md'), 'utf8')
  const code = /^```mjs\n(.*?)^```$/ms.exec(guide)?.[1] ?? ''
  await cp(join(folder, 'extension'), join(folder, 'my-extension'), { recursive: true })
  await writeFile(join(folder, 'guide.mjs'), code)

  const { stdout } = await run(process.execPath, ['guide.mjs'], { cwd: folder })

  expect(stdout).toMatch(/^sha256:[0-9a-f]{64} \[ 'main\.ts' \] \[\]$/m)
})

test('components are prepared and typed, with nothing installed beside the package', async () => {
  await mkdir(join(folder, 'component'))
  await writeFile(join(folder, 'component/adder.wasm'), await compileFixture('adder'))
  await writeFile(join(folder, 'component/glovebox.json'), JSON.stringify({
    id: 'com.example.adder', name: 'Adder', version: '1.0.0', lane: 'component', entry: 'adder.wasm', files: ['adder.wasm'],
  }))

  const prepared = await glovebox('prepare', 'component')
  const types = await glovebox('types', 'component/adder.wasm')

  expect(prepared.stdout).toMatch(/^com\.example\.adder-1\.0\.0\.prepared: \d+ bytes\nsha256:[0-9a-f]{64} \d/)
  expect((await readFile(join(folder, 'com.example.adder-1.0.0.prepared'))).subarray(0, 4).toString()).toBe('GBXP')
  expect(types.stdout).toMatch(/addTwo\(a: number, b: number\): number/)
})

function glovebox(...args: readonly string[]): Promise<{ readonly stdout: string }> {
  return run(process.execPath, [join(folder, 'node_modules/glovebox/dist/cli.js'), ...args], { cwd: folder })
}
