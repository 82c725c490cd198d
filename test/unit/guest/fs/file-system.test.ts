import { describe, expect, it } from 'vitest'
import { FileSystem } from '../../../../src/guest/fs/file-system.ts'
import { OpenDirectory } from '../../../../src/guest/fs/handle.ts'
import { codeOf, createFs, openFile, readText, ticking, writeText } from './harness.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const namesOf = (directory: OpenDirectory, cookie = 0): string[] => [...directory.entries(cookie)].map(({ name }) => name)

describe('names', () => {
  it.each(['__proto__', 'constructor', 'then', 'toString', ' ', '...', 'a\nb', '\u{1f600}'])('%j is a name like any other', (name) => {
    const { fs, root } = createFs()
    expect(codeOf(() => fs.stat(root, name, { follows: false }))).toBe('no-entry')
    writeText(fs, root, name, 'x')
    fs.makeDirectory(root, `d${name}`)

    expect(readText(fs, root, name)).toBe('x')
    expect(namesOf(root)).toEqual([name, `d${name}`])
    expect(Reflect.get({}, 'source')).toBeUndefined()
  })

  it.each([
    ['', 'no-entry'], ['/', 'not-permitted'], ['/a', 'not-permitted'], ['..', 'not-permitted'], ['a/../..', 'not-permitted'],
    ['./../x', 'not-permitted'],
    ['a\0', 'invalid'], ['\ud800', 'illegal-byte-sequence'], ['x'.repeat(256), 'name-too-long'], ['\u00e4'.repeat(128), 'name-too-long'],
    ['a/'.repeat(3000), 'name-too-long'], ['missing/x', 'no-entry'], ['file/x', 'not-directory'], ['file/.', 'not-directory'],
    ['new/', 'is-directory'],
  ])('%j is refused: %s', (path, code) => {
    const { fs, root } = createFs()
    fs.makeDirectory(root, 'a')
    writeText(fs, root, 'file', '')

    expect(codeOf(() => fs.open(root, path, { creates: true }))).toBe(code)
  })
})

describe('a path never leaves where it starts', () => {
  it.each(['..', '../', '../secret', 'down/../../secret', 'down/up', 'down/up/../secret', 'x', 'down/far'])('%s', (path) => {
    const { fs, root } = createFs()
    writeText(fs, root, 'secret', 'x')
    fs.makeDirectory(root, 'box')
    fs.makeDirectory(root, 'box/down')
    fs.symlink(root, 'box/down/up', '../..')
    fs.symlink(root, 'box/down/far', '../../secret')
    fs.symlink(root, 'box/x', '../secret')
    const box = fs.open(root, 'box', { wantsDirectory: true })

    expect(box instanceof OpenDirectory && codeOf(() => fs.open(box, path, { follows: true, creates: true }))).toBe('not-permitted')
  })

  it('a directory that moved out takes its own paths with it, not its old parents', () => {
    const { fs, root } = createFs()
    for (const path of ['box', 'box/in', 'out']) fs.makeDirectory(root, path)
    const inner = fs.open(root, 'box/in', {})
    fs.rename(root, 'box/in', root, 'out/in')

    expect(inner instanceof OpenDirectory && codeOf(() => fs.open(inner, '..', {}))).toBe('not-permitted')
  })

  it('an absolute link cannot be made', () => {
    const { fs, root } = createFs()
    expect(codeOf(() => fs.symlink(root, 'x', '/'))).toBe('not-permitted')
  })
})

describe('symbolic links', () => {
  it('are followed at the end only when asked, and always before a slash', () => {
    const { fs, root } = createFs()
    fs.makeDirectory(root, 'd')
    fs.symlink(root, 'l', 'd')

    expect(fs.stat(root, 'l', { follows: false }).kind).toBe('symlink')
    expect(fs.stat(root, 'l', { follows: true }).kind).toBe('directory')
    expect(fs.stat(root, 'l/', { follows: false }).kind).toBe('directory')
    expect(codeOf(() => fs.open(root, 'l', {}))).toBe('loop')
    expect(fs.readlink(root, 'l')).toBe('d')
  })

  it('a loop ends, also one that grows at every turn', () => {
    const { fs, root } = createFs()
    fs.symlink(root, 'self', 'self')
    fs.symlink(root, 'bomb', 'bomb/'.repeat(800))

    expect(codeOf(() => fs.open(root, 'self', { follows: true }))).toBe('loop')
    expect(codeOf(() => fs.open(root, 'bomb/x', {}))).toBe('loop')
  })

  it('a dangling one makes its target when a file is created through it, not when that must be new', () => {
    const { fs, root } = createFs()
    fs.symlink(root, 'l', 'target')

    expect(codeOf(() => fs.open(root, 'l', { creates: true, isExclusive: true, follows: true }))).toBe('exist')
    writeText(fs, root, 'l', 'x')
    expect(readText(fs, root, 'target')).toBe('x')
  })
})

describe('limits', () => {
  it('a byte far out is refused before anything is allocated', () => {
    const { fs, root } = createFs({ bytes: 1000 })
    const file = openFile(fs, root, 'f')

    expect(codeOf(() => file.write(new Uint8Array(1), 2 ** 40))).toBe('quota')
    expect(codeOf(() => file.resize(2 ** 53 + 2))).toBe('file-too-large')
    expect(codeOf(() => file.allocate(2 ** 60, 1))).toBe('file-too-large')
    expect(codeOf(() => file.write(new Uint8Array(1), NaN))).toBe('invalid')
    expect([file.size, fs.usedBytes]).toEqual([0, 0])
  })

  it('what is freed can be used again, an open file without a name only after it is closed', () => {
    const { fs, root } = createFs({ bytes: 1000, entries: 2 })
    const file = openFile(fs, root, 'f')
    file.write(new Uint8Array(900), 0)
    fs.unlink(root, 'f')
    const other = openFile(fs, root, 'g')

    expect(codeOf(() => other.write(new Uint8Array(200), 0))).toBe('quota')
    expect(codeOf(() => fs.makeDirectory(root, 'd'))).toBe('quota')
    expect(file.read(new Uint8Array(1000), 0)).toBe(900)
    file.close()
    file.close()
    other.write(new Uint8Array(200), 0)
    fs.makeDirectory(root, 'd')
    expect(fs.usedBytes).toBe(200)
  })

  it('names and targets count too', () => {
    const { fs, root } = createFs({ bytes: 10, entries: 3 })
    writeText(fs, root, 'f', '')
    fs.link(root, 'f', { follows: false }, root, 'g')
    expect(codeOf(() => fs.symlink(root, 'l', 'x'.repeat(11)))).toBe('quota')
    fs.symlink(root, 'l', 'x'.repeat(10))

    expect(codeOf(() => fs.link(root, 'f', { follows: false }, root, 'h'))).toBe('quota')
    fs.unlink(root, 'l')
    expect(fs.usedBytes).toBe(0)
    fs.link(root, 'f', { follows: false }, root, 'h')
  })
})

describe('files', () => {
  it('read zeros where nothing was written, also after shrinking and growing', () => {
    const { fs, root } = createFs()
    const file = openFile(fs, root, 'f')
    file.write(bytes('hello'), 0)
    file.resize(1)
    file.write(bytes('x'), 4)

    expect(readText(fs, root, 'f')).toBe('h\0\0\0x')
    expect(file.append(bytes('yz'))).toBe(7)
  })

  it('a handle does what it was opened for', () => {
    const { fs, root } = createFs()
    writeText(fs, root, 'f', 'x')
    const reader = fs.open(root, 'f', { reads: true })
    const writer = fs.open(root, 'f', { writes: true })

    expect(reader.kind === 'file' && codeOf(() => reader.write(bytes('y'), 0))).toBe('bad-descriptor')
    expect(writer.kind === 'file' && codeOf(() => writer.read(new Uint8Array(1), 0))).toBe('bad-descriptor')
    reader.close()
    expect(codeOf(() => reader.stat())).toBe('bad-descriptor')
  })

  it('hard links share everything, and know how many they are', () => {
    const { fs, root } = createFs()
    writeText(fs, root, 'f', 'x')
    fs.link(root, 'f', { follows: false }, root, 'g')
    writeText(fs, root, 'g', 'y')

    expect(readText(fs, root, 'f')).toBe('y')
    expect(fs.stat(root, 'f', { follows: false })).toEqual(fs.stat(root, 'g', { follows: false }))
    fs.unlink(root, 'f')
    expect(fs.stat(root, 'g', { follows: false }).links).toBe(1)
  })

  it('times follow what happens and what is set', () => {
    const { fs, root } = createFs()
    writeText(fs, root, 'f', 'x')
    const before = fs.stat(root, 'f', { follows: false })
    readText(fs, root, 'f')
    const read = fs.stat(root, 'f', { follows: false })
    fs.setTimes(root, 'f', { follows: false }, { atime: 5n, mtime: undefined })
    const set = fs.stat(root, 'f', { follows: false })

    expect([read.atime > before.atime, read.mtime]).toEqual([true, before.mtime])
    expect([set.atime, set.mtime, set.ctime > read.ctime]).toEqual([5n, before.mtime, true])
  })
})

describe('directories', () => {
  it('a reader goes on where it was, whatever came and went', () => {
    const { fs, root } = createFs()
    for (const name of ['a', 'b', 'c', 'd']) writeText(fs, root, name, '')
    const cookie = [...root.entries(0)][1]?.cookie
    fs.unlink(root, 'a')
    fs.unlink(root, 'c')
    writeText(fs, root, 'a', '')

    expect(namesOf(root, cookie)).toEqual(['d', 'a'])
  })

  it('nothing is made in one that was removed', () => {
    const { fs, root } = createFs()
    fs.makeDirectory(root, 'd')
    const directory = fs.open(root, 'd', {})
    fs.removeDirectory(root, 'd')

    expect(directory instanceof OpenDirectory && codeOf(() => fs.open(directory, 'x', { creates: true }))).toBe('no-entry')
    expect(fs.usedBytes).toBe(0)
  })

  it('the root stays', () => {
    const { fs, root } = createFs()
    fs.makeDirectory(root, 'd')
    expect(codeOf(() => fs.removeDirectory(root, '.'))).toBe('busy')
    expect(codeOf(() => fs.rename(root, 'd', root, '.'))).toBe('busy')
    expect(codeOf(() => fs.removeDirectory(root, 'd/.'))).toBe('invalid')
  })
})

it('a read-only preopen changes nothing, through no handle', () => {
  const { fs, root } = createFs()
  fs.makeDirectory(root, 'd')
  writeText(fs, root, 'd/f', 'x')
  const locked = fs.openRoot('read')
  const inner = fs.open(locked, 'd', {})
  if (!(inner instanceof OpenDirectory)) throw new Error('no directory')
  fs.takeChanges()
  const attempts = [
    () => fs.open(inner, 'new', { creates: true }), () => fs.open(inner, 'f', { writes: true }), () => fs.open(inner, 'f', { truncates: true }),
    () => fs.makeDirectory(inner, 'e'), () => fs.unlink(inner, 'f'), () => fs.rename(inner, 'f', root, 'g'), () => fs.rename(root, 'd/f', inner, 'g'),
    () => fs.link(inner, 'f', { follows: false }, root, 'g'), () => fs.link(root, 'd/f', { follows: false }, inner, 'g'),
    () => fs.symlink(inner, 'l', 'f'),
    () => fs.setTimes(inner, 'f', { follows: false }, { atime: 0n, mtime: 0n }), () => inner.setTimes({ atime: 0n, mtime: 0n }),
    () => fs.open(inner, 'f', { reads: true }).setTimes({ atime: 0n, mtime: 0n }), () => fs.removeDirectory(locked, 'd'.repeat(1) + '/../d'),
  ]

  expect(attempts.map(codeOf)).toEqual([...attempts.slice(1).map(() => 'read-only'), 'not-empty'])
  expect(readText(fs, inner, 'f')).toBe('x')
  expect(fs.isChanged).toBe(false)
})

describe('what is stored', () => {
  it('builds the same file system again', () => {
    const { fs, root } = createFs()
    fs.makeDirectory(root, '__proto__')
    writeText(fs, root, '__proto__/f', 'x')
    fs.link(root, '__proto__/f', { follows: false }, root, 'g')
    fs.symlink(root, 'l', '__proto__/f')
    openFile(fs, root, 'gone').write(bytes('x'), 0)
    fs.unlink(root, 'gone')
    const { puts } = fs.takeChanges()

    const again = FileSystem.restore(structuredClone(puts), { now: ticking() })
    const newRoot = again.openRoot('read-write')

    expect(namesOf(newRoot)).toEqual(['__proto__', 'g', 'l'])
    expect(again.stat(newRoot, 'g', { follows: false })).toEqual(fs.stat(root, 'g', { follows: false }))
    expect(readText(again, newRoot, 'l')).toBe('x')
    expect([again.usedBytes, again.isChanged]).toEqual([12, false])
    again.makeDirectory(newRoot, 'new')
    expect(puts.map(({ id }) => id)).not.toContain(again.stat(newRoot, 'new', { follows: false }).id)
  })

  it('is only what changed, and again what could not be stored', () => {
    const { fs, root } = createFs()
    writeText(fs, root, 'a', 'x')
    writeText(fs, root, 'b', 'x')
    const [a, b] = [fs.stat(root, 'a', { follows: false }).id, fs.stat(root, 'b', { follows: false }).id]
    fs.takeChanges()
    readText(fs, root, 'a')
    expect(fs.isChanged).toBe(false)
    writeText(fs, root, 'a', 'y')
    fs.unlink(root, 'b')

    const changes = fs.takeChanges()
    expect([changes.puts.map(({ id }) => id).sort(), changes.deletes]).toEqual([[1, a].sort(), [b]])
    expect(fs.isChanged).toBe(false)
    fs.unlink(root, 'a')
    fs.takeChanges()
    fs.keepChanges(changes)
    expect(fs.takeChanges()).toMatchObject({ puts: [{ id: 1 }], deletes: [b] })
  })

  const time = { atime: 1n, mtime: 1n, ctime: 1n }
  const root = { id: 1, ...time, kind: 'directory', entries: [['f', 2, 1]] }
  const file = { id: 2, ...time, kind: 'file', bytes: new Uint8Array(1) }
  it.each([
    ['nothing', []], ['no object', [root, 1]], ['no root', [file]], ['a missing node', [root]], ['two of one id', [root, file, file]],
    ['no bytes', [root, { ...file, bytes: [] }]],
    ['a node that hangs nowhere', [root, file, { ...file, id: 3 }]], ['a negative time', [root, { ...file, mtime: -1n }]],
    ['an unknown kind', [root, { ...file, kind: 'device' }]],
    ['a name with a slash', [{ ...root, entries: [['a/b', 2, 1]] }, file]], ['..', [{ ...root, entries: [['..', 2, 1]] }, file]],
    ['serials that fall', [{ ...root, entries: [['f', 2, 2], ['g', 2, 1]] }, file]], ['one name twice', [{ ...root, entries: [['f', 2, 1],
    ['f', 2, 2]] }, file]],
    ['the root below itself', [{ ...root, entries: [['f', 1, 1]] }]],
    ['a cycle', [root, file, { id: 3, ...time, kind: 'directory', entries: [['x', 4, 1]] }, { id: 4, ...time, kind: 'directory', entries: [['x', 3,
    1]] }]],
    ['a directory of two names', [{ ...root, entries: [['a', 3, 1], ['b', 3, 2]] }, { id: 3, ...time, kind: 'directory', entries: [] }]],
  ])('%s is refused', (_name, records) => {
    expect(codeOf(() => FileSystem.restore(records, { now: ticking() }))).toBe('invalid')
  })
})
