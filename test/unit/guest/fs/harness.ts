/** A file system with a clock that ticks by one at every look. */
import { FileSystem } from '../../../../src/guest/fs/file-system.ts'
import { FsError } from '../../../../src/guest/fs/error.ts'
import { OpenFile, type OpenDirectory } from '../../../../src/guest/fs/handle.ts'
import type { FsLimits } from '../../../../src/guest/fs/usage.ts'

export function ticking(): () => bigint {
  let now = 1000n
  return () => {
    now += 1n
    return now
  }
}

export function createFs(limits: Partial<FsLimits> = {}): { readonly fs: FileSystem, readonly root: OpenDirectory } {
  const fs = new FileSystem({ now: ticking(), limits })
  return { fs, root: fs.openRoot('read-write') }
}

export function openFile(fs: FileSystem, root: OpenDirectory, path: string): OpenFile {
  const file = fs.open(root, path, { creates: true, reads: true, writes: true, follows: true })
  if (!(file instanceof OpenFile)) throw new Error('a directory')
  return file
}

export function writeText(fs: FileSystem, root: OpenDirectory, path: string, text: string): void {
  const file = openFile(fs, root, path)
  file.resize(0)
  file.write(new TextEncoder().encode(text), 0)
  file.close()
}

export function readText(fs: FileSystem, root: OpenDirectory, path: string): string {
  const file = fs.open(root, path, { reads: true, follows: true })
  if (!(file instanceof OpenFile)) throw new Error('a directory')
  const bytes = new Uint8Array(file.size)
  file.read(bytes, 0)
  file.close()
  return new TextDecoder().decode(bytes)
}

export function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof FsError) return error.code
    throw error
  }
  return 'ok'
}
