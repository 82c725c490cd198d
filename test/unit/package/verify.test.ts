import { describe, expect, test } from 'vitest'
import { digestOf, parseDigest } from '../../../src/manifest/digest.ts'
import { loadSource } from '../../../src/package/source.ts'
import { sourceText } from '../../../src/package/source-text.ts'
import { toStored } from '../../../src/package/stored.ts'
import { parseTrust } from '../../../src/package/trust.ts'
import type { VerifiedPackage } from '../../../src/package/verified-package.ts'
import { verifyPackage, verifyStored } from '../../../src/package/verify.ts'
import { createFakeServer } from './fake-server.ts'
import { DATA, DIGEST, FILES, MAIN, MANIFEST, manifestText } from './fixture.ts'
import { encode, makeZip } from './make-zip.ts'

const DEVELOPMENT = parseTrust({ kind: 'development' })
const OTHER = parseDigest(`sha256:${'0'.repeat(64)}`)
const SERVER = createFakeServer(
  new Map([
    ['https://cdn.example/a/glovebox.json', { body: manifestText() }],
    ['https://cdn.example/a/main.js', { body: MAIN }],
    ['https://cdn.example/a/data/cities.json', { body: DATA }],
  ]),
)

const load = (source: unknown) => loadSource(source, { fetch: SERVER.fetch })
const verify = async (source: unknown, trust = DEVELOPMENT): Promise<VerifiedPackage> => verifyPackage(await load(source), trust)
const object = (manifest: object = {}, files: object = {}): object => ({ manifest: { ...MANIFEST, ...manifest }, files: { ...FILES, ...files } })
const digestOfText = (text: string) => digestOf(encode(text))

describe('the same files have the same digest', () => {
  test.each<readonly [name: string, source: () => unknown]>([
    ['as a URL', () => 'https://cdn.example/a/glovebox.json'],
    ['as an object', () => object()],
    ['as bytes', () => object({}, { 'main.js': encode(MAIN) })],
    [
      'as an archive',
      () =>
        makeZip([
          { name: 'glovebox.json', data: manifestText() },
          { name: 'main.js', data: MAIN },
          { name: 'data/cities.json', data: DATA },
        ]),
    ],
    [
      'as an archive packed in another order and way',
      () =>
        makeZip([
          { name: 'data/cities.json', data: DATA, method: 0 },
          { name: 'main.js', data: MAIN },
          { name: 'glovebox.json', data: `\ufeff${JSON.stringify(MANIFEST, null, 2)}\n` },
        ]),
    ],
    ['with files listed in another order', () => object({ files: ['data/cities.json', { path: 'main.js' }] })],
    [
      'with sizes and digests given',
      async () => object({ files: [{ path: 'main.js', size: MAIN.length, digest: await digestOfText(MAIN) }, 'data/cities.json'] }),
    ],
    ['with the list left to the files', () => object({ files: undefined })],
    ['with defaults written out', () => object({ description: '', lifetime: 'session', optionalPermissions: [], limits: {} })],
    ['with keys in another order', () => object(Object.fromEntries(Object.entries(MANIFEST).reverse()))],
  ])('%s', async (_name, source) => {
    expect((await verify(await source())).digest).toBe(DIGEST)
  })

  test.each<readonly [name: string, source: object]>([
    ['one byte of a file', object({}, { 'main.js': MAIN.replace('+', '-') })],
    ['the name of a file', object({ files: ['main.js', 'data/c.json'] }, { 'data/c.json': DATA, 'data/cities.json': undefined })],
    ['the version', object({ version: '1.0.1' })],
    ['a permission', object({ permissions: [] })],
    ['a scope', object({ permissions: [{ name: 'http:read', scope: { origins: ['https://b.example'] } }] })],
    ['a limit', object({ limits: { callMs: 1 } })],
    ['the lifetime', object({ lifetime: 'call' })],
    ['a reason', object({ permissions: [{ ...MANIFEST.permissions[0], reason: 'x' }] })],
  ])('and another one when %s changes', async (_name, source) => {
    const { manifest, files } = source as { manifest: object; files: Record<string, string | undefined> } // as made above
    const kept = Object.fromEntries(Object.entries(files).filter(([, content]) => content !== undefined))

    expect((await verify({ manifest, files: kept })).digest).not.toBe(DIGEST)
  })
})

describe('a verified package', () => {
  test('carries the sealed manifest, its identity and how it was let in', async () => {
    const pkg = await verify('https://cdn.example/a/glovebox.json', parseTrust({ kind: 'digests', allow: [DIGEST] }))

    expect(pkg).toMatchObject({
      identity: { id: MANIFEST.id, origin: 'https://cdn.example/a/' },
      key: `${MANIFEST.id}\nhttps://cdn.example/a/`,
      digest: DIGEST,
      unsigned: true,
      trustKind: 'digests',
    })
    expect(pkg.manifest.files).toEqual([
      { path: 'data/cities.json', size: encode(DATA).length, digest: await digestOfText(DATA) },
      { path: 'main.js', size: MAIN.length, digest: await digestOfText(MAIN) },
    ])
    for (const value of [pkg, pkg.identity, pkg.manifest, pkg.manifest.files, pkg.manifest.files[0]]) expect(Object.isFrozen(value)).toBe(true)
  })

  test.each<readonly [name: string, files: readonly unknown[]]>([
    ['size', [{ path: 'main.js', size: MAIN.length + 1 }, 'data/cities.json']],
    ['digest', [{ path: 'main.js', digest: OTHER }, 'data/cities.json']],
  ])('does not come from files whose promised %s differs', async (_name, files) => {
    await expect(verify(object({ files }))).rejects.toMatchObject({ name: 'PackageError', code: 'digest-mismatch', details: { path: 'main.js' } })
  })

  test('does not come from a package that the policy does not list', async () => {
    await expect(verify(object(), parseTrust({ kind: 'digests', allow: [OTHER] }))).rejects.toMatchObject({
      name: 'PolicyError',
      code: 'untrusted-digest',
    })
  })

  test('does not come from files beside the list', async () => {
    const loaded = await load(object())

    await expect(verifyPackage({ ...loaded, files: new Map([...loaded.files, ['more.js', encode('x')]]) }, DEVELOPMENT)).rejects.toMatchObject({
      code: 'file-missing',
    })
    await expect(verifyPackage({ ...loaded, files: new Map() }, DEVELOPMENT)).rejects.toMatchObject({ code: 'file-missing' })
  })
})

describe('a stored package', () => {
  const stored = async () => structuredClone(toStored(await verify(object())))
  const expected = { digest: parseDigest(DIGEST), origin: 'https://cdn.example/a/' }

  test('is the same package again, under the policy of now', async () => {
    const again = await verifyStored(await stored(), expected, parseTrust({ kind: 'digests', allow: [DIGEST] }))

    expect(again).toMatchObject({ digest: DIGEST, trustKind: 'digests', identity: { id: MANIFEST.id, origin: expected.origin } })
    expect(again.manifest).toEqual((await verify(object())).manifest)
    expect(sourceText(again, 'main.js')).toBe(MAIN)
  })

  test('shares no bytes with the package it was made from', async () => {
    const pkg = await verify(object())
    const record = toStored(pkg)

    for (const { bytes } of record.files) new Uint8Array(bytes).fill(0)

    expect(sourceText(pkg, 'main.js')).toBe(MAIN)
  })

  test('is not started under a policy that does not list it', async () => {
    await expect(verifyStored(await stored(), expected, parseTrust({ kind: 'digests', allow: [OTHER] }))).rejects.toMatchObject({
      code: 'untrusted-digest',
    })
  })

  type Record_ = Awaited<ReturnType<typeof stored>>
  test.each<readonly [name: string, change: (record: Record_) => unknown]>([
    ['is gone', () => undefined],
    ['is no record', () => 'x'],
    ['is empty', () => ({})],
    ['has no files', ({ digest, manifest }) => ({ digest, manifest })],
    [
      'has a flipped bit',
      (record) => {
        const bytes = new Uint8Array(record.files[0]?.bytes ?? new ArrayBuffer())
        bytes[0] = (bytes[0] ?? 0) ^ 1
        return record
      },
    ],
    ['lost a file', (record) => ({ ...record, files: record.files.slice(1) })],
    ['has a file more', (record) => ({ ...record, files: [...record.files, { path: 'x.js', bytes: new ArrayBuffer(1) }] })],
    ['has a file twice', (record) => ({ ...record, files: [...record.files, record.files[0]] })],
    ['has a file that is text', (record) => ({ ...record, files: [{ path: 'main.js', bytes: MAIN }] })],
    ['has another manifest', (record) => ({ ...record, manifest: record.manifest.replace('1.0.0', '9.0.0') })],
    ['has a manifest that does not parse', (record) => ({ ...record, manifest: '{' })],
    ['has another permission', (record) => ({ ...record, manifest: record.manifest.replace('https://api', 'https://evil') })],
    ['is another package, honest in itself', async () => toStored(await verify(object({ version: '2.0.0' })))],
  ])('that %s is refused', async (_name, change) => {
    await expect(verifyStored(await change(await stored()), expected, DEVELOPMENT)).rejects.toMatchObject({
      name: 'PackageError',
      code: 'digest-mismatch',
    })
  })
})

describe('text of a file', () => {
  const pkg = {
    files: new Map([
      ['bom.js', encode('\ufeffexport {}')],
      ['latin1.js', Uint8Array.of(0x22, 0xfc, 0x22)],
      ['surrogate.js', Uint8Array.of(0xed, 0xa0, 0x80)],
    ]),
  }

  test('has no byte order mark', () => {
    expect(sourceText(pkg, 'bom.js')).toBe('export {}')
  })

  test.each(['latin1.js', 'surrogate.js'])('that is not UTF-8 is refused by name: %s', (path) => {
    expect(() => sourceText(pkg, path)).toThrow(expect.objectContaining({ code: 'syntax-error', details: { file: path } }))
  })

  test.each(['absent.js', '__proto__', 'constructor'])('is not there for %s', (path) => {
    expect(() => sourceText(pkg, path)).toThrow(expect.objectContaining({ code: 'file-missing' }))
  })
})
