/** The files of one run of a command: laid into its file system before, taken out of it after. */
import { FsError } from '../fs/error.ts'
import type { FileSystem } from '../fs/file-system.ts'
import type { OpenDirectory } from '../fs/handle.ts'

type Bytes = Uint8Array<ArrayBuffer>

export type CommandFile = readonly [path: string, content: Bytes]

/**
 * Writes each at its path below `root`, with the directories on the way; a path that ends in `/` is an empty directory.
 *
 * @throws {FsError} quota, or what a path may not be
 */
export function layFiles(fs: FileSystem, root: OpenDirectory, files: readonly CommandFile[]): void {
  for (const [path, content] of files) {
    const end = path.lastIndexOf('/')
    if (end > 0) makeDirectories(fs, root, path.slice(0, end))
    if (!path.endsWith('/')) writeFile(fs, root, path, content)
  }
}

/** Each directory of `path` that is not there yet. @throws {FsError} */
export function makeDirectories(fs: FileSystem, root: OpenDirectory, path: string): void {
  for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
    try {
      fs.makeDirectory(root, end === -1 ? path : path.slice(0, end))
    } catch (error) {
      if (!(error instanceof FsError && error.code === 'exist')) throw error
    }
    if (end === -1) return
  }
}

/** Files that are new or were written to since the last `takeChanges`, by path; a file of two names comes once. */
export function changedFiles(fs: FileSystem, root: OpenDirectory): readonly CommandFile[] {
  const changed = new Map(fs.takeChanges().puts.flatMap((record) => (record.kind === 'file' ? [[record.id, record.bytes] as const] : [])))
  const found: CommandFile[] = []
  const visit = (directory: OpenDirectory, prefix: string): void => {
    for (const { name, id, kind } of directory.entries(0)) {
      const bytes = changed.get(id)
      if (bytes !== undefined) {
        found.push([prefix + name, bytes])
        changed.delete(id)
      }
      const child = kind === 'directory' ? fs.open(directory, name, { wantsDirectory: true }) : undefined
      if (child?.kind === 'directory') visit(child, `${prefix}${name}/`)
      child?.close()
    }
  }
  visit(root, '')
  return found
}

function writeFile(fs: FileSystem, root: OpenDirectory, path: string, content: Bytes): void {
  const file = fs.open(root, path, { creates: true, truncates: true, writes: true })
  if (file.kind === 'file') file.write(content, 0)
  file.close()
}
