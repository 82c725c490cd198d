import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { runCommand } from '../../../src/node/command.ts'
import { pack } from '../../../src/node/pack.ts'
import { readArchive } from '../../../src/package/archive.ts'
import { DEFAULT_PACKAGE_LIMITS } from '../../../src/package/limits.ts'
import { verifyPackage } from '../../../src/package/verify.ts'

const folders: string[] = []
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
})

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'glovebox-pack-'))
  folders.push(folder)
  return folder
}

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>, manifest: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const folder = await emptyFolder()
  const whole = { id: 'com.example.packed', name: 'Packed', version: '1.2.3', lane: 'script', entry: Object.keys(files)[0], files: Object.keys(files), ...manifest }
  for (const [path, content] of Object.entries({ 'glovebox.json': JSON.stringify(whole), ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

async function textsOf(archive: Uint8Array<ArrayBuffer>): Promise<Record<string, string>> {
  const { files } = await readArchive(archive, DEFAULT_PACKAGE_LIMITS)
  return Object.fromEntries([...files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]))
}

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'packed', (error: unknown) => error)

describe('pack', () => {
  test('gives an archive that an install takes, with the digest that it will have', async () => {
    const folder = await folderOf({ 'main.js': 'import "./lib/a.js"', 'lib/a.js': '', 'data.bin': new Uint8Array([0, 255]) })

    const { archive, digest, files, warnings, id, version } = await pack(folder)
    const loaded = await readArchive(archive, DEFAULT_PACKAGE_LIMITS)
    const verified = await verifyPackage({ origin: 'local', ...loaded }, { kind: 'development' })

    expect(verified.digest).toBe(digest)
    expect([id, version, warnings]).toEqual(['com.example.packed', '1.2.3', []])
    expect(files.map(({ path, size }) => [path, size])).toEqual([['data.bin', 2], ['lib/a.js', 0], ['main.js', 19]])
    expect([...loaded.files.get('data.bin') ?? []]).toEqual([0, 255])
  })

  test('gives the same bytes for the same files, in another folder, order and time zone', async () => {
    const code = { 'main.ts': 'export const f = (x: number) => x', 'b.js': 'export {}' }
    const one = await pack(await folderOf(code))
    vi.stubEnv('TZ', 'Pacific/Kiritimati')
    const other = await pack(pathToFileURL(join(await folderOf(code), 'glovebox.json')))
    vi.unstubAllEnvs()

    expect(Buffer.from(other.archive).equals(Buffer.from(one.archive))).toBe(true)
  })

  test('strips types where they stand: every other character stays in its line and column', async () => {
    const source = 'import type { A } from "./a.ts"\nimport { b, type B } from "./b.ts"\nexport const f = <T,>(x: T | undefined, y?: B): T => x as T; // \u{1f600}\n'
    const { archive, warnings } = await pack(await folderOf({ 'main.ts': source, 'b.ts': 'export const b = 1\nexport interface B { x: number }' }))

    const { 'main.ts': code = '' } = await textsOf(archive)

    expect(code.split('\n').map((line) => line.length)).toEqual(source.split('\n').map((line) => line.length))
    expect(code).not.toMatch(/type|undefined/)
    expect(code.indexOf('x    ', 60)).toBe(source.indexOf('x: T'))
    expect(warnings).toEqual([])
  })

  test.each([
    ['an enum', 'const a = 1\n  enum X { A }', 2, 3],
    ['a namespace', 'namespace N { export const a = 1 }', 1, 1],
    ['a parameter property', 'class A {\n\tconstructor(private x: number) {}\n}', 2, 22],
    ['after wide characters', 'const a = "\u{1f600}"; enum X {}', 1, 17],
    ['text that does not parse', 'export const f = 1\nlet x: = 5', 2, 8],
  ])('refuses %s with its place', async (_name, source, line, column) => {
    const error = await failure(pack(await folderOf({ 'src/main.ts': source })))

    expect(error).toMatchObject({ code: 'syntax-error', details: { file: 'src/main.ts', line, column }, message: expect.stringContaining(`src/main.ts:${line}:${column}: `) })
  })

  test.each<readonly [string, () => Promise<string>, string, RegExp]>([
    ['a folder that is not there', async () => '/nowhere/at/all', 'file-missing', /no "\/nowhere/],
    ['a folder without a manifest', emptyFolder, 'file-missing', /has no glovebox\.json/],
    ['a manifest with a problem', () => folderOf({ 'main.js': '' }, { id: 5 }), 'manifest-invalid', /\$\.id/],
    ['files that are not there', () => folderOf({ 'main.js': '' }, { files: ['main.js', 'a.js', 'b.js'] }), 'file-missing', /"a\.js", "b\.js", which are not in/],
    ['a promise that is not kept', () => folderOf({ 'main.js': '' }, { files: [{ path: 'main.js', size: 7 }] }), 'digest-mismatch', /7 bytes/],
    ['a path that leads out', () => folderOf({ 'main.js': '' }, { files: ['main.js', '../x.js'] }), 'manifest-invalid', /\.\./],
    ['what is not UTF-8', () => folderOf({ 'main.ts': new Uint8Array([255, 254]) }), 'syntax-error', /UTF-8/],
    ['a file that no zip writer takes', () => folderOf({ 'main.js': '', ['__proto__']: '' }), 'archive-invalid', /another name/],
    ['a bomb', () => folderOf({ 'main.js': '', 'big.bin': new Uint8Array(4 * 2 ** 20) }), 'archive-invalid', /grows more/],
  ])('refuses %s', async (_name, open, code, message) => {
    expect(await failure(pack(await open()))).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('refuses a link that leads out of the folder', async () => {
    const folder = await folderOf({ 'main.js': '' }, { files: ['main.js', 'key'] })
    await symlink('/etc/hostname', join(folder, 'key'))

    expect(await failure(pack(folder))).toMatchObject({ code: 'file-missing', details: { path: 'key' } })
  })

  test('warns of imports that will not resolve, and of a map that stays behind', async () => {
    const code = `import a from './a.js'
      import{b}from"./typed.js";export * from '../../x.js'
      // import './comment.js'
      const text = 'import "./text.js"'
      void import('marked')
      export { c } from './c.js'
//# sourceMappingURL=main.js.map`
    const { warnings } = await pack(await folderOf({ 'src/main.js': code, 'src/typed.ts': 'export const b = 1', 'src/c.js': 'export const c = 1' }))

    expect(warnings).toEqual([
      expect.stringMatching(/^src\/main\.js:1: .*"\.\/a\.js".*add "src\/a\.js" to files/),
      expect.stringMatching(/^src\/main\.js:2: .*write "\.\/typed\.ts"/),
      expect.stringMatching(/^src\/main\.js:2: .*"\.\.\/\.\.\/x\.js"/),
      expect.stringMatching(/^src\/main\.js:5: .*"marked", which is no relative path/),
      expect.stringMatching(/^src\/main\.js: its source map/),
    ])
  })

  test('warns of secrets that no request could carry', async () => {
    const use = { name: 'vault:use', scope: { secrets: ['token'] } }
    const http = { name: 'http:read', scope: { origins: ['https://api.example.com'] } }
    const alone = await pack(await folderOf({ 'main.js': '' }, { permissions: [use] }))
    const together = await pack(await folderOf({ 'main.js': '' }, { permissions: [use], optionalPermissions: [http] }))

    expect(alone.warnings).toEqual([expect.stringMatching(/"vault:use" without "http:read"/)])
    expect(together.warnings).toEqual([])
  })

  test('understands what later versions of amaro throw', async () => {
    vi.resetModules()
    vi.doMock('amaro', () => ({ transformSync: () => { throw { code: 'UnsupportedSyntax', message: 'enum is not supported', startLine: 4, startColumn: 2 } } }))
    const { pack: packWithLater } = await import('../../../src/node/pack.ts')
    const error = await failure(packWithLater(await folderOf({ 'main.ts': '' })))
    vi.doUnmock('amaro')

    expect(error).toMatchObject({ code: 'syntax-error', details: { line: 4, column: 3 } })
  })
})

describe('the command', () => {
  async function run(...args: readonly string[]): Promise<{ readonly code: number, readonly out: string, readonly error: string }> {
    const said = { out: '', error: '' }
    const code = await runCommand(args, { out: (text) => (said.out += text), error: (text) => (said.error += text) })
    return { code, ...said }
  }

  test('writes the archive and says what is in it', async () => {
    const folder = await folderOf({ 'main.ts': 'import x from "y"; export const f = (x: number) => x' })
    const file = join(folder, 'out.glove')

    const { code, out, error } = await run('pack', folder, '-o', file)

    const { archive, digest } = await pack(folder)
    expect([code, out]).toEqual([0, `${file}: 1 file, ${archive.length} bytes\n${digest}\n`])
    expect(error).toMatch(/^warning: main\.ts:1: /)
    expect((await readFile(file)).equals(Buffer.from(archive))).toBe(true)
  })

  test.each([
    [[], 2, /which command/],
    [['pack'], 2, /one folder/],
    [['pack', 'a', 'b'], 2, /one folder/],
    [['unpack', 'a'], 2, /no command "unpack"/],
    [['pack', 'a', '--nope'], 2, /--nope/],
    [['pack', '/nowhere/at/all'], 1, /no "\/nowhere/],
  ])('%j ends with %d', async (args, code, message) => {
    const result = await run(...args)

    expect([result.code, result.out]).toEqual([code, ''])
    expect(result.error).toMatch(message)
  })

  test('lists every problem of a manifest', async () => {
    const { code, error } = await run('pack', await folderOf({ 'main.js': '' }, { id: 1, name: 2, version: 3, lane: 4, lifetime: 5 }))

    expect(code).toBe(1)
    expect(error.split('\n').filter((line) => line.startsWith('  $.'))).toHaveLength(5)
  })

  test('tells how it is used when asked', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Usage:'), error: '' })
  })
})

