/**
 * Bytes before claims: hashes what is here, compares it with what was promised, computes the package digest, asks the trust policy. Only
 * this file makes a VerifiedPackage, so code that needs one cannot be called with anything unverified. No signatures yet.
 */
import { PackageError } from '../errors.ts'
import { digestOf } from '../manifest/digest.ts'
import type { Digest } from '../manifest/digest.ts'
import { extensionKey } from '../manifest/identity.ts'
import type { DeclaredFile, DeclaredManifest, ManifestFile, PackageManifest } from '../manifest/manifest.ts'
import { compareCodeUnits, packageDigest } from './canonical.ts'
import { matchFiles } from './loaded.ts'
import type { LoadedPackage } from './loaded.ts'
import { readStored } from './stored.ts'
import { decideTrust } from './trust.ts'
import type { TrustPolicy } from './trust.ts'
import type { VerifiedPackage } from './verified-package.ts'

/**
 * Verifies a package from a source. Takes ownership of `loaded`.
 * @throws {PackageError} file-missing, digest-mismatch
 * @throws {PolicyError} untrusted-digest
 */
export async function verifyPackage(loaded: LoadedPackage, trust: TrustPolicy): Promise<VerifiedPackage> {
  matchFiles(
    loaded.manifest.files.map((file) => file.path),
    loaded.files.keys(),
  )
  const files = await hashFiles(loaded.files)
  comparePromises(loaded.manifest.files, files)
  const manifest = sealManifest(loaded.manifest, files)
  const digest = await packageDigest(manifest)
  decideTrust(trust, digest)
  return brand({ origin: loaded.origin, manifest, digest, files: loaded.files, trustKind: trust.kind })
}

/**
 * Verifies a record of the package cache as if it came from a stranger: every file is hashed again. Takes ownership of `record`.
 * @param expected  the digest that was asked for, and the origin of the install record
 * @throws {PackageError} digest-mismatch for anything that is not exactly the package of that digest: drop the record and fetch again
 * @throws {PolicyError} untrusted-digest
 */
export async function verifyStored(
  record: unknown,
  expected: { readonly digest: Digest; readonly origin: string },
  trust: TrustPolicy,
): Promise<VerifiedPackage> {
  decideTrust(trust, expected.digest)
  const loaded = await readStored(record, expected.origin)
  const found = await verifyPackage(loaded, { kind: 'development' }).catch(damaged)
  if (found.digest !== expected.digest) damaged(new TypeError(`Stored under ${expected.digest}, hashes to ${found.digest}.`))
  return Object.freeze({ ...found, trustKind: trust.kind })
}

function damaged(cause: unknown): never {
  throw new PackageError('digest-mismatch', 'The stored package is not what was stored; it has to be fetched again.', { cause })
}

async function hashFiles(files: LoadedPackage['files']): Promise<readonly ManifestFile[]> {
  const hashed = await Promise.all(
    Array.from(files, async ([path, bytes]) => Object.freeze({ path, size: bytes.length, digest: await digestOf(bytes) })),
  )
  return Object.freeze(hashed.sort((a, b) => compareCodeUnits(a.path, b.path)))
}

function comparePromises(promised: readonly DeclaredFile[], actual: readonly ManifestFile[]): void {
  const byPath = new Map(actual.map((file) => [file.path, file]))
  for (const { path, size, digest } of promised) {
    const file = byPath.get(path)
    if (size !== undefined && size !== file?.size) throw mismatch(path, `${size} bytes`, `${file?.size}`)
    if (digest !== undefined && digest !== file?.digest) throw mismatch(path, digest, `${file?.digest}`)
  }
}

function mismatch(path: string, expected: string, got: string): PackageError {
  const message = `The manifest promises ${expected} for ${JSON.stringify(path)}, the file has ${got}; one of them is old or was changed on its way.`
  return new PackageError('digest-mismatch', message, { details: { path, expected, got } })
}

function sealManifest(declared: DeclaredManifest, files: readonly ManifestFile[]): PackageManifest {
  return Object.freeze({ ...declared, files })
}

type Parts = Pick<VerifiedPackage, 'manifest' | 'digest' | 'files' | 'trustKind'> & { readonly origin: string }

function brand({ origin, manifest, digest, files, trustKind }: Parts): VerifiedPackage {
  const identity = Object.freeze({ id: manifest.id, origin })
  const fields = { identity, key: extensionKey(identity), manifest, digest, files, unsigned: true, trustKind }
  return Object.freeze(fields) as VerifiedPackage // branding constructor
}
