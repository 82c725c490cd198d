import { deflateSync, zipSync } from 'fflate'
import { describe, expect, test, vi } from 'vitest'
import { readArchive } from '../../../src/package/archive.ts'
import { DEFAULT_PACKAGE_LIMITS } from '../../../src/package/limits.ts'
import { DATA, FILES, MAIN, MANIFEST, manifestText } from './fixture.ts'
import { bytes, encode, type End, makeZip, type Part, u16, u32 } from './make-zip.ts'

// Nothing here waits for real time; the machine may still be slow.
vi.setConfig({ testTimeout: 30_000 })

const LIMITS = DEFAULT_PACKAGE_LIMITS
const read = (archive: Uint8Array<ArrayBuffer>, limits: Partial<typeof LIMITS> = {}) => readArchive(archive, { ...LIMITS, ...limits })

/** The fixture's package with main.js changed, and more parts after it. */
function zip(main: Partial<Part> = {}, more: readonly Part[] = [], end: End = {}): Uint8Array<ArrayBuffer> {
  return makeZip(
    [{ name: 'glovebox.json', data: manifestText() }, { name: 'main.js', data: MAIN, ...main }, { name: 'data/cities.json', data: DATA }, ...more],
    end,
  )
}

const ZEROS = new Uint8Array(8 * 2 ** 20)
const OVER_1_MIB = new Uint8Array(2 ** 20 + 1)

describe('a sound archive is read', () => {
  test.each([
    [
      'made by fflate',
      new Uint8Array(zipSync({ 'glovebox.json': encode(manifestText()), 'main.js': encode(MAIN), data: { 'cities.json': encode(DATA) } })),
    ],
    [
      'stored, not packed',
      new Uint8Array(zipSync({ 'glovebox.json': encode(manifestText()), 'main.js': encode(MAIN), 'data/cities.json': encode(DATA) }, { level: 0 })),
    ],
    ['made by hand', zip()],
    ['with a comment', zip({}, [], { comment: encode('made by hand') })],
    ['with folder entries', zip({}, [{ name: 'data/', method: 0, attributes: 0o040755 << 16 }])],
    [
      'with a data descriptor',
      zip({
        central: { flags: 0x0808 },
        local: { flags: 0x0808, crc: 0, packedSize: 0, size: 0 },
        after: bytes(u32(0x08074b50), new Uint8Array(12)),
      }),
    ],
    ['with a Unix mode', zip({ attributes: 0o100644 << 16 })],
    ['with a harmless extra field', zip({ extra: bytes(u16(0x5455, 1), [0]) })],
  ])('%s', async (_name, archive) => {
    const { manifest, files } = await read(archive)

    expect(manifest.id).toBe(MANIFEST.id)
    expect(Object.fromEntries([...files].map(([path, content]) => [path, new TextDecoder().decode(content)]))).toEqual(FILES)
  })

  test('that unpacks to more than a megabyte', async () => {
    const text = encode(Array.from({ length: 100_000 }, (_, index) => `line ${index * 7919}\n`).join(''))

    const { files } = await read(zip({ data: text }))

    // Not toEqual: the runner compares a million elements one by one.
    expect(new TextDecoder().decode(files.get('main.js')) === new TextDecoder().decode(text)).toBe(true)
  })

  test('into bytes of its own', async () => {
    const archive = zip({ method: 0 })
    const { files } = await read(archive)

    archive.fill(0)

    expect(new TextDecoder().decode(files.get('main.js'))).toBe(MAIN)
  })
})

const BAD_PATHS = [
  '/main.js',
  '../main.js',
  'a/../../b.js',
  './main.js',
  'a//b.js',
  'a\\b.js',
  'C:/a.js',
  'a\u0000.js',
  'a\nb.js',
  'a.',
  'a ',
  ' a',
  'a/ /b',
  '..',
  '',
  '/',
  '//',
  'u\u0308.js',
  '\u202egnp.js',
  'x'.repeat(256),
  'x/'.repeat(512) + 'x',
  '\ufeffa.js',
]

const HOSTILE: readonly (readonly [name: string, archive: () => Uint8Array<ArrayBuffer>, code: string, limits?: Partial<typeof LIMITS>])[] = [
  ['nothing', () => new Uint8Array(), 'archive-invalid'],
  ['four bytes', () => Uint8Array.of(0x50, 0x4b, 3, 4), 'archive-invalid'],
  ['no zip', () => encode('<!doctype html>'), 'archive-invalid'],
  ['no entries', () => makeZip([]), 'archive-invalid'],
  ['data in front', () => bytes(encode('#!/bin/sh\n'), zip()), 'archive-invalid'],
  ['another zip in front', () => bytes(zip(), zip()), 'archive-invalid'],
  ['data behind', () => bytes(zip(), [0]), 'archive-invalid'],
  ['a comment that holds a second end record', () => zip({}, [], { comment: bytes(u32(0x06054b50), new Uint8Array(18)) }), 'archive-invalid'],
  ['a cut end', () => zip().slice(0, -1), 'archive-invalid'],
  ['a cut middle', () => bytes(zip().slice(0, 100), zip().slice(120)), 'archive-invalid'],
  ['no manifest', () => makeZip([{ name: 'main.js', data: MAIN }]), 'archive-invalid'],
  [
    'the manifest in a folder',
    () =>
      makeZip([
        { name: 'pkg/glovebox.json', data: manifestText() },
        { name: 'pkg/main.js', data: MAIN },
      ]),
    'archive-invalid',
  ],
  ['a bad manifest', () => makeZip([{ name: 'glovebox.json', data: '{}' }]), 'manifest-invalid'],
  ['a large manifest', () => makeZip([{ name: 'glovebox.json', data: manifestText() }]), 'package-too-large', { manifestBytes: 100 }],
  ['a file that is not listed', () => zip({}, [{ name: '.DS_Store', data: 'x' }]), 'file-missing'],
  [
    'a listed file that is absent',
    () =>
      makeZip([
        { name: 'glovebox.json', data: manifestText() },
        { name: 'main.js', data: MAIN },
      ]),
    'file-missing',
  ],

  ['more entries than allowed', () => zip(), 'archive-invalid', { entries: 2 }],
  [
    '2001 entries',
    () =>
      zip(
        {},
        Array.from({ length: 1998 }, (_, index) => ({ name: `${index}`, method: 0 })),
      ),
    'archive-invalid',
  ],
  ['a larger archive than allowed', () => zip(), 'package-too-large', { archiveBytes: 100 }],
  ['a larger file than allowed', () => zip(), 'package-too-large', { fileBytes: 10 }],
  ['more bytes in sum than allowed', () => zip(), 'package-too-large', { totalBytes: 200 }],
  ['a file that declares 4 GiB', () => zip({ central: { size: 0xfffffffe }, local: { size: 0xfffffffe } }), 'package-too-large'],
  ['an honest bomb', () => zip({ data: ZEROS }), 'archive-invalid'],
  ['a bomb of stored size 1', () => zip({ packed: deflateSync(ZEROS), central: { size: 1 }, local: { size: 1 } }), 'archive-invalid'],
  [
    'a bomb beyond its declared ratio',
    () => zip({ packed: deflateSync(ZEROS), central: { size: 2 ** 20 }, local: { size: 2 ** 20 } }),
    'archive-invalid',
  ],
  ['a size one too small', () => zip({ central: { size: MAIN.length - 1 }, local: { size: MAIN.length - 1 } }), 'archive-invalid'],
  ['a size one too large', () => zip({ central: { size: MAIN.length + 1 }, local: { size: MAIN.length + 1 } }), 'archive-invalid'],
  ['a wrong CRC', () => zip({ central: { crc: 1 }, local: { crc: 1 } }), 'archive-invalid'],
  ['damaged packed bytes', () => zip({ packed: Uint8Array.of(0xff, 0xff, 0xff, 0xff) }), 'archive-invalid'],
  ['packed bytes that are cut', () => zip({ packed: deflateSync(encode(MAIN)).slice(0, -2) }), 'archive-invalid'],
  ['no packed bytes', () => zip({ packed: new Uint8Array() }), 'archive-invalid'],
  ['megabytes behind the end of the data', () => zip({ packed: bytes(deflateSync(encode(MAIN)), OVER_1_MIB) }), 'archive-invalid'],
  ['a stored entry with two sizes', () => zip({ method: 0, central: { size: 1 }, local: { size: 1 } }), 'archive-invalid'],

  ['another name in the local header', () => zip({ local: { name: 'evil.js' } }), 'archive-invalid'],
  ['another method in the local header', () => zip({ local: { method: 0 } }), 'archive-invalid'],
  ['another size in the local header', () => zip({ local: { size: 5 } }), 'archive-invalid'],
  ['another packed size in the local header', () => zip({ local: { packedSize: 5 } }), 'archive-invalid'],
  ['another CRC in the local header', () => zip({ local: { crc: 5 } }), 'archive-invalid'],
  ['zero sizes in the local header without a descriptor', () => zip({ local: { crc: 0, packedSize: 0, size: 0 } }), 'archive-invalid'],
  ['flags that differ', () => zip({ local: { flags: 0 } }), 'archive-invalid'],
  ...[0x0801, 0x0841, 0x2801].map(
    (flags) => [`encryption flags ${flags.toString(16)}`, () => zip({ central: { flags }, local: { flags } }), 'archive-invalid'] as const,
  ),
  ...[1, 9, 12, 14, 93, 99].map((method) => [`method ${method}`, () => zip({ central: { method }, local: { method } }), 'archive-invalid'] as const),

  ['a symbolic link', () => zip({ attributes: (0o120777 << 16) >>> 0 }), 'archive-invalid'],
  ['a device', () => zip({ attributes: (0o060666 << 16) >>> 0 }), 'archive-invalid'],
  ['a socket', () => zip({ attributes: (0o140666 << 16) >>> 0 }), 'archive-invalid'],
  ['a folder with contents', () => zip({}, [{ name: 'data/', data: 'x', method: 0 }]), 'archive-invalid'],

  ['two entries on the same bytes', () => zip({}, [{ name: 'copy.js', data: MAIN, offset: manifestPartBytes() }]), 'archive-invalid'],
  ['an entry that lies in the bytes of another', () => nested(), 'archive-invalid'],
  [
    'an entry of other bytes than declared',
    () => zip({ method: 0, packed: makeZip([{ name: 'in.js', data: MAIN }]), central: { size: 0 }, local: { size: 0 } }),
    'archive-invalid',
  ],
  ['an offset past the end', () => zip({ offset: 0x7fffffff }), 'archive-invalid'],
  ['an offset into the directory', () => zip({ offset: zip().length - 22 - 60 }), 'archive-invalid'],
  [
    'packed bytes that reach into the directory',
    () => zip({}, [{ name: 'z', data: 'z', central: { packedSize: 40 }, local: { packedSize: 40 } }]),
    'archive-invalid',
  ],

  ['a zip64 locator', () => zip({}, [], { before: bytes(u32(0x07064b50), new Uint8Array(16)) }), 'archive-invalid'],
  [
    'zip64 sizes',
    () => zip({ central: { size: 0xffffffff, packedSize: 0xffffffff }, local: { size: 0xffffffff, packedSize: 0xffffffff } }),
    'archive-invalid',
  ],
  ['a zip64 extra field', () => zip({ extra: bytes(u16(1, 16), new Uint8Array(16)) }), 'archive-invalid'],
  ['zip64 in the end record', () => zip({}, [], { count: 0xffff }), 'archive-invalid'],
  ['a directory said to be elsewhere', () => zip({}, [], { start: 0 }), 'archive-invalid'],
  ['a directory said to be shorter', () => zip({}, [], { size: 46 }), 'archive-invalid'],
  ['fewer entries than the directory holds', () => zip({}, [], { count: 2 }), 'archive-invalid'],
  ['more entries than the directory holds', () => zip({}, [], { count: 4 }), 'archive-invalid'],
  ['entries on several disks', () => zip({}, [], { countHere: 1 }), 'archive-invalid'],
  ['another disk', () => zip({}, [], { disk: 1 }), 'archive-invalid'],
  ['an entry on another disk', () => zip({ disk: 1 }), 'archive-invalid'],

  ['a name twice', () => zip({}, [{ name: 'main.js', data: 'evil' }]), 'archive-invalid'],
  ['the manifest twice', () => zip({}, [{ name: 'glovebox.json', data: manifestText() }]), 'archive-invalid'],
  ['the manifest in capitals', () => zip({}, [{ name: 'GLOVEBOX.JSON', data: manifestText() }]), 'archive-invalid'],
  ['names that differ by case', () => zip({}, [{ name: 'Main.js', data: 'evil' }]), 'archive-invalid'],
  ['names that differ by compatibility form', () => zip({}, [{ name: '\uff4dain.js', data: 'evil' }]), 'archive-invalid'],
  ['a file that is a folder too', () => zip({}, [{ name: 'main.js/x', data: 'evil' }]), 'archive-invalid'],
  ['a folder entry named like a file', () => zip({}, [{ name: 'MAIN.JS/', method: 0 }]), 'archive-invalid'],
  ['a name that is not UTF-8', () => zip({}, [{ name: Uint8Array.of(0x61, 0xff), data: 'x' }]), 'archive-invalid'],
  ...BAD_PATHS.map(
    (path) => [`the path ${JSON.stringify(path.slice(0, 30))}`, () => zip({}, [{ name: path, data: 'x' }]), 'archive-invalid'] as const,
  ),
]

/** A package that would be sound, were the packed bytes of data/cities.json not a part of main.js (the trick of the best bombs). */
function nested(): Uint8Array<ArrayBuffer> {
  const inner = makeZip([{ name: 'data/cities.json', data: DATA, method: 0 }])
  return makeZip([
    { name: 'glovebox.json', data: manifestText() },
    { name: 'main.js', data: inner.slice(0, 30 + 'data/cities.json'.length + encode(DATA).length), method: 0 },
    { name: 'data/cities.json', data: DATA, method: 0, isGhost: true, offset: manifestPartBytes() + 30 + 'main.js'.length },
  ])
}

/** Where main.js begins: behind the manifest's part. */
function manifestPartBytes(): number {
  return 30 + 'glovebox.json'.length + deflateSync(encode(manifestText())).length
}

describe('a hostile or damaged archive is refused', () => {
  test.each(HOSTILE.map(([name, archive, code, limits = {}]) => ({ name, archive, code, limits })))('$name', async ({ archive, code, limits }) => {
    await expect(read(archive(), limits)).rejects.toMatchObject({ code })
  })

  test('at every byte that is cut off', async () => {
    const archive = zip()
    for (let length = 0; length < archive.length; length++) {
      await expect(read(archive.slice(0, length))).rejects.toMatchObject({ code: 'archive-invalid' })
    }
  })

  test('or read as the same package, at every bit flipped', async () => {
    const archive = zip()
    for (let index = 0; index < archive.length; index++) {
      const flipped = archive.slice()
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8))
      const outcome: unknown = await read(flipped).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toHaveProperty('code')
      else expect(outcome).toMatchObject({ manifest: { id: MANIFEST.id } })
    }
  })
})

test('unpacking stops when the caller aborts', async () => {
  const reason = new Error('enough')

  await expect(readArchive(zip(), LIMITS, AbortSignal.abort(reason))).rejects.toBe(reason)
})
