/** `glovebox.files` on directories of a script's own, in a real box. Components and modules: component-services.ts, kept.test.ts. */
import type { Extension, Glovebox, GloveboxOptions } from 'glovebox'
import { describe, expect, test } from 'vitest'
import { answering, limitsOf, openBox, pkg, uniqueName, until } from './box-harness.ts'

const CODE = `
  const told = (run) => run().then((value) => value ?? 'done', (error) => error.code || String(error))
  export const read = (path) => told(() => glovebox.files.readText(path))
  export const bytes = (path) => glovebox.files.read(path)
  export const write = (path, data) => told(() => glovebox.files.write(path, data))
  export const remove = (path) => told(() => glovebox.files.remove(path))
  export const list = (path) => told(async () => (await glovebox.files.list(path)).map(({ name, kind, size }) => [name, kind, size]))
  export const modified = async (path) => (await glovebox.files.list(path))[0].modified
  export async function keepWriting(path, text) {
    for (let count = 0; ; count++) {
      const code = await write(path, text)
      if (code !== 'done') return [code, count > 0]
    }
  }
  export const writeAll = (from, count) => Promise.all(Array.from({ length: count }, (_, i) => write('/data/' + from + i, String(i))))
`
const directory = (name: string, ...directories: readonly string[]): object => ({ name, scope: { directories }, reason: 'to test' })
const BOTH = [directory('file:read', '/data', '/data/deep', '/logs'), directory('file:write', '/data', '/data/deep')]

type Opened = Promise<{ readonly box: Glovebox; readonly extension: Extension }>

async function open(manifest: Record<string, unknown> = {}, options: Partial<GloveboxOptions> = {}): Opened {
  const box = await openBox(options)
  return { box, extension: await box.install(pkg(CODE, { permissions: BOTH, ...manifest })) }
}

describe('files of its own', () => {
  test('are written and read as a whole, with the directories on their way', async () => {
    const { extension } = await open()

    expect(await extension.call('write', ['/data/a/b/c.txt', 'täxt'])).toBe('done')
    expect(await extension.call('read', ['/data/a/b/c.txt'])).toBe('täxt')
    expect(await extension.call('write', ['/data/a/b/c.txt', new Uint8Array([0, 255, 1]).subarray(1)])).toBe('done')
    expect(await extension.call('bytes', ['/data//a/./b/../b/c.txt'])).toEqual(new Uint8Array([255, 1]))
    expect(Math.abs(Number(await extension.call('modified', ['/data/a/b'])) - Date.now())).toBeLessThan(60_000)
    for (const name of ['__proto__', 'constructor']) await extension.call('write', [`/data/${name}`, name])
    expect(await extension.call('list', ['/data'])).toEqual([['__proto__', 'file', 9], ['a', 'directory', 0], ['constructor', 'file', 11]])
    expect(await extension.call('read', ['/data/__proto__'])).toBe('__proto__')
  })

  test('are removed, and so are directories without entries', async () => {
    const { extension } = await open()
    await extension.call('write', ['/data/a/b', 'x'])

    expect(await extension.call('remove', ['/data/a'])).toBe('not-empty')
    expect([await extension.call('remove', ['/data/a/b']), await extension.call('remove', ['/data/a'])]).toEqual(['done', 'done'])
    expect([await extension.call('remove', ['/data/a']), await extension.call('remove', ['/data'])]).toEqual(['no-entry', 'busy'])
    expect(await extension.call('list', ['/data'])).toEqual([])
  })

  test('are there after a reload, and gone with the extension', async () => {
    const options = { name: uniqueName(), store: 'indexeddb' } as const
    const first = await open({}, options)
    await first.extension.call('write', ['/data/a', 'kept'])
    first.box.dispose()

    const { box, extension } = await open({}, options)
    expect(await extension.call('read', ['/data/a'])).toBe('kept')
    await box.uninstall(extension.id)
    const again = await box.install(pkg(CODE, { permissions: BOTH }))
    expect(await again.call('read', ['/data/a'])).toBe('no-entry')
  })

  test('lose nothing to two tabs and four instances that write at once', async () => {
    const options = { name: uniqueName(), store: 'indexeddb' } as const
    const parallel = { lifetime: 'call', limits: { maxInstances: 2 } }
    const tabs = [await open(parallel, options), await open(parallel, options)]
    const calls = tabs.flatMap(({ extension }, tab) => [0, 1].map((call) => extension.call('writeAll', [`${tab}-${call}-`, 5])))

    expect((await Promise.all(calls)).flat()).toEqual(Array.from({ length: 20 }, () => 'done'))
    for (const { extension } of tabs) expect(await extension.call('list', ['/data'])).toHaveLength(20)
  })
})

describe('a path', () => {
  const REFUSED: Readonly<Record<string, string>> = {
    '/data/../logs/a': 'not-permitted', '/data/d/../../logs/a': 'not-permitted', '/data/a/../../logs/a': 'no-entry', '/data/..': 'not-permitted',
    '/data2/a': 'permission-denied', '/dat': 'permission-denied', '/': 'permission-denied', '//data/a': 'permission-denied',
    '/DATA/a': 'permission-denied', '/%64ata/a': 'permission-denied', '/../data/a': 'permission-denied', '/__proto__/a': 'permission-denied',
    'data/a': 'invalid-argument', '': 'invalid-argument', '/data/a\0b': 'invalid-argument',
    '/data': 'is-directory', '/data/': 'is-directory', '/data/f/a': 'not-directory',
    '/data/\ud800': 'illegal-byte-sequence', [`/data/${'x'.repeat(256)}`]: 'name-too-long', [`/data/${'x/'.repeat(100_000)}`]: 'name-too-long',
    [`/data/${'x/'.repeat(2_000)}..`]: 'is-directory',
    '/logs/a': 'permission-denied', // only `file:read`
  }

  test('leads nowhere else, however it is written', async () => {
    const { extension } = await open()
    for (const path of ['/data/f', '/data/d/f']) await extension.call('write', [path, 'x'])

    for (const [path, code] of Object.entries(REFUSED)) {
      expect(await extension.call('write', [path, 'y']), path.slice(0, 40)).toBe(code)
    }
    expect(await extension.call('list', ['/data'])).toEqual([['d', 'directory', 0], ['f', 'file', 1]])
    expect(await extension.call('list', ['/logs'])).toEqual([])
  })

  test('belongs to the innermost directory that the manifest names', async () => {
    const { extension } = await open()
    await extension.call('write', ['/data/deep/a', 'inner'])

    expect([await extension.call('list', ['/data']), await extension.call('list', ['/data/deep'])]).toEqual([[], [['a', 'file', 5]]])
    expect(await extension.call('read', ['/data/deep/../deep/a'])).toBe('not-permitted')
  })
})

describe('a grant', () => {
  test('is asked for at each use: nothing without one, and nothing written with the one to read', async () => {
    const { prompt, requests } = answering('deny')
    const denied = await open({ permissions: [], optionalPermissions: BOTH }, { prompt })
    const reading = await open({ permissions: [directory('file:read', '/data')] })
    const none = await open({ permissions: [] })

    expect([await denied.extension.call('read', ['/data/a']), requests.length]).toEqual(['permission-denied', 1])
    expect(await reading.extension.call('write', ['/data/a', 'x'])).toBe('permission-denied')
    expect(await reading.extension.call('list', ['/data'])).toEqual([])
    expect(await none.extension.call('list', ['/data'])).toBe('permission-denied')
  })

  test.each(['file:read', 'file:write'] as const)('of %s that is revoked in the midst of writing ends it, and the file is whole', async (name) => {
    const { extension } = await open()
    const text = 'x'.repeat(10_000)
    const ended = extension.call('keepWriting', ['/data/a', text])
    await until(async () => JSON.stringify(await extension.call('list', ['/data'])) === '[["a","file",10000]]', 'the first writing')
    await extension.permissions.revoke(name)

    expect(await ended).toEqual(['permission-revoked', true])
    expect(await extension.call('read', ['/data/a'])).toBe(name === 'file:read' ? 'permission-revoked' : text)
  })

  test('is not there while others are served, unless "provides" lists it', async () => {
    const box = await openBox()
    const provides = [{ export: 'list', permissions: ['file:read'] }, { export: 'read' }]
    const own = await box.install(pkg(CODE, { permissions: BOTH, provides }))
    await own.call('write', ['/data/a', 'mine'])
    const other = await box.install(pkg('export const call = (name, ...args) => glovebox.links.own[name](...args)', {
      id: 'com.example.other', links: { own: { extension: 'com.example.test', version: '1.0.0' } },
      permissions: [{ name: 'extension:call', scope: { extensions: ['com.example.test'] } }],
    }))

    expect(await other.call('call', ['read', '/data/a'])).toBe('permission-denied')
    expect(await other.call('call', ['list', '/data'])).toEqual([['a', 'file', 4]])
  })
})

test('what is over the quota is an error for the guest, an event, and a row of the log; the file is as it was', async () => {
  const { box, extension } = await open({ limits: { fileBytes: 2_000 } })
  const told = limitsOf(box)
  await extension.call('write', ['/data/a', 'small'])

  expect(await extension.call('write', ['/data/a', 'x'.repeat(3_000)])).toBe('quota-exceeded')
  expect(await extension.call('write', ['/data/b', 'x'.repeat(3_000)])).toBe('quota-exceeded')
  expect([await extension.call('read', ['/data/a']), await extension.call('list', ['/data'])]).toEqual(['small', [['a', 'file', 5]]])
  expect(told[0]).toMatchObject({ extension: 'com.example.test', code: 'quota-exceeded', limit: 'fileBytes' })
  const { rows } = await box.audit.query({ kind: 'limit' })
  expect(rows[0]).toMatchObject({ extension: 'com.example.test', outcome: 'quota-exceeded' })
})
