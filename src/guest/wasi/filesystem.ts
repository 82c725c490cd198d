/** wasi:filesystem 0.2 as imports: directories that the guest was given, and what is below them. */
import type { ImportTable, WasiContext } from './context.ts'
import { Descriptor } from './descriptor.ts'
import { DirectoryEntryStream } from './directory-stream.ts'
import type { IoError } from './stream-error.ts'

export function createFilesystem({ resources, files: { fs, preopens } }: WasiContext): ImportTable {
  const getDirectories = (): [Descriptor, string][] => preopens.map(({ name, directory }) => {
    const own = fs.open(directory, '.', { wantsDirectory: true })
    return [new Descriptor(resources, fs, own, { read: true, mutateDirectory: directory.isWritable }), name]
  })
  return new Map<string, Readonly<Record<string, unknown>>>([
    ['wasi:filesystem/types', { Descriptor, DirectoryEntryStream, filesystemErrorCode }],
    ['wasi:filesystem/preopens', { getDirectories }],
  ])
}

/** Of an error that a stream of a file failed with; undefined for streams of other things. */
function filesystemErrorCode({ fileCode }: IoError): string | undefined {
  return fileCode
}
