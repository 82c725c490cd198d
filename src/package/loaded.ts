/** A package whose bytes are here but not yet verified: what every source gives, and all that `verifyPackage` takes. */
import { PackageError } from '../errors.ts'
import type { DeclaredManifest } from '../manifest/manifest.ts'

export interface LoadedPackage {
  /** The manifest's (or archive's) URL up to and with its last `/`, or `local`. */
  readonly origin: string
  readonly manifest: DeclaredManifest
  /** By path. Copies: nobody else holds these bytes. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

/** A copy, whatever memory the view is on: shared or resizable memory could change between check and use. */
export function copyBytes(source: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  const view = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source)
  return new Uint8Array(view)
}

/**
 * The manifest's list is closed: exactly these files, none missing and none beside them.
 * @throws {PackageError} file-missing
 */
export function matchFiles(listed: readonly string[], present: Iterable<string>): void {
  const there = new Set(present)
  for (const path of listed) {
    if (!there.delete(path)) {
      throw missing(path, `The manifest lists ${JSON.stringify(path)}, which the package does not hold; add the file or remove it from files.`)
    }
  }
  for (const path of there) {
    throw missing(
      path,
      `The package holds ${JSON.stringify(path)}, which the manifest does not list; add it to files or leave it out of the package.`,
    )
  }
}

function missing(path: string, message: string): PackageError {
  return new PackageError('file-missing', message, { details: { path } })
}
