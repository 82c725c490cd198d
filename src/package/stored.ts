/**
 * From a package to the record that the cache keeps, and back. Reading gives a LoadedPackage, which verify.ts treats like one from the network;
 * nothing of the record is believed.
 */
import { PackageError } from '../errors.ts'
import { parseManifestText } from '../manifest/parse.ts'
import type { StoredPackage } from '../manifest/stored-package.ts'
import { canonicalJson } from './canonical.ts'
import type { LoadedPackage } from './loaded.ts'
import type { VerifiedPackage } from './verified-package.ts'

/** The record for the cache; its buffers are copies, so a store in memory and the running package never share bytes. */
export function toStored(pkg: VerifiedPackage): StoredPackage {
  const files = Array.from(pkg.files, ([path, bytes]) => ({ path, bytes: bytes.slice().buffer }))
  return { digest: pkg.digest, manifest: canonicalJson(pkg.manifest), files }
}

/** @throws {PackageError} digest-mismatch when the record has not the form of a StoredPackage */
export async function readStored(record: unknown, origin: string): Promise<LoadedPackage> {
  const { manifest, files } = typeof record === 'object' && record !== null ? fieldsOf(record) : {}
  if (typeof manifest !== 'string' || !Array.isArray(files)) throw malformed()
  const bytes = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const file of files as readonly unknown[]) {
    const entry = readFile(file)
    if (bytes.has(entry.path)) throw malformed()
    bytes.set(entry.path, entry.bytes)
  }
  const parsed = await parseManifestText(new TextEncoder().encode(manifest)).catch((cause: unknown) => {
    throw malformed(cause)
  })
  return { origin, manifest: parsed, files: bytes }
}

function fieldsOf(record: object): { readonly manifest?: unknown; readonly files?: unknown; readonly path?: unknown; readonly bytes?: unknown } {
  return record
}

function readFile(file: unknown): { readonly path: string; readonly bytes: Uint8Array<ArrayBuffer> } {
  const { path, bytes } = typeof file === 'object' && file !== null ? fieldsOf(file) : {}
  if (typeof path !== 'string' || !(bytes instanceof ArrayBuffer)) throw malformed()
  return { path, bytes: new Uint8Array(bytes) }
}

function malformed(cause?: unknown): PackageError {
  return new PackageError(
    'digest-mismatch',
    'The stored package has not the form of one; it has to be fetched again.',
    cause === undefined ? {} : { cause },
  )
}
