/**
 * A `.glove` archive (zip) → manifest and files. Everything that can be refused by names and declared sizes is refused before the first
 * byte is unpacked; the manifest is unpacked and parsed before any other file.
 */
import { PackageError } from '../errors.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import { parseManifestText } from '../manifest/parse.ts'
import { collisionProblems } from '../manifest/path.ts'
import { unpack } from './inflate.ts'
import type { PackageLimits } from './limits.ts'
import { matchFiles } from './loaded.ts'
import type { LoadedPackage } from './loaded.ts'
import { archiveError, readZipDirectory } from './zip-directory.ts'
import type { ZipEntry } from './zip-directory.ts'

const RATIO_FREE_BYTES = 2 ** 20

/**
 * Unpacks an archive; the result shares no bytes with it.
 * @throws {PackageError} archive-invalid, package-too-large, file-missing
 * @throws {ManifestError} manifest-invalid
 */
export async function readArchive(
  archive: Uint8Array<ArrayBuffer>,
  limits: PackageLimits,
  signal?: AbortSignal,
): Promise<Omit<LoadedPackage, 'origin'>> {
  if (archive.length > limits.archiveBytes) throw tooLarge(`The archive has ${archive.length} bytes; at most ${limits.archiveBytes} are allowed.`)
  const entries = readZipDirectory(archive, limits.entries)
  refuseCollisions(entries)
  refuseSizes(entries, limits)
  const { Inflate } = await import('fflate')
  const { root, rest } = splitManifest(
    entries.filter((entry) => !entry.isFolder),
    limits,
  )
  const manifest = await parseManifestText(await unpack(root, Inflate, signal))
  matchFiles(
    manifest.files.map((file) => file.path),
    rest.map((entry) => entry.path),
  )
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const entry of rest) files.set(entry.path, await unpack(entry, Inflate, signal))
  return { manifest, files }
}

export function tooLarge(message: string): PackageError {
  return new PackageError('package-too-large', message)
}

function splitManifest(files: readonly ZipEntry[], limits: PackageLimits): { readonly root: ZipEntry; readonly rest: readonly ZipEntry[] } {
  const root = files.find((entry) => entry.path === MANIFEST_NAME)
  if (root === undefined) throw archiveError(`has no ${MANIFEST_NAME} at its root (pack the files themselves, not the folder around them)`)
  if (root.size > limits.manifestBytes) throw tooLarge(`${MANIFEST_NAME} has ${root.size} bytes; at most ${limits.manifestBytes} are allowed.`)
  return { root, rest: files.filter((entry) => entry !== root) }
}

function refuseCollisions(entries: readonly ZipEntry[]): void {
  // The manifest's own name is taken from the start, so the root entry is left out once; a second one is met as a collision.
  const root = entries.find((entry) => entry.path === MANIFEST_NAME && !entry.isFolder)
  const files = entries.filter((entry) => !entry.isFolder && entry !== root).map((entry) => entry.path)
  const folders = entries.filter((entry) => entry.isFolder).map((entry) => entry.path)
  const [first] = collisionProblems(files, folders)
  if (first !== undefined) throw archiveError(`has an entry ${JSON.stringify(files[first.index])} that ${first.problem}`)
}

function refuseSizes(entries: readonly ZipEntry[], limits: PackageLimits): void {
  let total = 0
  for (const { path, size, packed } of entries) {
    total += size
    if (size > limits.fileBytes) throw tooLarge(`${JSON.stringify(path)} has ${size} bytes unpacked; at most ${limits.fileBytes} are allowed.`)
    if (size > RATIO_FREE_BYTES && size > packed.length * limits.ratio) {
      throw archiveError(`has an entry ${JSON.stringify(path)} that grows more than ${limits.ratio} times`)
    }
  }
  if (total > limits.totalBytes) throw tooLarge(`The files have ${total} bytes unpacked; at most ${limits.totalBytes} are allowed.`)
}
