/**
 * Packages by digest. What `get` returns has the right shape and nothing more: package/ hashes it against the digest at every read,
 * and drops what does not match.
 */
import type { Digest } from '../manifest/digest.ts'
import type { StoredFile, StoredPackage } from '../manifest/stored-package.ts'
import type { EntryCache } from './entries.ts'
import { parseFields, textBytes } from './parse.ts'

/** Every method rejects with PackageError 'store-failed' when the database does. */
export interface PackageStore {
  /** Unverified; undefined when absent, expired or unreadable. */
  get(digest: Digest): Promise<StoredPackage | undefined>
  put(stored: StoredPackage): Promise<void>
  /** For an entry whose bytes do not have their digest. Nothing happens when there is none. */
  drop(digest: Digest): Promise<void>
}

export function createPackageStore(cache: EntryCache): PackageStore {
  return {
    get: async (digest) => {
      const body = await cache.get('package', digest)
      if (body === undefined) return undefined
      const stored = parsePackage(body, digest)
      if (stored === undefined) await cache.drop('package', digest)
      return stored
    },
    put: async ({ digest, manifest, files }) => {
      const body = { manifest, files: files.map(({ path, bytes }) => ({ path, bytes })) }
      await cache.put('package', digest, body, files.reduce((sum, file) => sum + file.bytes.byteLength, textBytes(manifest)))
    },
    drop: (digest) => cache.drop('package', digest),
  }
}

function parsePackage(body: unknown, digest: Digest): StoredPackage | undefined {
  const fields = parseFields(body)
  if (fields === undefined || typeof fields.manifest !== 'string' || !Array.isArray(fields.files)) return undefined
  const files: StoredFile[] = []
  for (const item of fields.files) {
    const file = parseFields(item)
    if (file === undefined || typeof file.path !== 'string' || !(file.bytes instanceof ArrayBuffer)) return undefined
    files.push({ path: file.path, bytes: file.bytes })
  }
  return { digest, manifest: fields.manifest, files }
}
