/** The same random operations here and in a folder of the machine: Linux is what POSIX means to most guests. */
import {
  closeSync, linkSync, lstatSync, mkdirSync, mkdtempSync, openSync, readdirSync, readlinkSync, renameSync, rmdirSync, rmSync, statSync, symlinkSync,
  unlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../../../../src/guest/fs/file-system.ts'
import { OpenDirectory } from '../../../../src/guest/fs/handle.ts'
import { codeOf, createFs } from './harness.ts'

const CODES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no-entry'], ['EEXIST', 'exist'], ['ENOTDIR', 'not-directory'], ['EISDIR', 'is-directory'], ['ENOTEMPTY', 'not-empty'],
  ['ELOOP', 'loop'],
  ['EINVAL', 'invalid'], ['EPERM', 'not-permitted'], ['EBUSY', 'busy'],
])

/** A small generator of numbers from a seed (xorshift). */
function random(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

interface Operation {
  readonly name: string
  readonly ours: (fs: FileSystem, root: OpenDirectory) => unknown
  readonly theirs: (top: string) => unknown
}

function operation(next: (below: number) => number): Operation {
  const word = (): string => ['a', 'b', 'c'][next(3)] ?? 'a'
  const path = (): string => {
    const words = Array.from({ length: 1 + next(3) }, word)
    if (words.length > 1 && next(8) === 0) words.splice(1, 0, '..')
    if (next(12) === 0) words.push('.')
    return words.join('/') + (next(6) === 0 ? '/' : '')
  }
  const [one, two] = [path(), path()]
  // `join` would tidy the path away.
  const at = (top: string, path: string): string => `${top}/${path}`
  const nofollow = { follows: false }
  const all: readonly Operation[] = [
    { name: `mkdir ${one}`, ours: (fs, root) => fs.makeDirectory(root, one), theirs: (top) => mkdirSync(at(top, one)) },
    { name: `mkdir ${two}`, ours: (fs, root) => fs.makeDirectory(root, two), theirs: (top) => mkdirSync(at(top, two)) },
    { name: `rmdir ${one}`, ours: (fs, root) => fs.removeDirectory(root, one), theirs: (top) => rmdirSync(at(top, one)) },
    { name: `unlink ${one}`, ours: (fs, root) => fs.unlink(root, one), theirs: (top) => unlinkSync(at(top, one)) },
    {
      name: `create ${one}`,
      ours: (fs, root) => fs.open(root, one, { creates: true, follows: true, reads: true, writes: true }).close(),
      theirs: (top) => closeSync(openSync(at(top, one), 'a+')),
    },
    {
      name: `create new ${one}`,
      ours: (fs, root) => fs.open(root, one, { creates: true, isExclusive: true, reads: true, writes: true }).close(),
      theirs: (top) => closeSync(openSync(at(top, one), 'ax')),
    },
    {
      name: `link ${one} ${two}`,
      ours: (fs, root) => fs.link(root, one, nofollow, root, two),
      theirs: (top) => linkSync(at(top, one), at(top, two)),
    },
    {
      name: `symlink ${one} -> ${two}`,
      ours: (fs, root) => fs.symlink(root, one, plainTarget(two)),
      theirs: (top) => symlinkSync(plainTarget(two), at(top, one)),
    },
    { name: `rename ${one} ${two}`, ours: (fs, root) => fs.rename(root, one, root, two), theirs: (top) => renameSync(at(top, one), at(top, two)) },
    { name: `rename ${two} ${one}`, ours: (fs, root) => fs.rename(root, two, root, one), theirs: (top) => renameSync(at(top, two), at(top, one)) },
    { name: `stat ${one}`, ours: (fs, root) => fs.stat(root, one, { follows: true }), theirs: (top) => statSync(at(top, one)) },
    { name: `readlink ${one}`, ours: (fs, root) => fs.readlink(root, one), theirs: (top) => readlinkSync(at(top, one)) },
  ]
  return all[next(all.length)] ?? { name: 'nothing', ours: () => 0, theirs: () => 0 }
}

/** A target without dots, which theirs would follow out of the folder, and without a slash at its end: Linux then looks at `create` before loops. */
const plainTarget = (path: string): string => path.split('/').filter((part) => !['', '.', '..'].includes(part)).join('/')

function theirCode(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    const code = Reflect.get(Object(error), 'code')
    return CODES.get(code) ?? String(code)
  }
  return 'ok'
}

/** Path, kind, number of names and which other path is the same file. */
function theirTree(top: string): string[] {
  const first = new Map<number, string>()
  const visit = (path: string): string[] => readdirSync(join(top, path)).sort().flatMap((name) => {
    const here = path === '' ? name : `${path}/${name}`
    const stat = lstatSync(join(top, here))
    if (stat.isDirectory()) return [`${here}/`, ...visit(here)]
    const twin = first.get(stat.ino) ?? here
    first.set(stat.ino, twin)
    return [stat.isSymbolicLink() ? `${here} -> ${readlinkSync(join(top, here))} ${stat.nlink}` : `${here} = ${twin} ${stat.nlink}`]
  })
  return visit('')
}

function ourTree(fs: FileSystem, root: OpenDirectory): string[] {
  const first = new Map<number, string>()
  const visit = (path: string): string[] => {
    const directory = path === '' ? root : fs.open(root, path, {})
    if (!(directory instanceof OpenDirectory)) throw new Error('no directory')
    return [...directory.entries(0)].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(({ name, kind, id }) => {
      const here = path === '' ? name : `${path}/${name}`
      if (kind === 'directory') return [`${here}/`, ...visit(here)]
      const twin = first.get(id) ?? here
      first.set(id, twin)
      const { links } = fs.stat(root, here, { follows: false })
      return [kind === 'symlink' ? `${here} -> ${fs.readlink(root, here)} ${links}` : `${here} = ${twin} ${links}`]
    })
  }
  return visit('')
}

describe.runIf(process.platform === 'linux')('random operations end as they do on Linux', () => {
  it.each(Array.from({ length: 25 }, (_, index) => index + 1))('seed %i', (seed) => {
    const next = random(seed)
    const top = mkdtempSync(join(tmpdir(), 'glovebox-fs-'))
    const { fs, root } = createFs()
    try {
      for (let count = 0; count < 200; count++) {
        const { name, ours, theirs } = operation(next)
        expect({ name, code: codeOf(() => ours(fs, root)), tree: ourTree(fs, root) })
          .toEqual({ name, code: theirCode(() => theirs(top)), tree: theirTree(top) })
      }
    } finally {
      rmSync(top, { recursive: true })
    }
  })
})
